"""Opening: the only way to an arm."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from randomization.key_files import KeyFault
from randomization.models import Envelope
from randomization.queries import envelope_of
from randomization.sealed.contents import open_seal
from randomization.sealed.keys import pharmacy_key
from randomization.sealed.models import CodeBreak, Recipient, Seal
from randomization.sealed.trail import note
from trial.core.protocol import Arm
from trial.models import Delegation, Participant
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal


class Purpose(StrEnum):
    """Why an envelope is opened. Each purpose has its own permission."""

    PREPARATION = "preparation"
    ALLOCATION = "allocation"
    CODE_BREAK = "code_break"


_PERMISSIONS = {
    Purpose.PREPARATION: Permission.PREPARE,
    Purpose.ALLOCATION: Permission.VIEW_ALLOCATION,
    Purpose.CODE_BREAK: Permission.BREAK_CODE,
}


class NotRandomized(Refusal):
    """The participant has no envelope, so there is nothing to open."""

    code = "not_randomized"


class CannotReveal(Refusal):
    """This process has no key that opens the envelope."""

    code = "cannot_reveal"
    status = 503


def reveal(
    *, participant: Participant, by: Delegation, purpose: Purpose, at: datetime, reason: str = ""
) -> Arm:
    """The participant's arm. The audit entry is committed before the envelope is opened.

    Must not run inside a transaction: the entry has to outlive whatever fails afterwards (Django
    raises RuntimeError). The answer belongs on the screen of the person who asked, and nowhere else:
    not in a log, not in a stored API answer.
    Raises NotPermitted, NotRandomized, SealDamaged or CannotReveal.
    """
    require(by, _PERMISSIONS[purpose], trial=participant.trial_id, site=participant.site)
    envelope = _envelope(participant)
    with transaction.atomic(durable=True):
        _note_opening(participant, envelope, by, purpose, at, reason)
    return _arm(participant, envelope)


def code_break(*, participant: Participant, by: Delegation, at: datetime, reason: str) -> Arm:
    """Emergency unblinding of one participant: a reason, no approval, no lock-out (ICH E6(R3) 4.1.4).

    The code break is a row of its own beside the audit entry; both are committed before the opening.
    Raises InvalidInput without a reason, and what `reveal` raises.
    """
    require(by, Permission.BREAK_CODE, trial=participant.trial_id, site=participant.site)
    if not reason.strip():
        raise InvalidInput("Say why the code must be broken.", {"reason": "This is needed."})
    envelope = _envelope(participant)
    with transaction.atomic(durable=True):
        CodeBreak.objects.create(participant=participant, by=by, at=at, reason=reason.strip())
        _note_opening(participant, envelope, by, Purpose.CODE_BREAK, at, reason.strip())
    return _arm(participant, envelope)


def _envelope(participant: Participant) -> Envelope:
    envelope = envelope_of(participant)
    if envelope is None:
        raise NotRandomized(f"{participant.number} is not randomised, so there is nothing to open.")
    return envelope


def _note_opening(
    participant: Participant, envelope: Envelope, by: Delegation, purpose: Purpose, at: datetime, reason: str
) -> None:
    body = {"number": envelope.number, "purpose": purpose.value, "reason": reason}
    note(
        action="envelope.opened", subject=participant.number, by=by, at=at, trial=participant.trial, body=body
    )


def _arm(participant: Participant, envelope: Envelope) -> Arm:
    try:
        key = pharmacy_key()
    except KeyFault as fault:
        raise CannotReveal(f"{fault} Until then use the printed code-break sheet.") from fault
    seal = Seal.objects.get(envelope=envelope, recipient=Recipient.PHARMACY)
    return participant.trial.protocol_version.protocol.arm(open_seal(envelope, seal, key).arm)
