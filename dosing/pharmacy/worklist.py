"""What to prepare: the syringes of some days, each with what goes into it. Reading only, but audited."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dosing.pharmacy.contents import Made, StepContent, open_steps
from dosing.pharmacy.ledger import Lot, lots_of, usable_lots
from dosing.pharmacy.models import PreparationStep, Step, StepBox
from dosing.pharmacy.publishing import catch_up
from dosing.pharmacy.slots import Slot, find_slot, slots_between
from dosing.pharmacy.steps import check_can_take
from dosing.reading.queries import injections_between
from randomization.sealed.models import Recipient
from randomization.sealed.opening.revealing import reveal_for_preparation
from randomization.sealed.vault.envelope_contents import SealDamaged
from trial.core.protocol import Arm, ArmPreparation
from trial.models import Delegation, Site
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import can


@dataclass(frozen=True, repr=False)
class StepView:
    """One step that was taken: what, by whom, when, with its note."""

    step: str
    label: str
    by: str
    user_id: int
    at: datetime
    note: str


@dataclass(frozen=True, repr=False)
class PreparationView:
    """One syringe for the pharmacist's eyes.

    `state` is empty (to prepare), `prepared`, `checked` or `released`; `day_state` is the injection's own, as
    the clinic sees it, and empty once the calendar has moved on. `stopped` is a sentence when
    nothing may be handed out any more (also after the injection was recorded); `fault` one when the
    envelope does not open, and then `recipe` is None. `may` holds the steps that whoever looks may
    take now. `made` is what was prepared, as it was sealed then.
    """

    id: uuid.UUID
    participant: str
    site: Site
    number: int
    date: date
    course: int | None
    day_in_course: int | None
    state: str
    recipe: ArmPreparation | None
    made: Made | None
    steps: tuple[StepView, ...]
    lots: tuple[Lot, ...]
    recorded: bool = False
    may: frozenset[Step] = frozenset()
    day_state: str = ""
    stopped: str = ""
    fault: str = ""


def preparations(*, day: date, by: Delegation, at: datetime, days: int = 1) -> tuple[PreparationView, ...]:
    """What is to be prepared on `day` (and the days after it, `days` in all), by day and participant.

    Only participants with a drawn envelope whose treatment goes on; a syringe that was made before
    treatment stopped stays in view until it is discarded. The opening is one entry of the sealed
    trail that names every participant, committed before the first box is opened; hence not inside a
    transaction. What the clinic should have been told already is published first.
    Raises NotPermitted or CannotReveal.
    """
    require(by, Permission.PREPARE, trial=by.trial_id, site=by.site)
    catch_up(at=at)
    slots = slots_between(by, day, day + timedelta(days=days - 1))
    return _views([slot for slot in slots if slot.present or slot.stopped is None], by, day, at)


def preparation(*, preparation: uuid.UUID, by: Delegation, at: datetime) -> PreparationView:
    """One syringe by its id, audited like the list. Raises NotFound, NotPermitted or CannotReveal."""
    require(by, Permission.PREPARE, trial=by.trial_id, site=by.site)
    catch_up(at=at)
    slot = find_slot(by, preparation)
    return _views([slot], by, slot.date, at)[0]


def recipe_for(slot: Slot, arm: Arm) -> ArmPreparation | None:
    """What the arm gets in this injection, by the protocol version that planned it."""
    if slot.planned is None:
        return None
    protocol = slot.planned.plan.protocol_version.protocol
    rows = protocol.arm(arm.code).preparations
    return next((row for row in rows if row.drug == slot.planned.drug), None)


def _views(slots: Sequence[Slot], by: Delegation, day: date, at: datetime) -> tuple[PreparationView, ...]:
    people = list({slot.participant.pk: slot.participant for slot in slots}.values())
    arms = reveal_for_preparation(participants=people, by=by, day=day, at=at)
    contents = _contents(slots)
    dates = [slot.date for slot in slots] or [day]
    injections = injections_between([one.pk for one in people], min(dates), max(dates), at=at)
    states = {key: str(found.state) for key, found in injections.items()}
    stocks = {site.pk: lots_of(site).values() for site in {slot.participant.site for slot in slots}}
    return tuple(
        replace(
            _view(slot, arms[slot.participant.pk], contents, stocks[slot.participant.site_id]),
            may=frozenset(step for step in Step if can(check_can_take, step, slot, by=by, at=at)),
            day_state=states.get((slot.participant.pk, slot.number, slot.date), ""),
        )
        for slot in slots
    )


def _contents(slots: Iterable[Slot]) -> dict[int, StepContent]:
    boxes = StepBox.objects.filter(
        step__preparation__in=[slot.id for slot in slots], recipient=Recipient.PHARMACY
    )
    return open_steps(boxes.select_related("step"))


def _view(
    slot: Slot, arm: Arm | SealDamaged, contents: dict[int, StepContent], stock: Iterable[Lot]
) -> PreparationView:
    recipe = recipe_for(slot, arm) if isinstance(arm, Arm) else None
    made = [contents[step.pk].made for step in slot.steps if contents[step.pk].made] if slot.present else []
    lots = usable_lots(stock, recipe.product, slot.planned.latest) if recipe and slot.planned else []
    return PreparationView(
        id=slot.id,
        participant=slot.participant.number,
        site=slot.participant.site,
        number=slot.number,
        date=slot.date,
        course=slot.planned.course_number if slot.planned else None,
        day_in_course=slot.planned.day_in_course if slot.planned else None,
        state=slot.present,
        recipe=recipe,
        made=made[-1] if made else None,
        steps=tuple(_step_view(step, contents[step.pk]) for step in slot.steps),
        lots=tuple(lots),
        recorded=slot.recorded,
        stopped=str(slot.stopped or ""),
        fault=str(arm) if isinstance(arm, SealDamaged) else "",
    )


def _step_view(step: PreparationStep, content: StepContent) -> StepView:
    return StepView(
        step=step.step,
        label=str(step.get_step_display()),
        by=step.by.user.shown_name,
        user_id=step.by.user_id,
        at=step.at,
        note=content.note,
    )
