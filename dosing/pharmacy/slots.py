"""Which syringe is meant: one injection of one participant on one day, and where it stands."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from dosing.models import PlannedInjection
from dosing.pharmacy.models import Preparation, PreparationStep, Step
from dosing.reading.latest_records import recorded_of
from dosing.services.judging import AlreadyRecorded, OnHold, TreatmentEnded
from dosing.services.recording import NothingPlanned
from trial.models import CurrentParticipant, Delegation, Participant, Status
from trial.queries import NotFound, participants_for
from trial.refusals import Refusal

SlotKey = tuple[uuid.UUID, int, date]
"""Participant, injection, day."""

ON_TREATMENT = frozenset({Status.RANDOMIZED, Status.ON_TREATMENT})
"""The statuses in which something is prepared for a participant."""


@dataclass(frozen=True)
class Slot:
    """A syringe that is to be prepared, or was. `planned` is None once the calendar has moved on."""

    id: uuid.UUID
    participant: CurrentParticipant
    number: int
    date: date
    planned: PlannedInjection | None
    steps: tuple[PreparationStep, ...]
    recorded: bool

    @property
    def present(self) -> str:
        """The present step; empty when there is no syringe (yet, or any more)."""
        latest = self.steps[-1].step if self.steps else ""
        return "" if latest == Step.DISCARDED else latest

    @property
    def stopped(self) -> Refusal | None:
        """Why nothing may be prepared or handed out for it, if so."""
        return stop_reason(self)


def preparation_id(participant_id: uuid.UUID, number: int, day: date) -> uuid.UUID:
    """The id of a preparation, before and after it is written: a UUID 5 within the participant's."""
    return uuid.uuid5(participant_id, f"injection {number} on {day.isoformat()}")


def stop_reason(slot: Slot) -> Refusal | None:
    """The refusal that meets whoever would prepare or release this syringe; None when it may go on."""
    status, words = slot.participant.current_status, {"number": slot.participant.number}
    if status == Status.ON_HOLD:
        return OnHold(
            _("Treatment of %(number)s is on hold. Prepare nothing; discard what is prepared.") % words
        )
    if status not in ON_TREATMENT:
        return TreatmentEnded(
            _("Treatment of %(number)s has ended. Prepare nothing; discard what is prepared.") % words
        )
    if slot.recorded:
        return AlreadyRecorded(_("This injection of %(number)s is recorded already.") % words)
    if slot.planned is None:
        return NothingPlanned(
            _("The calendar of %(number)s has changed: no such injection on this day. Discard the syringe.")
            % words
        )
    return None


def slots_between(by: Delegation, first: date, last: date) -> list[Slot]:
    """Every syringe of these days within reach: planned ones, and made ones whatever became of the plan."""
    planned = _planned(participants_for(by)).filter(date__range=(first, last))
    keys = {(row.plan.participant_id, row.number, row.date) for row in planned}
    latest = PreparationStep.objects.filter(preparation=OuterRef("pk")).order_by("-sequence").values("step")
    made = Preparation.objects.filter(participant__in=participants_for(by), date__range=(first, last))
    kept = made.annotate(latest=Subquery(latest[:1])).exclude(latest=Step.DISCARDED)
    keys |= set(kept.values_list("participant_id", "number", "date"))
    slots = _slots(by, {preparation_id(*key): key for key in keys}, list(planned))
    return sorted(slots, key=lambda slot: (slot.date, slot.participant.number, slot.number))


def find_slot(by: Delegation, preparation: uuid.UUID) -> Slot:
    """The syringe with that id, within reach. Raises NotFound."""
    return _slot_of(by, preparation, _key_of(by, preparation))


def locked_slot(by: Delegation, preparation: uuid.UUID) -> Slot:
    """The syringe as it is now, its participant locked until the transaction ends. Raises NotFound."""
    key = _key_of(by, preparation)
    Participant.objects.select_for_update().get(pk=key[0])
    return _slot_of(by, preparation, key)


def _slot_of(by: Delegation, preparation: uuid.UUID, key: SlotKey) -> Slot:
    planned = _planned(Participant.objects.filter(pk=key[0])).filter(number=key[1], date=key[2])
    return next(_slots(by, {preparation: key}, list(planned)))


def _planned(participants: QuerySet[Participant]) -> QuerySet[PlannedInjection]:
    """What current plans say for participants whose envelope is drawn; nothing else is ever looked at."""
    return PlannedInjection.objects.filter(
        plan__superseded_at=None,
        plan__participant__in=participants.filter(envelope__isnull=False),
    ).select_related("plan__protocol_version")


def _key_of(by: Delegation, preparation: uuid.UUID) -> SlotKey:
    within = participants_for(by)
    row = Preparation.objects.filter(pk=preparation, participant__in=within).first()
    if row:
        return (row.participant_id, row.number, row.date)
    keys = _planned(within).values_list("plan__participant_id", "number", "date")
    for key in keys:
        if preparation_id(*key) == preparation:
            return key
    raise NotFound(_("There is no such preparation here. Look at the list of the day."))


def _slots(by: Delegation, ids: dict[uuid.UUID, SlotKey], planned: list[PlannedInjection]) -> Iterator[Slot]:
    people = {row.pk: row for row in participants_for(by).filter(pk__in={key[0] for key in ids.values()})}
    plans = {(row.plan.participant_id, row.number, row.date): row for row in planned}
    steps = _grouped(ids)
    recorded = recorded_of(people)
    for preparation, key in ids.items():
        participant_id, number, day = key
        yield Slot(
            id=preparation,
            participant=people[participant_id],
            number=number,
            date=day,
            planned=plans.get(key),
            steps=tuple(steps.get(preparation, ())),
            recorded=(participant_id, number) in recorded,
        )


def _grouped(ids: dict[uuid.UUID, SlotKey]) -> dict[uuid.UUID, list[PreparationStep]]:
    grouped: dict[uuid.UUID, list[PreparationStep]] = {}
    rows = PreparationStep.objects.filter(preparation__in=ids).select_related("by__user")
    for row in rows.order_by("preparation", "sequence"):
        grouped.setdefault(row.preparation_id, []).append(row)
    return grouped
