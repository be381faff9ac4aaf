"""The acts on one syringe: prepared, checked by a second person, released to the clinic, discarded.

Each act locks the participant first (so that a hold counts from the moment it is recorded) and then
the sealed trail (so that two pharmacists never take the same vial).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import Readiness
from dosing.pharmacy.contents import Made, Movement, MovementKind, StepContent, box_step, open_steps
from dosing.pharmacy.ledger import fault_of, lots_of, take_vial, write_movement
from dosing.pharmacy.models import Preparation, PreparationStep, Step, StepBox
from dosing.pharmacy.readiness import visible_from
from dosing.pharmacy.slots import Slot, locked_slot
from dosing.pharmacy.steps import check_can_take
from dosing.pharmacy.trail import announce
from dosing.pharmacy.worklist import recipe_for
from dosing.services.recording import NothingPlanned
from randomization.sealed.models import Recipient
from randomization.sealed.opening.revealing import Purpose, reveal
from randomization.sealed.vault.trail import record_sealed as write_note
from trial.core.protocol import ArmPreparation
from trial.models import Delegation
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
        _enter("syringe.prepared", slot, by, at)
        recipe = recipe_for(slot, arm)
        if recipe is None or slot.planned is None:
            raise NothingPlanned(_("The protocol names no preparation for this injection."))
        made = _take(slot, recipe, lot, slot.planned.latest, by, at)
        return _write(slot, Step.PREPARED, StepContent(note.strip(), made), by, at)


def mark_checked(*, preparation: uuid.UUID, by: Delegation, at: datetime, note: str = "") -> PreparationStep:
    """Record the independent check, by another person than the one who prepared.

    Raises SamePreparer and what `mark_prepared` raises, save for the lot.
    """
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.CHECKED, at)
        _enter("syringe.checked", slot, by, at)
        return _write(slot, Step.CHECKED, StepContent(note.strip()), by, at)


def release(*, preparation: uuid.UUID, by: Delegation, at: datetime, note: str = "") -> PreparationStep:
    """Hand the syringe out: the clinic will see `ready`, from a moment on a fixed grid.

    The lot is looked at once more, as it may have gone into quarantine meanwhile; that opens boxes, so
    an audit entry is committed first and this must not run inside a transaction.
    Raises CannotUseLot and what `mark_checked` raises.
    """
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.RELEASED, at)
    announce("syringe.opened", slot.participant.number, by, at, {"for": "release", "syringe": str(slot.id)})
    with transaction.atomic():
        slot = _next_step(by, preparation, Step.RELEASED, at)
        _enter("syringe.released", slot, by, at)
        _refuse_lot_now(slot)
        _say_ready(slot, at)
        return _write(slot, Step.RELEASED, StepContent(note.strip()), by, at)


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
        _enter("syringe.discarded", slot, by, at)
        if not slot.recorded:
            Readiness.objects.filter(
                participant=slot.participant, number=slot.number, date=slot.date
            ).delete()
        return _write(slot, Step.DISCARDED, StepContent(reason.strip()), by, at)


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


def _say_ready(slot: Slot, at: datetime) -> None:
    """Say so to the clinic, and write every row anew that does not show yet: where rows lie tells no order.

    Held together by the lock of the sealed trail, which `_enter` took.
    """
    participant = slot.participant
    moment = visible_from(slot.date, participant.site.tzinfo, at)
    ready = Readiness(participant=participant, number=slot.number, date=slot.date, visible_from=moment)
    hidden = Readiness.objects.filter(participant__trial=participant.trial_id, visible_from__gt=at)
    rows = sorted([ready, *hidden], key=lambda row: row.pk)
    hidden.delete()
    Readiness.objects.bulk_create(rows)


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


def _enter(action: str, slot: Slot, by: Delegation, at: datetime) -> None:
    """The sealed trail's entry of an act: which syringe, never what is in it."""
    body = {"day": slot.date.isoformat(), "injection": slot.number, "syringe": str(slot.id)}
    subject, trial = slot.participant.number, slot.participant.trial
    write_note(action=action, subject=subject, by=by, at=at, trial=trial, body=body)
