"""The hour of what a reminder announces."""

from __future__ import annotations

from datetime import time
from typing import assert_never

from dosing.core.events import Event
from dosing.models import Appointment, PlannedInjection
from trial.core.protocol import ReminderEvent
from trial.models import Participant


def hour_of_event(participant: Participant, event: Event) -> time | None:
    """The hour of an injection, a visit, or the first injection of a course, by the site's clock, if set."""
    rows = Appointment.objects.filter(participant=participant).order_by("-sequence")
    match event.kind:
        case ReminderEvent.INJECTION:
            rows = rows.filter(number=int(event.code))
        case ReminderEvent.COURSE:
            rows = rows.filter(number=_first_of(participant, int(event.code)))
        case ReminderEvent.VISIT:
            rows = rows.filter(code=event.code)
        case _:
            assert_never(event.kind)
    latest = rows.first()
    return latest.hour if latest else None


def _first_of(participant: Participant, course: int) -> int:
    current = PlannedInjection.objects.filter(plan__participant=participant, plan__superseded_at=None)
    first = current.filter(course_number=course).order_by("number").first()
    return first.number if first else 0
