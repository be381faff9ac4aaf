"""What an entry of the trail says beyond its headline, in words and by the site's clock.

Bodies are hashed as they are, so they keep codes, and moments in UTC. A page says what they mean. What
somebody typed, a number and an address stay as they are; a name or code without words shows itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trial.models import AuditEntryBase, EndReason, Environment, WithdrawalScope
from trial.people.signing.meanings import MEANINGS
from trial.permissions import Role

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")

NAMES: dict[str, str] = {
    "act": gettext_noop("act"),
    "address": gettext_noop("network address"),
    "addresses": gettext_noop("addresses"),
    "against": gettext_noop("against"),
    "answers": gettext_noop("answers"),
    "asked_by": gettext_noop("asked by"),
    "assessment": gettext_noop("assessment"),
    "before": gettext_noop("before"),
    "blinded": gettext_noop("blinded"),
    "body_site": gettext_noop("body site"),
    "boxes": gettext_noop("sealed boxes"),
    "by": gettext_noop("by"),
    "called_by": gettext_noop("who called"),
    "called_number": gettext_noop("number that was called"),
    "cause": gettext_noop("cause"),
    "changed": gettext_noop("days that changed"),
    "closed": gettext_noop("closed"),
    "code": gettext_noop("code of the refusal"),
    "confirmed": gettext_noop("confirmed"),
    "consent_signed_on": gettext_noop("consent signed on"),
    "consented_on": gettext_noop("consented on"),
    "count": gettext_noop("count"),
    "course": gettext_noop("course"),
    "day": gettext_noop("day"),
    "deviation": gettext_noop("deviation"),
    "deviations": gettext_noop("deviations drafted"),
    "digest": gettext_noop("digest"),
    "doctor": gettext_noop("doctor"),
    "door": gettext_noop("door"),
    "drawn_as": gettext_noop("drawn as"),
    "due": gettext_noop("due"),
    "duties": gettext_noop("duties"),
    "eligible": gettext_noop("eligible"),
    "eligibility_unconfirmed": gettext_noop("eligibility not confirmed by an investigator"),
    "email": gettext_noop("e-mail address"),
    "entry": gettext_noop("entry"),
    "environment": gettext_noop("environment"),
    "event": gettext_noop("event"),
    "expires_at": gettext_noop("ends"),
    "failed": gettext_noop("criteria that failed"),
    "feed": gettext_noop("calendar address"),
    "files": gettext_noop("files"),
    "first_injection": gettext_noop("first injection"),
    "for": gettext_noop("for"),
    "from": gettext_noop("from"),
    "given_by": gettext_noop("given by"),
    "happened_at": gettext_noop("happened"),
    "happened_on": gettext_noop("happened on"),
    "hour": gettext_noop("hour"),
    "important": gettext_noop("important"),
    "injection": gettext_noop("injection"),
    "issuer": gettext_noop("provider"),
    "key": gettext_noop("key"),
    "kind": gettext_noop("kind"),
    "lines": gettext_noop("lines"),
    "link": gettext_noop("link"),
    "list": gettext_noop("list"),
    "login": gettext_noop("log-in name"),
    "made_sure": gettext_noop("how they made sure"),
    "manifest": gettext_noop("digest of the manifest"),
    "meaning": gettext_noop("meaning"),
    "means": gettext_noop("means"),
    "name": gettext_noop("name"),
    "not_applicable": gettext_noop("days that are not applicable"),
    "number": gettext_noop("number"),
    "numbers": gettext_noop("numbers"),
    "on": gettext_noop("on"),
    "on_paper_at": gettext_noop("drawn on paper"),
    "once_in": gettext_noop("once in"),
    "opened_by": gettext_noop("opened by"),
    "outcome": gettext_noop("outcome"),
    "page": gettext_noop("page"),
    "part": gettext_noop("part"),
    "participants": gettext_noop("participants"),
    "parts": gettext_noop("parts given"),
    "path": gettext_noop("address of the page"),
    "place": gettext_noop("place"),
    "protocol": gettext_noop("protocol"),
    "purpose": gettext_noop("purpose"),
    "reason": gettext_noop("reason"),
    "recipient": gettext_noop("recipient"),
    "record": gettext_noop("record"),
    "reminder": gettext_noop("reminder"),
    "reminders": gettext_noop("reminders"),
    "reopened": gettext_noop("planned again"),
    "reserve_of": gettext_noop("reserve of"),
    "role": gettext_noop("role"),
    "root": gettext_noop("root"),
    "rules": gettext_noop("rules of time zones"),
    "scope": gettext_noop("what ends"),
    "seeds_passed_over": gettext_noop("seeds passed over"),
    "sequence": gettext_noop("which entry of it"),
    "sheets": gettext_noop("sheets"),
    "signature": gettext_noop("signature"),
    "signed_on": gettext_noop("signed on"),
    "site": gettext_noop("site"),
    "start": gettext_noop("start"),
    "statement": gettext_noop("statement"),
    "status": gettext_noop("status"),
    "strata": gettext_noop("strata"),
    "stratum": gettext_noop("stratum"),
    "subject": gettext_noop("subject"),
    "syringe": gettext_noop("syringe"),
    "syringes": gettext_noop("syringes"),
    "system": gettext_noop("system"),
    "timing": gettext_noop("timing"),
    "to": gettext_noop("to"),
    "until": gettext_noop("until"),
    "version": gettext_noop("version"),
    "visit": gettext_noop("visit"),
    "visits": gettext_noop("visits that went with the plan"),
    "waits": gettext_noop("waits for the pharmacy door"),
    "way": gettext_noop("way"),
    "why": gettext_noop("why"),
    "without_release": gettext_noop("given without release"),
    "zones": gettext_noop("zones"),
}
"""Names of what a body holds."""

_INJECTION = {
    "given": gettext_noop("given"),
    "partial": gettext_noop("partly given"),
    "missed": gettext_noop("not given"),
    "reopened": gettext_noop("planned again, because day 1 was moved"),
    "not_applicable": gettext_noop("not applicable"),
}
_VISIT = {
    "done": gettext_noop("done"),
    "missed": gettext_noop("missed"),
    "moved": gettext_noop("moved"),
    "not_applicable": gettext_noop("not applicable"),
}
_CAUSE = {
    "refused": gettext_noop("refused by the participant"),
    "ill": gettext_noop("illness or adverse event"),
    "investigator": gettext_noop("decided by the investigator"),
    "no_syringe": gettext_noop("no usable syringe"),
    "absent": gettext_noop("did not come"),
    "closed": gettext_noop("site closed"),
    "forgotten": gettext_noop("forgotten"),
    "other": gettext_noop("other"),
}
_TIMING = {
    "on_day": gettext_noop("on its day"),
    "in_window": gettext_noop("in its window"),
    "early": gettext_noop("before its window"),
    "late": gettext_noop("after its window"),
}
CODES: dict[str, Mapping[str, str]] = {
    "injection.outcome": _INJECTION,
    "visit.outcome": _VISIT,
    "injection.cause": _CAUSE,
    "visit.cause": _CAUSE,
    "timing": _TIMING,
    "place": {
        "hospital": gettext_noop("hospital"),
        "home": gettext_noop("home"),
        "other": gettext_noop("elsewhere"),
    },
    "body_site": {
        "abdomen_left": gettext_noop("abdomen, left"),
        "abdomen_right": gettext_noop("abdomen, right"),
        "thigh_left": gettext_noop("thigh, left"),
        "thigh_right": gettext_noop("thigh, right"),
        "arm_left": gettext_noop("upper arm, left"),
        "arm_right": gettext_noop("upper arm, right"),
    },
    "course.kind": {
        "keep": gettext_noop("the days are kept"),
        "move": gettext_noop("the whole course is moved"),
        "follow": gettext_noop("the rest is counted from the actual course"),
        "day_1": gettext_noop("everything is counted from the actual day 1"),
    },
    "second_factor.kind": {
        "totp": gettext_noop("authenticator app"),
        "webauthn": gettext_noop("passkey"),
        "recovery_codes": gettext_noop("recovery codes"),
    },
    "door": {"clinic": gettext_noop("clinic"), "pharmacy": gettext_noop("pharmacy")},
    "means": {
        "link": gettext_noop("by a one-time link"),
        "paper": gettext_noop("from a printed sheet"),
        "offline": gettext_noop("from a backup, off line"),
    },
    "purpose": {
        "preparation": gettext_noop("preparation"),
        "allocation": gettext_noop("a look at the allocation"),
        "code_break": gettext_noop("code break"),
        "code_break_again": gettext_noop("the answer of a code break once more"),
    },
    "page": {
        "calendar": gettext_noop("calendar"),
        "calendar_file": gettext_noop("calendar as a file"),
        "card": gettext_noop("card for the wallet"),
        "delegation_log": gettext_noop("delegation log"),
        "receipt": gettext_noop("receipt"),
        "sheets": gettext_noop("preparation sheets"),
        "audit": gettext_noop("audit trail"),
        "audit_csv": gettext_noop("audit trail as a file"),
        "sealed_trail": gettext_noop("sealed trail"),
        "sealed_trail_csv": gettext_noop("sealed trail as a file"),
        "signatures_csv": gettext_noop("signatures as a file"),
        "deviations_csv": gettext_noop("deviations as a file"),
        "progress_file": gettext_noop("a figure as a file"),
        "export": gettext_noop("export"),
    },
    "why": {
        "used": gettext_noop("it was used"),
        "cancelled": gettext_noop("it was taken back"),
        "late": gettext_noop("its time is over"),
        "the duty of who invited has ended": gettext_noop("the duty of who invited has ended"),
        "duty ended": gettext_noop("the duty had ended"),
        "no duty behind this door": gettext_noop("no duty behind this door"),
    },
    "against": {
        "past": gettext_noop("a day that had passed"),
        "beyond_limit": gettext_noop("too long after randomisation"),
        "consent_too_late": gettext_noop("too soon after the consent"),
        "consent_too_old": gettext_noop("too long after the consent"),
        "waiting": gettext_noop("earlier than a criterion lets it"),
    },
    "by": {"link": gettext_noop("by a one-time link")},
    "way": {"sign_on": gettext_noop("the hospital's log-in")},
}
"""What codes mean, by the name of what they are about, or by act and name."""

_LABELS = {"role": Role, "scope": WithdrawalScope, "environment": Environment, "participant.cause": EndReason}
"""Closed sets that have words of their own."""


def details_in_words(entry: AuditEntryBase, zone: str) -> list[tuple[str, str]]:
    """What an entry says beyond its headline, as names and values, by the clock of `zone`."""
    about = entry.action.partition(".")[0]
    return [
        (name_in_words(name), _value(about, name, value, zone))
        for name, value in entry.shown().items()
        if value not in (None, "", [], {})
    ]


def name_in_words(name: str) -> str:
    """What a body calls something, in words."""
    return _(NAMES[name]) if name in NAMES else name.replace("_", " ")


def _value(about: str, name: str, value: object, zone: str) -> str:
    if isinstance(value, dict):
        inner = ((each, _value(about, each, found, zone)) for each, found in value.items())
        both = ({"name": name_in_words(each), "value": said} for each, said in inner)
        return ", ".join(_("%(name)s: %(value)s") % each for each in both)
    if isinstance(value, list):
        return ", ".join(_value(about, name, each, zone) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    return _moment(text, zone) if MOMENT.fullmatch(text) else _meaning(about, name, text)


def _meaning(about: str, name: str, text: str) -> str:
    if name == "meaning" and text in MEANINGS.values():
        return _(text)
    for key in (f"{about}.{name}", name):
        if key in _LABELS and text in _LABELS[key].values:
            return str(_LABELS[key](text).label)
        if words := CODES.get(key, {}).get(text):
            return _(words)
    return text


def _moment(text: str, zone: str) -> str:
    """By the site's clock, with UTC beside it; UTC alone where sites differ."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    plain = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} ({plain})" if zone else plain
