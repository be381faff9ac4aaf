"""What comes next for participants, in the words of a list; it writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from dosing.core.day_state import DayState
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay, calendars_of
from trial.models import CurrentParticipant
from trial.wording.clock import day_at
from trial.wording.words import short_day

AHEAD = (DayState.LATE, DayState.DUE, DayState.PLANNED)


def next_days(people: Sequence[CurrentParticipant], *, at: datetime) -> Mapping[UUID, str]:
    """The first injection or visit that nobody has recorded and that still counts, with its day.

    Days are those of the site's clock. What is late comes first: it is the next thing to do. Who has nothing
    ahead is not there. As many questions for one participant as for fifty (`calendars_of`).
    """
    today = {person.pk: day_at(person.site, at) for person in people}
    calendars = calendars_of(people, at=at)
    found = {key: _next(calendar, today[key]) for key, calendar in calendars.items()}
    return {key: said for key, said in found.items() if said}


def _next(calendar: CalendarView, today: date) -> str:
    """In words; an injection before a visit of the same day. Empty where nothing is ahead."""
    days: list[InjectionDay | VisitDay] = [*calendar.injections, *calendar.visits]
    ahead = [day for day in days if day.state in AHEAD]
    first = min(ahead, key=lambda day: (day.state != DayState.LATE, day.date), default=None)
    return _said(first, today) if first else ""


def _said(day: InjectionDay | VisitDay, today: date) -> str:
    words = {"what": _name(day), "day": short_day(day.date)}
    if day.state == DayState.LATE:
        return _("%(what)s, late since %(day)s") % words
    return _("%(what)s, today") % words if day.date == today else f"{words['what']}, {words['day']}"


def _name(day: InjectionDay | VisitDay) -> str:
    if isinstance(day, InjectionDay):
        return _("Course %(course)d, day %(day)d") % {"course": day.course_number, "day": day.day_in_course}
    return _("Visit of day %(day)d") % {"day": day.trial_day}
