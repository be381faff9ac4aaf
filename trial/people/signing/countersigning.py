"""Countersigning: a system did it by token, and a person signs afterwards where the protocol asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import AuditEntryBase, Delegation, Trial
from trial.models.signatures import SignatureBase, SignedAct
from trial.people.signing.deeds import Deed, sign
from trial.people.signing.hands import Hand
from trial.permissions import Permission, may
from trial.policies import NotPermitted, require
from trial.refusals import Refusal

ASKED: Mapping[str, tuple[SignedAct, ...]] = {
    "randomization": (SignedAct.DRAW,),
    "withdrawal": (SignedAct.WITHDRAWAL, SignedAct.WITHDRAWAL_CORRECTED),
    "deviation": (SignedAct.DEVIATION_CLOSED,),
    "release": (SignedAct.RELEASE,),
}
"""What each word of `signatures.countersign` stands for."""

WHO_MAY: Mapping[str, Permission] = {
    SignedAct.DRAW: Permission.RANDOMIZE,
    SignedAct.WITHDRAWAL: Permission.WITHDRAW,
    SignedAct.WITHDRAWAL_CORRECTED: Permission.WITHDRAW,
    SignedAct.DEVIATION_CLOSED: Permission.REVIEW_DEVIATIONS,
    SignedAct.RELEASE: Permission.PREPARE,
}
"""Who countersigns: whoever may do the act."""

Enters = Callable[[dict[str, Any], str], AuditEntryBase]
"""Writes the entry of a countersignature, given its body and what the act was about."""


class NothingToCountersign(Refusal):
    """The act was signed by a person, or countersigned already, or nobody asks for it."""

    code = "nothing_to_countersign"


def asked_for(trial: Trial) -> frozenset[SignedAct]:
    """The acts under which the protocol in force wants a person's signature."""
    words = trial.protocol_version.protocol.countersign
    return frozenset(act for word in words for act in ASKED[word])


def of_systems(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of these signatures the acts of systems under which nobody has signed."""
    return rows.exclude(system="").filter(countersignature=None).select_related("countersignature")


def waiting_for(by: Delegation, model: type[SignatureBase]) -> list[Any]:
    """What waits for a countersignature that this person may give, the oldest first."""
    mine = [act for act, needed in WHO_MAY.items() if may(by.role, needed)]
    rows = model._default_manager.filter(trial=by.trial_id, act__in=mine)
    if by.site_id is not None:
        rows = rows.filter(site=by.site_id)
    found = list(of_systems(rows).select_related("by__user", "site").order_by("id")) if mine else []
    asked = asked_for(by.trial) if found else frozenset()
    return [row for row in found if row.act in asked]


def waiting_about(trial: Trial, subject: str, model: type[SignatureBase]) -> list[Any]:
    """What a system did about this participant that still waits for somebody's countersignature."""
    rows = model._default_manager.filter(trial=trial, subject=subject)
    found = list(of_systems(rows).select_related("by__user", "site").order_by("id"))
    asked = asked_for(trial) if found else frozenset()
    return [row for row in found if row.act in asked]


def countersign(
    *,
    row: Any,
    by: Delegation,
    at: datetime,
    hand: Hand,
    enter: Enters,
    asked: frozenset[SignedAct] | None = None,
) -> Any:
    """Put a person's signature under the act of a system, bound to the same content. Once.

    `asked` is what the protocol asks for, from whoever countersigns several at once and has read it for all.

    Goes on after the data lock: nothing about a participant is added. Raises NotPermitted or
    NothingToCountersign.
    """
    needed = WHO_MAY.get(row.act)
    if needed is None:
        raise NothingToCountersign(_("Nobody has to countersign this."))
    require(by, needed, trial=row.trial_id, site=row.site, goes_on=True)
    if hand.system or not hand.name or by.user.is_system:
        raise NotPermitted(_("A person countersigns, never a system."))
    _refuse_useless(row, asked_for(by.trial) if asked is None else asked)
    try:
        with transaction.atomic():
            return _written(row, by, at, hand, enter)
    except IntegrityError as fault:  # somebody else did so at this very moment: a row has one of these
        raise _countersigned() from fault


def enter_blinded(body: dict[str, Any], subject: str, **said: Any) -> AuditEntryBase:
    """The entry of a countersignature in the blinded trail."""
    return record(action="act.countersigned", subject=subject, body=body, **said)


def _written(row: Any, by: Delegation, at: datetime, hand: Hand, enter: Enters) -> Any:
    deed = Deed(SignedAct(row.act), row.record, row.subject, json.loads(row.content), hand)
    body = {"act": row.act, "entry": row.audit_hash, "record": row.record, "system": row.system}
    entry = enter(body | deed.facts, row.subject)
    into: Any = type(row)
    return sign(deed, into=into, entry=entry, by=by, at=at, site=row.site, countersigns=row)


def _refuse_useless(row: Any, asked: frozenset[SignedAct]) -> None:
    """By what was read with the row: a countersignature put there since is refused when ours is written."""
    if not row.system:
        raise NothingToCountersign(_("A person has signed this."))
    if getattr(row, "countersignature", None) is not None:
        raise _countersigned()
    if row.act not in asked:
        raise NothingToCountersign(_("The protocol of this trial does not ask for a countersignature here."))


def _countersigned() -> NothingToCountersign:
    return NothingToCountersign(_("Somebody has countersigned this already."))
