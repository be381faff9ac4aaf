"""Opening: the only way to an arm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.key_files import KeyFault
from randomization.models import Envelope
from randomization.queries import envelope_of
from randomization.sealed.models import CodeBreak, Recipient, Seal, SealedAuditEntry
from randomization.sealed.opening.outbox import enter_waiting
from randomization.sealed.vault.envelope_contents import SealDamaged, open_seal
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import deed_of_code_break, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from trial.audit import Actor
from trial.core.protocol import Arm, Text
from trial.core.sentences import Sentence
from trial.models import Delegation, Participant
from trial.people.signing import Deed, Hand
from trial.permissions import Permission
from trial.policies import require
from trial.protocol.intact import ProtocolChanged
from trial.refusals import InvalidInput, Refusal


class Purpose(StrEnum):
    """Why an envelope is opened. Each purpose has its own permission."""

    PREPARATION = "preparation"
    ALLOCATION = "allocation"
    CODE_BREAK = "code_break"
    CODE_BREAK_AGAIN = "code_break_again"
    """The same request once more, its answer was lost: no second code break, and written down as well."""


_PERMISSIONS = {
    Purpose.PREPARATION: Permission.PREPARE,
    Purpose.ALLOCATION: Permission.VIEW_ALLOCATION,
    Purpose.CODE_BREAK: Permission.BREAK_CODE,
    Purpose.CODE_BREAK_AGAIN: Permission.BREAK_CODE,
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
    envelope = envelope_to_open(participant)
    with transaction.atomic(durable=True):
        _note_opening(participant, envelope, by, purpose, at, reason)
    if purpose in {Purpose.PREPARATION, Purpose.ALLOCATION}:
        return _open(participant, envelope, _seal_of(envelope))
    return arm_in(participant, envelope)


def reveal_for_preparation(
    *, participants: Sequence[Participant], by: Delegation, day: date, at: datetime
) -> dict[UUID, Arm | SealDamaged]:
    """The arms of those for whom something is prepared on `day`, by participant.

    One audit entry names them all and is committed before the first envelope is opened; like `reveal`
    this must not run inside a transaction. A damaged seal stands in for its arm, so that one bad
    envelope does not keep the others from being prepared. Who has no envelope is left out.
    Raises NotPermitted or CannotReveal.
    """
    for participant in participants:
        require(by, Permission.PREPARE, trial=participant.trial_id, site=participant.site)
    envelopes = _envelopes(participants)
    if not envelopes:
        return {}
    with transaction.atomic(durable=True):
        _note_openings(envelopes, by, day, at)
    seals = Seal.objects.filter(envelope__in=envelopes, recipient=Recipient.PHARMACY)
    boxes = {seal.envelope_id: seal for seal in seals}
    return {
        row.participant_id: _arm_or_damage(row, boxes.get(row.pk)) for row in envelopes if row.participant_id
    }


def code_break(
    *,
    participant: Participant,
    by: Delegation,
    at: datetime,
    reason: str,
    question: UUID | None = None,
    hand: Hand | None = None,
) -> Arm:
    """Emergency unblinding of one participant: a reason, no approval, no lock-out (ICH E6(R3) 2.11).

    The code break is a row of its own beside the sealed entry; both are committed before the opening.
    The blinded trail learns that a code was broken and by whom, neither the arm nor the reason: before the
    opening if it is free within a second, from the outbox otherwise. Nothing of the clinic keeps it waiting.
    `question` is the form that asked, if one did: it breaks a code once, and a second time IntegrityError is
    raised. `hand` signs it. Raises InvalidInput without a reason, and what `reveal` raises.
    """
    require(by, Permission.BREAK_CODE, trial=participant.trial_id, site=participant.site)
    reason = need_reason(reason)
    envelope = envelope_to_open(participant)
    with transaction.atomic(durable=True):
        seal_code_break(
            participant=participant,
            envelope=envelope,
            by=by,
            at=at,
            reason=reason,
            question=question,
            hand=hand,
        )
    enter_waiting(at=at, site=participant.site)
    return arm_in(participant, envelope)


def need_reason(reason: str) -> str:
    """The reason without white space around it. Raises InvalidInput where none is left."""
    if not reason.strip():
        raise InvalidInput(_("Enter why the code must be broken."), {"reason": _("An answer is required.")})
    return reason.strip()


def seal_code_break(
    *,
    participant: Participant,
    envelope: Envelope,
    by: Delegation,
    at: datetime,
    reason: str,
    named: Actor | None = None,
    question: UUID | None = None,
    hand: Hand | None = None,
) -> CodeBreak:
    """Write a code break on the sealed side: its row, and the sealed trail with the reason.

    Inside the caller's transaction, before anything is opened. Once that is committed, `enter_waiting` tells
    the blinded side. The trail names `named`, or the person of `by`.
    """
    row = CodeBreak.objects.create(participant=participant, by=by, at=at, reason=reason, question=question)
    deed = deed_of_code_break(row, envelope.number, hand)
    entry = _note_opening(participant, envelope, named or by, Purpose.CODE_BREAK, at, reason, deed)
    sign_sealed(deed, entry, by=by, at=at, site=participant.site)
    return row


def envelope_to_open(participant: Participant) -> Envelope:
    """The participant's envelope. Raises NotRandomized."""
    envelope = envelope_of(participant)
    if envelope is None:
        said = {"number": participant.number}
        raise NotRandomized(_("%(number)s is not randomised, so there is nothing to open.") % said)
    return envelope


def _envelopes(participants: Sequence[Participant]) -> list[Envelope]:
    drawn = Envelope.objects.filter(participant__in=participants)
    return list(drawn.select_related("stratum__list", "participant__trial").order_by("participant__number"))


def _note_openings(envelopes: Sequence[Envelope], by: Delegation, day: date, at: datetime) -> None:
    body = {
        "participants": {str(row.participant): row.number for row in envelopes},
        "purpose": Purpose.PREPARATION.value,
    }
    record_sealed(action="envelopes.opened", subject=day.isoformat(), by=by, at=at, trial=by.trial, body=body)


def _arm_or_damage(envelope: Envelope, seal: Seal | None) -> Arm | SealDamaged:
    if envelope.participant is None or seal is None:
        said = {"number": envelope.number}
        return SealDamaged(_("Envelope %(number)s has no seal. Use the printed sheet.") % said)
    try:
        return _open(envelope.participant, envelope, seal)
    except SealDamaged as damage:
        return damage


def _note_opening(
    participant: Participant,
    envelope: Envelope,
    by: Delegation | Actor,
    purpose: Purpose,
    at: datetime,
    reason: str,
    deed: Deed | None = None,
) -> SealedAuditEntry:
    body: dict[str, object] = {"number": envelope.number, "purpose": purpose.value, "reason": reason}
    body |= deed.facts if deed else {}
    return record_sealed(
        action="envelope.opened", subject=participant.number, by=by, at=at, trial=participant.trial, body=body
    )


def arm_in(participant: Participant, envelope: Envelope) -> Arm:
    """Open the envelope for somebody in need; its opening has been written down.

    Where the protocol's text was changed, the arm is named by an earlier version that is intact, or by its
    code alone: an emergency waits for nobody. Raises SealDamaged or CannotReveal.
    """
    seal = _seal_of(envelope)
    try:
        return _open(participant, envelope, seal)
    except ProtocolChanged:
        return _named_otherwise(participant, open_seal(envelope, seal, pharmacy_key()).arm)


def _seal_of(envelope: Envelope) -> Seal:
    return Seal.objects.get(envelope=envelope, recipient=Recipient.PHARMACY)


def _named_otherwise(participant: Participant, code: str) -> Arm:
    versions = participant.trial.protocol_versions.order_by("-id")
    arms = (arm for version in versions if version.is_intact for arm in version.protocol.arms)
    return next((arm for arm in arms if arm.code == code), Arm(code, Text(code, code), ratio=1))


def no_key(fault: KeyFault) -> Sentence:
    """What to do when the pharmacy's key cannot be used; why it cannot is for whoever runs Velum."""
    return Sentence("%(fault)s Until then use the printed code-break sheet.", fault=fault.sentence)


def _open(participant: Participant, envelope: Envelope, seal: Seal) -> Arm:
    try:
        key = pharmacy_key()
    except KeyFault as fault:
        raise CannotReveal(no_key(fault)) from fault
    return participant.trial.protocol_version.protocol.arm(open_seal(envelope, seal, key).arm)
