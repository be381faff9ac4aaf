"""The acts on one syringe: prepared, checked by a second person, released to the clinic, discarded.

Each act locks the participant first (so that a hold counts from the moment it is recorded) and then
the sealed trail (so that two pharmacists never take the same vial).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.pharmacy.contents import Made, Movement, MovementKind, StepContent, box_step, open_steps
from dosing.pharmacy.ledger import fault_of, lots_of, take_vial, write_movement
from dosing.pharmacy.models import Preparation, PreparationStep, Step, StepBox
from dosing.pharmacy.publishing import announce_later, catch_up, take_back
from dosing.pharmacy.signed import deed_of_release
from dosing.pharmacy.slots import Slot, locked_slot
from dosing.pharmacy.steps import check_can_take
from dosing.pharmacy.trail import announce
from dosing.pharmacy.unreleased import check_can_account
from dosing.pharmacy.worklist import recipe_for
from dosing.services.recording import NothingPlanned
from randomization.sealed.models import Recipient
from randomization.sealed.opening.revealing import Purpose, reveal
from randomization.sealed.vault.signing import sign_sealed
from randomization.sealed.vault.trail import lock_trail
from randomization.sealed.vault.trail import record_sealed as write_note
from trial.core.protocol import ArmPreparation
from trial.models import Delegation
from trial.people.signing import Deed, Hand
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput
from trial.rest.in_same_transaction import write_now


def mark_prepared(
    *, preparation: uuid.UUID, lot: str, by: Delegation, at: datetime, note: str = ""
) -> PreparationStep:
    """Record that the syringe was made from one vial of that lot; takes the vial from the stock.

    What goes into it is read from the protocol for the participant's arm, not typed. Must not run
    inside a transaction, as the opening of the arm is audited first.
    Raises OnHold, TreatmentEnded, NothingPlanned, AlreadyRecorded, NotItsDay, WrongPreparationStep,
    CannotUseLot, NotPermitted, NotFound or CannotReveal.
    """
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.PREPARED, at)
    arm = reveal(participant=slot.participant, by=by, purpose=Purpose.PREPARATION, at=at)
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.PREPARED, at)
        lock_trail(slot.participant.trial)
        recipe = recipe_for(slot, arm)
        if recipe is None or slot.planned is None:
            raise NothingPlanned(_("The protocol names no preparation for this injection."))
        made = _take(slot, recipe, lot, slot.planned.latest, by, at)
        return _entered(_write(slot, Step.PREPARED, StepContent(note.strip(), made), by, at), slot)


def account_for(
    *, preparation: uuid.UUID, lot: str, by: Delegation, at: datetime, note: str = ""
) -> PreparationStep:
    """Record from which vial a dose came that was given without release; takes the vial from the stock.

    It is recorded as made of what the arm is given, and neither checked nor released. Must not run
    inside a transaction. Raises WrongPreparationStep and what `mark_prepared` raises.
    """
    with transaction.atomic():
        slot = _locked_slot(by, preparation)
        check_can_account(slot, by)
    arm = reveal(participant=slot.participant, by=by, purpose=Purpose.PREPARATION, at=at)
    with transaction.atomic():
        slot = _locked_slot(by, preparation)
        check_can_account(slot, by)
        lock_trail(slot.participant.trial)
        recipe = recipe_for(slot, arm)
        if recipe is None:
            raise NothingPlanned(_("The protocol names no preparation for this injection."))
        made = _take(slot, recipe, lot, slot.date, by, at)
        return _entered(_write(slot, Step.PREPARED, StepContent(note.strip(), made), by, at), slot)


def mark_checked(*, preparation: uuid.UUID, by: Delegation, at: datetime, note: str = "") -> PreparationStep:
    """Record the independent check, by another person than the one who prepared.

    Raises SamePreparer and what `mark_prepared` raises, save for the lot.
    """
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.CHECKED, at)
        lock_trail(slot.participant.trial)
        return _entered(_write(slot, Step.CHECKED, StepContent(note.strip()), by, at), slot)


def release(
    *, preparation: uuid.UUID, by: Delegation, at: datetime, note: str = "", hand: Hand | None = None
) -> PreparationStep:
    """Hand the syringe out: the clinic will see `ready`, from a moment on a fixed grid.

    The lot is looked at once more, as it may have gone into quarantine meanwhile; that opens boxes, so
    an audit entry is committed first and this must not run inside a transaction. What has become due
    meanwhile is published first, in case nobody else did. `hand` signs it.
    Raises CannotUseLot and what `mark_checked` raises.
    """
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.RELEASED, at)
    catch_up(at=at)
    announce("syringe.opened", slot.participant.number, by, at, {"for": "release", "syringe": str(slot.id)})
    with transaction.atomic():
        return _released(preparation, by, at, note, hand)


def release_all(
    *,
    preparations: Sequence[uuid.UUID],
    by: Delegation,
    at: datetime,
    hand: Hand | None = None,
    note: str = "",
) -> list[PreparationStep]:
    """Release several syringes at once, all or none: one signature of the person, a row for each syringe.

    Raises what `release` raises, for the first syringe that may not be released.
    """
    with transaction.atomic():
        slots = [_next_step(by, one, Step.RELEASED, at) for one in preparations]
    catch_up(at=at)
    ordered = sorted(slots, key=lambda slot: (slot.participant.number, slot.number))
    for slot in ordered:
        body = {"for": "release", "syringe": str(slot.id)}
        announce("syringe.opened", slot.participant.number, by, at, body)
    with transaction.atomic():
        return [_released(slot.id, by, at, note, hand) for slot in ordered]


def _released(
    preparation: uuid.UUID, by: Delegation, at: datetime, note: str, hand: Hand | None
) -> PreparationStep:
    """Look at the lot once more and write the release, inside the caller's transaction."""
    slot = _next_step(by, preparation, Step.RELEASED, at)
    lock_trail(slot.participant.trial)
    _refuse_lot_now(slot)
    written = _write(slot, Step.RELEASED, StepContent(note.strip()), by, at)
    announce_later(slot, written)
    return _entered(written, slot, deed_of_release(written, hand))


def discard(*, preparation: uuid.UUID, reason: str, by: Delegation, at: datetime) -> PreparationStep:
    """Record that the syringe was thrown away; its vial stays used, and another may be prepared.

    If it was released and not yet injected, the clinic no longer sees it as ready.
    Raises InvalidInput without a reason, WrongPreparationStep, NotPermitted or NotFound.
    """
    if not reason.strip():
        raise InvalidInput(
            _("Enter why it was discarded."), {"reason": _("Enter the reason, in a few words.")}
        )
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.DISCARDED, at)
        lock_trail(slot.participant.trial)
        if not slot.recorded:
            take_back(slot, at)
        return _entered(_write(slot, Step.DISCARDED, StepContent(reason.strip()), by, at), slot)


def _locked_slot(by: Delegation, preparation: uuid.UUID) -> Slot:
    """The syringe as it is now, its participant locked until the transaction ends, for who may prepare it."""
    slot = locked_slot(by, preparation)
    require(by, Permission.PREPARE, trial=slot.participant.trial_id, site=slot.participant.site)
    return slot


def _next_step(by: Delegation, preparation: uuid.UUID, step: Step, at: datetime) -> Slot:
    """The locked syringe, if this step may be taken now. Raises a refusal otherwise."""
    slot = _locked_slot(by, preparation)
    check_can_take(step, slot, by=by, at=at)
    return slot


def _take(slot: Slot, recipe: ArmPreparation, lot: str, until: date, by: Delegation, at: datetime) -> Made:
    """Take one vial, write the movement, and say what was made of it. One movement in every arm."""
    site = slot.participant.site
    taken = take_vial(site, lot, recipe.product, until)
    write_movement(site, Movement(MovementKind.USED, lot, quantity=1, syringe=str(slot.id)), by, at)
    return Made(
        product=recipe.product,
        dose_en=recipe.dose.en,
        dose_fr=recipe.dose.fr,
        volume_ml=recipe.volume_ml,
        concentration=recipe.concentration,
        lot=lot,
        lot_number=taken.number,
        expiry=taken.expiry,
        vial=taken.taken,
    )


def _refuse_lot_now(slot: Slot) -> None:
    prepared = [step.pk for step in slot.steps if step.step == Step.PREPARED][-1]
    boxes = StepBox.objects.filter(step=prepared, recipient=Recipient.PHARMACY).select_related("step")
    made = open_steps(boxes)[prepared].made
    if made is None or slot.planned is None:
        raise NothingPlanned(_("What was prepared is not recorded. Discard the syringe."))
    if fault := fault_of(lots_of(slot.participant.site)[made.lot], made.product, slot.planned.latest):
        raise fault


def _write(slot: Slot, step: Step, content: StepContent, by: Delegation, at: datetime) -> PreparationStep:
    row, _new = Preparation.objects.get_or_create(
        id=slot.id, defaults={"participant": slot.participant, "number": slot.number, "date": slot.date}
    )
    written = PreparationStep.objects.create(
        preparation=row, sequence=len(slot.steps) + 1, step=step, by=by, at=at
    )
    box_step(written, content)
    write_now()
    return written


def _entered(written: PreparationStep, slot: Slot, deed: Deed | None = None) -> PreparationStep:
    """The step, with its entry in the sealed trail: which syringe, never what is in it."""
    body: dict[str, object] = {"day": slot.date.isoformat(), "injection": slot.number}
    body |= {"syringe": str(slot.id)}
    subject, trial, action = slot.participant.number, slot.participant.trial, f"syringe.{written.step}"
    body |= deed.facts if deed else {}
    entry = write_note(action=action, subject=subject, by=written.by, at=written.at, trial=trial, body=body)
    if deed:
        sign_sealed(deed, entry, by=written.by, at=written.at, site=slot.participant.site)
    return written
