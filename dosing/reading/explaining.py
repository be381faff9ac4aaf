"""A calendar with the reason for each of its days, as a nurse reads it."""

from __future__ import annotations

from dataclasses import dataclass

from dosing.core.facts import plan_from
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay
from dosing.reading.situation import facts_of
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


def with_explanations(participant: Participant, view: CalendarView) -> ExplainedCalendar:
    """The view with the reason for each planned day, from the facts that the plan rests on."""
    calendar = plan_from(view.plan.protocol_version.protocol, facts_of(view.plan, participant))
    codes = {row.code: row.reason for row in calendar.visits}
    return ExplainedCalendar(
        view,
        tuple(Explained(day, calendar.injection(day.number).reason) for day in view.injections),
        tuple(Explained(day, codes[day.code]) for day in view.visits),
    )
