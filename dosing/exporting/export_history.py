"""What exports need of a calendar's past, for many participants at once: the edition, and cancelled days.

The number of queries does not grow with the number of participants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from dosing.models import Appointment, InjectionRecord, Plan, UnscheduledVisit, VisitRecord
from trial.models import Participant, ParticipantStatus


@dataclass(frozen=True)
class Edition:
    """How many facts the calendar rests on, and when the last one came: SEQUENCE and DTSTAMP."""

    number: int
    at: datetime


def editions_of(people: Iterable[Participant], *, until: datetime | None = None) -> dict[UUID, Edition]:
    """The edition of each calendar, now or as it was.

    It grows with each booking, record, status, hour of an appointment and visit beside the plan.
    """
    ids = [person.pk for person in people]
    sources: tuple[tuple[QuerySet[Any], str], ...] = (
        (Plan.objects.all(), "made_at"),
        (InjectionRecord.objects.all(), "recorded_at"),
        (VisitRecord.objects.all(), "recorded_at"),
        (ParticipantStatus.objects.all(), "at"),
        (Appointment.objects.all(), "at"),
        (UnscheduledVisit.objects.all(), "at"),
    )
    found: dict[UUID, Edition] = {}
    for rows, moment in sources:
        known = {} if until is None else {f"{moment}__lte": until}
        counted = rows.filter(participant__in=ids, **known).order_by().values("participant")
        for row in counted.annotate(number=Count("pk"), last=Max(moment)):
            before = found.get(row["participant"], Edition(0, row["last"]))
            found[row["participant"]] = Edition(before.number + row["number"], max(before.at, row["last"]))
    return found


def given_up(people: Iterable[Participant]) -> dict[UUID, dict[str, date]]:
    """What earlier plans of each had, by its identity in exports, with the last day that it had."""
    earlier = Plan.objects.filter(participant__in=[person.pk for person in people])
    earlier = earlier.exclude(superseded_at=None).order_by("id")
    had: dict[UUID, dict[str, date]] = {}
    for kind, name in (("injection", "number"), ("visit", "code")):
        rows = earlier.values_list("participant", f"{kind}s__{name}", f"{kind}s__date")
        for participant, identity, day in rows:
            if day:
                had.setdefault(participant, {})[f"{kind}-{identity}"] = day
    return had
