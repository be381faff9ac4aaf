"""What is recorded, by the latest record of each visit and injection; one reopened is recorded no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from dosing.models import InjectionOutcome, InjectionRecord, VisitOutcome, VisitRecord
from trial.models import Participant
from trial.models.prepared import Prepared

IN_PART = (InjectionOutcome.GIVEN, InjectionOutcome.PARTIAL)


def latest_records() -> QuerySet[InjectionRecord]:
    """The record of each injection that counts: the one with the highest sequence, unless it reopened it."""
    later = InjectionRecord.objects.filter(
        participant=OuterRef("participant"), number=OuterRef("number"), sequence__gt=OuterRef("sequence")
    )
    return InjectionRecord.objects.filter(~Exists(later)).exclude(outcome=InjectionOutcome.REOPENED)


_outcomes: Prepared[tuple[int, str]] = Prepared(
    lambda participant: latest_records().filter(participant=participant).values_list("number", "outcome")
)
_visits: Prepared[VisitRecord] = Prepared(
    lambda participant: VisitRecord.objects.filter(participant=participant).order_by("sequence")
)


def outcomes_of(participant: Participant) -> dict[int, str]:
    """What became of each recorded injection, by number."""
    return dict(_outcomes(participant=participant))


def recorded_of(people: Iterable[UUID]) -> set[tuple[UUID, int]]:
    """Participant and number of every recorded injection of these people."""
    return set(latest_records().filter(participant__in=people).values_list("participant_id", "number"))


def latest_visits(participant: Participant) -> dict[str, VisitRecord]:
    """The record that counts of each visit with one, by code; a visit that was moved is still to come."""
    return {row.code: row for row in _visits(participant=participant)}


def seen_on(participant: Participant) -> tuple[date, ...]:
    """The days, at the site, of the visits that were done."""
    rows = latest_visits(participant).values()
    return tuple(row.day for row in rows if row.outcome == VisitOutcome.DONE and row.day)
