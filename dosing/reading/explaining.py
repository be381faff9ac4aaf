"""A calendar with the reason for each of its days, as a nurse reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dosing.core.notes import same_day
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay
from dosing.reading.situation import facts_of, written_calendar
from trial.core.sentences import Sentence
from trial.models import Participant


@dataclass(frozen=True)
class Explained:
    """One day as it stands, and why it lies where it lies."""

    day: InjectionDay | VisitDay
    explanation: Sentence


@dataclass(frozen=True)
class ExplainedCalendar:
    """A calendar as it stands; `Day 33: fifth day of course 2, which starts 28 days after day 1.`"""

    view: CalendarView
    injections: tuple[Explained, ...]
    visits: tuple[Explained, ...]

    @property
    def double_doses(self) -> tuple[Sentence, ...]:
        """A sentence for each day that is still open on which a drug is planned more than once."""
        return double_doses(self.view)


def double_doses(view: CalendarView) -> tuple[Sentence, ...]:
    """The days of a calendar on which more than one dose of a drug is planned, and one is still open."""
    days: dict[tuple[date, str], list[InjectionDay]] = {}
    for row in view.injections:
        days.setdefault((row.date, row.drug), []).append(row)
    meet = [key for key, rows in days.items() if len(rows) > 1 and not all(row.recorded for row in rows)]
    if not meet:
        return ()
    protocol = view.plan.protocol_version.protocol
    return tuple(same_day(day, protocol.drug(code).label).text for day, code in meet)


def with_explanations(participant: Participant, view: CalendarView) -> ExplainedCalendar:
    """The view with the reason for each planned day, from the facts that the plan rests on."""
    calendar = written_calendar(view.plan, facts_of(view.plan, participant))
    codes = {row.code: row.reason for row in calendar.visits}
    return ExplainedCalendar(
        view,
        tuple(Explained(day, calendar.injection(day.number).reason) for day in view.injections),
        tuple(Explained(day, codes[day.code]) for day in view.visits),
    )
