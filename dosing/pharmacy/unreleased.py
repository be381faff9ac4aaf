"""Doses that were given without release, of which nobody has said which vial it was: the pharmacist's cards.

A card follows from the deviation that the tick drafts, and so from what the clinic was shown; it goes when a
syringe is recorded for the injection, or when the record is corrected.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dosing.models import Deviation, DeviationKind, InjectionRecord
from dosing.pharmacy.slots import Slot, find_slot, preparation_id
from dosing.pharmacy.steps import WrongPreparationStep
from dosing.reading.deviations import about_injection
from dosing.reading.latest_records import IN_PART, latest_records
from trial.models import Delegation, Participant
from trial.policies import refuse_locked
from trial.queries import NotFound, participants_for


@dataclass(frozen=True)
class Unaccounted:
    """A dose that was given at `given_at` from a syringe that nobody recorded."""

    id: uuid.UUID
    participant: Participant
    number: int
    date: date
    given_at: datetime


def unaccounted(by: Delegation) -> tuple[Unaccounted, ...]:
    """The doses within reach of which the vial is not known, by day and participant."""
    found = sorted(_drafted(by), key=lambda one: (one.date, one.participant.number, one.number))
    return tuple(one for one in found if _is_open(by, one.id))


def check_can_account(slot: Slot, by: Delegation) -> None:
    """Raises why no vial is said now: the data are locked, a syringe is recorded, or nothing was given so."""
    refuse_locked(slot.participant.trial_id)
    if slot.id not in {one.id for one in _drafted(by)}:
        raise WrongPreparationStep(
            _("This injection is not one that was given without release. Load the list again and look.")
        )
    if slot.present:
        raise WrongPreparationStep(
            _("A syringe is recorded for this injection already. Load the list again and look.")
        )


def _is_open(by: Delegation, preparation: uuid.UUID) -> bool:
    """Whether nothing is recorded of its syringe; one whose calendar has moved on cannot be asked about."""
    try:
        return not find_slot(by, preparation).present
    except NotFound:
        return False


def _drafted(by: Delegation) -> Iterator[Unaccounted]:
    """Every dose within reach whose record that counts has such a deviation."""
    people = participants_for(by)
    drafts = Deviation.objects.filter(kind=DeviationKind.WITHOUT_RELEASE, participant__in=people)
    days = {(row.participant_id, row.event, row.record): row.planned for row in drafts}
    if not days:
        return
    records = latest_records().filter(participant__in=people, without_release=True, outcome__in=IN_PART)
    for row in records.select_related("participant__site"):
        day = days.get((row.participant_id, about_injection(row.number), row.sequence))
        if day and row.happened_at:
            yield _unaccounted(row, day, row.happened_at)


def _unaccounted(row: InjectionRecord, day: date, given_at: datetime) -> Unaccounted:
    return Unaccounted(
        preparation_id(row.participant_id, row.number, day), row.participant, row.number, day, given_at
    )
