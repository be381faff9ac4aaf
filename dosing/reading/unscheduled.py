"""The visits beside the plan as they stand: the latest row of each, without those that were taken back."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from dosing.models import UnscheduledVisit
from trial.models import Participant


def unscheduled_visits() -> QuerySet[UnscheduledVisit]:
    """The row of each that counts, in order of its day."""
    later = UnscheduledVisit.objects.filter(
        participant=OuterRef("participant"), number=OuterRef("number"), sequence__gt=OuterRef("sequence")
    )
    return UnscheduledVisit.objects.filter(~Exists(later), taken_back=False).order_by("day", "number")


def unscheduled_of(participant: Participant) -> list[UnscheduledVisit]:
    """Those of one participant. One query."""
    return list(unscheduled_visits().filter(participant=participant))
