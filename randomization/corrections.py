"""Corrections of a draw, and draws on paper entered later. No envelope is ever undone.

After Yelland and colleagues (2015, PMC4509880): a wrong stratum keeps its envelope and gets the true
value; a person who should not have been randomised keeps the envelope and is followed; a draw on
paper is entered with the time at which it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.eligibility.confirming import asks, is_confirmed
from randomization.hooks import HearsOfPaperDraw, Unlawful
from randomization.limits import beyond_target
from randomization.models import Envelope, ListStep, PaperDraw, RandomizedInError, Step, TrueStratum
from randomization.queries import envelope_of, flagged_in_error
from randomization.services import (
    check_may_be_drawn,
    next_envelope,
    refuse_other_level,
    take_envelope,
)
from randomization.signed_records import error_content, stratum_content, stratum_keys
from trial.audit import record_about
from trial.core.strata import contradicts_site, fixed_levels
from trial.hooks import deviations_of_apps
from trial.models import CurrentParticipant, Delegation, Participant, Signature, SignedAct, Site
from trial.people.signing import Deed, Hand, sign
from trial.people.site_days import past_closings
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal
from trial.screening.services import locked, signed_on_of, stratum_key
from trial.wording.clock import day_at


class NothingDrawn(Refusal):
    """The participant has no envelope, so there is no draw to correct."""

    code = "nothing_drawn"


class NothingToCorrect(Refusal):
    """The stratum is recorded as this one already, or the trial has none."""

    code = "nothing_to_correct"


class FlaggedAlready(Refusal):
    """The randomisation in error is recorded already."""

    code = "flagged_already"


class NotTheNextNumber(Refusal):
    """The number on the paper is not that of the next envelope."""

    code = "not_the_next_number"


@transaction.atomic
def record_true_stratum(
    *,
    participant: Participant,
    strata: Mapping[str, str],
    reason: str,
    by: Delegation,
    at: datetime,
    hand: Hand | None = None,
) -> TrueStratum:
    """Keep the stratum that the participant really belongs to, by the levels of its factors.

    Envelope and stratum of the draw stay. The latest row counts. Raises NotPermitted, NothingDrawn,
    NothingToCorrect, or InvalidInput with the fields at fault.
    """
    participant = _of_a_draw(participant, by)
    check_can_correct_stratum(participant)
    key = stratum_key(participant.trial.protocol_version.protocol, strata, participant.site.number)
    if key == true_stratum_of(participant):
        raise NothingToCorrect(_("%(number)s is in this stratum already.") % {"number": participant.number})
    row = TrueStratum.objects.create(
        participant=participant,
        drawn_as=participant.stratum,
        key=key,
        reason=_given(reason),
        by=by,
        at=at,
    )
    name = participant.number
    deed = Deed(SignedAct.TRUE_STRATUM, stratum_keys(row)[0], name, stratum_content(row), hand)
    body = {"drawn_as": row.drawn_as, "reason": row.reason, "stratum": key} | deed.facts
    entry = record_about(participant, "randomization.stratum_corrected", by=by, at=at, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
    return row


@transaction.atomic
def flag_randomized_in_error(
    *, participant: Participant, reason: str, by: Delegation, at: datetime, hand: Hand | None = None
) -> RandomizedInError:
    """Say that this person should not have been randomised. Envelope, calendar and follow-up go on.

    Raises NotPermitted, NothingDrawn, FlaggedAlready or InvalidInput.
    """
    participant = _of_a_draw(participant, by)
    check_can_flag(participant, flagged_in_error(participant))
    row = RandomizedInError.objects.create(participant=participant, reason=_given(reason), by=by, at=at)
    name = participant.number
    deed = Deed(SignedAct.DRAWN_IN_ERROR, name, name, error_content(row), hand)
    body = {"reason": row.reason} | deed.facts
    entry = record_about(participant, "randomization.flagged_in_error", by=by, at=at, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
    return row


@transaction.atomic
def enter_paper_randomization(
    *,
    participant: Participant,
    number: str,
    happened_at: datetime,
    reason: str,
    by: Delegation,
    at: datetime,
    before_consent: bool = False,
    hand: Hand | None = None,
) -> Envelope:
    """Enter a draw that was made on paper while the system could not be reached, with its true time.

    The number on the paper must be that of the next envelope: papers are used in the order of the list
    and entered in the order in which they were used. A draw of a day before the consent should never have
    been (ICH E6(R3) 2.8); whoever says `before_consent` has it entered all the same, with a deviation, for
    no later paper could be entered before it. Refused as a draw is, and with NotTheNextNumber, or
    InvalidInput for a time that cannot be. A target that is reached, and a site that was not open on that
    day, refuse nothing here, since the draw was made; the entry says so, and a deviation is drafted.

    A stratum with another level than the site fixes is refused, unless the paper was used before the
    amendment that fixed it: that envelope is gone, and nobody else may get its number. The entry says what
    the site fixes, and the true stratum is recorded afterwards. A check that no investigator has confirmed
    refuses nothing either, where the protocol wants that: the entry says so.
    """
    participant = locked(participant)
    require(by, Permission.CORRECT, trial=participant.trial_id, site=participant.site)
    check_may_be_drawn(participant)
    envelope = next_envelope(participant)
    drawn_on = day_at(participant.site, happened_at)
    _refuse_wrong_time(envelope, happened_at, at)
    other_level = _other_level_before(participant, happened_at)
    _refuse_other_than_said(participant, drawn_on, before_consent)
    if _plain(number) != _plain(envelope.number):
        raise NotTheNextNumber(
            _(
                "%(number)s is not the next number of the list. Compare it with the paper, and enter papers "
                "in the order in which they were used. If both are right, call the trial manager."
            )
            % {"number": number.strip()}
        )
    reason = _given(reason)
    facts: dict[str, object] = {"on_paper_at": happened_at.isoformat(), "reason": reason}
    departs = _departs(participant, drawn_on, before_consent)
    for said in departs.values():
        facts |= said
    if departs:
        facts["deviations"] = deviations_of_apps(
            HearsOfPaperDraw,
            lambda app: app.drawn_unlawfully(
                participant, how=tuple(departs), drawn_on=drawn_on, reason=reason, by=by, at=at
            ),
        )
    if asks(participant.trial.protocol_version.protocol) and not is_confirmed(participant):
        facts["eligibility_unconfirmed"] = True
    if other_level:
        facts["site_fixes"] = other_level
    PaperDraw.objects.create(envelope=envelope, happened_at=happened_at, reason=reason, by=by, at=at)
    return take_envelope(envelope, participant, by, at, hand=hand, act=SignedAct.PAPER_DRAW, more=facts)


def true_stratum_of(participant: Participant) -> str:
    """The stratum to which the participant belongs by what is known now."""
    latest = TrueStratum.objects.filter(participant=participant).last()
    return latest.key if latest else participant.stratum


def check_can_correct_stratum(participant: Participant) -> None:
    """Raises NothingToCorrect where the trial has no strata."""
    if not participant.trial.protocol_version.protocol.strata:
        raise NothingToCorrect(_("This trial has no strata."))


def check_can_flag(participant: Participant, flagged: RandomizedInError | None) -> None:
    """Raises FlaggedAlready where the error is on record."""
    if flagged is not None:
        raise FlaggedAlready(
            _("%(number)s is on record as randomised in error.") % {"number": participant.number}
        )


def _of_a_draw(participant: Participant, by: Delegation) -> Participant:
    participant = locked(participant)
    require(by, Permission.CORRECT, trial=participant.trial_id, site=participant.site)
    if envelope_of(participant) is None:
        raise NothingDrawn(
            _("%(number)s is not randomised. Correct the eligibility check instead.")
            % {"number": participant.number}
        )
    return participant


def _refuse_wrong_time(envelope: Envelope, happened_at: datetime, at: datetime) -> None:
    used_from = ListStep.objects.get(list=envelope.stratum.list_id, step=Step.ACTIVATED).at
    sentence = ""
    if happened_at > at:
        sentence = _("This time is still to come. Give the time on the paper.")
    elif happened_at < used_from:
        sentence = _("The list was not in use at that time. Compare the time with the paper.")
    if sentence:
        raise InvalidInput(sentence, {"happened_at": sentence})


def _refuse_other_than_said(participant: CurrentParticipant, drawn_on: date, before_consent: bool) -> None:
    """Refuse a draw of before the consent that nobody says was one, and the other way round."""
    signed_on = signed_on_of(participant)
    sentence = ""
    if drawn_on < signed_on and not before_consent:
        sentence = _(
            "The consent was signed on a later day, %(day)s. Compare the time with the paper. If the draw "
            "really came first, tick this: it is entered, and a deviation with it."
        ) % {"day": signed_on.isoformat()}
    elif before_consent and drawn_on >= signed_on:
        sentence = _("The consent was signed by then. Untick the box, or correct the time.")
    if sentence:
        raise InvalidInput(sentence, {"before_consent": sentence})


def _other_level_before(participant: Participant, happened_at: datetime) -> str:
    """What the site fixes where the check says otherwise and the draw came before that was so; or nothing.

    Raises NotEligible for a draw that came after. Papers tell minutes, so that minute counts as after.
    """
    stratum, since, fixed = participant.stratum, None, ""
    for version in participant.trial.protocol_versions.order_by("-id"):
        if contradicts_site(version.protocol, participant.site.number, stratum) is None:
            break
        since = version.installed_at
        fixed = fixed or "/".join(fixed_levels(version.protocol, participant.site.number).values())
    if since and happened_at >= since.replace(second=0, microsecond=0):
        refuse_other_level(participant, participant.trial.protocol_version.protocol)
    return fixed


def _departs(
    participant: CurrentParticipant, drawn_on: date, before_consent: bool
) -> dict[Unlawful, dict[str, str]]:
    """In what the draw departs from the rules, each with what the entry says of it."""
    found: dict[Unlawful, dict[str, str]] = {}
    if before_consent:
        found[Unlawful.BEFORE_CONSENT] = {}
    if beyond := beyond_target(participant):
        found[Unlawful.BEYOND_TARGET] = {"beyond_target": beyond}
    if shut := _shut(participant.site, drawn_on):
        found[Unlawful.SITE_SHUT] = shut
    return found


def _shut(site: Site, day: date) -> dict[str, str]:
    """From which day the site was closed, or from which it is open; nothing where it was open on that day.

    The day on which it closes belongs to the closed time, that on which it opens again does not.
    """
    if site.closed_on is not None and day >= site.closed_on:
        return {"site_closed_on": site.closed_on.isoformat()}
    if site.opened_on is None or day < site.opened_on:
        return {"site_opened_on": site.opened_on.isoformat() if site.opened_on else ""}
    for closing in past_closings(site):
        if closing.first <= day < closing.until:
            return {
                "site_closed_on": closing.first.isoformat(),
                "site_opened_again_on": closing.until.isoformat(),
            }
    return {}


def _given(reason: str) -> str:
    if not reason.strip():
        sentence = _("Enter the reason.")
        raise InvalidInput(sentence, {"reason": sentence})
    return reason.strip()


def _plain(number: str) -> str:
    """A number without the spaces, case and dashes in which people differ."""
    return "".join(sign for sign in number.upper() if sign.isalnum())
