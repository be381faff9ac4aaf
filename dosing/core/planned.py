"""A planned calendar as values: injections, visits, and the whole of them.

The rows are named tuples, not dataclasses, as very many are made: two hundred thousand people have
four million of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from dosing.core.days import Day
from dosing.core.notes import Note
from dosing.core.outline import InjectionSlot, VisitSlot
from trial.core.protocol import Text
from trial.core.sentences import Sentence


class PlannedInjection(NamedTuple):
    """One injection on its planned day.

    `number` runs over the whole trial in date order, `course_number` over all courses and drugs;
    `day_in_course` counts calendar days of the course from 1. Both ends belong to the window.
    """

    slot: InjectionSlot
    date: Day
    notes: tuple[Note, ...] = ()

    @property
    def number(self) -> int:
        return self.slot.number

    @property
    def course(self) -> str:
        return self.slot.course

    @property
    def repeat(self) -> int:
        return self.slot.repeat

    @property
    def course_number(self) -> int:
        return self.slot.course_number

    @property
    def day_in_course(self) -> int:
        return self.slot.day_in_course

    @property
    def drug(self) -> str:
        return self.slot.drug

    @property
    def trial_day(self) -> int:
        return self.slot.trial_day

    @property
    def reason(self) -> Sentence:
        return self.slot.reason

    @property
    def code(self) -> str:
        """`C2D5`: fifth day of course 2. No two injections of a calendar share one."""
        return f"C{self.slot.course_number}D{self.slot.day_in_course}"

    @property
    def earliest(self) -> Day:
        return self.date - self.slot.before

    @property
    def latest(self) -> Day:
        return self.date + self.slot.after


class PlannedVisit(NamedTuple):
    """One visit with its target date. Both ends belong to the window."""

    slot: VisitSlot
    date: Day
    notes: tuple[Note, ...] = ()

    @property
    def code(self) -> str:
        return self.slot.code

    @property
    def label(self) -> Text:
        return self.slot.label

    @property
    def trial_day(self) -> int:
        return self.slot.trial_day

    @property
    def reason(self) -> Sentence:
        return self.slot.reason

    @property
    def earliest(self) -> Day:
        return self.date - self.slot.before

    @property
    def latest(self) -> Day:
        return self.date + self.slot.after


Planned = PlannedInjection | PlannedVisit


@dataclass(frozen=True)
class Calendar:
    """One participant's plan: injections by number, visits by date."""

    first_injection: date
    injections: tuple[PlannedInjection, ...]
    visits: tuple[PlannedVisit, ...]

    def injection(self, number: int) -> PlannedInjection:
        """The injection with that number, from 1. Raises KeyError."""
        if not 1 <= number <= len(self.injections):
            raise KeyError(number)
        return self.injections[number - 1]

    def visit(self, code: str) -> PlannedVisit:
        """The visit with that code. Raises KeyError."""
        for visit in self.visits:
            if visit.code == code:
                return visit
        raise KeyError(code)

    def course(self, course_number: int) -> tuple[PlannedInjection, ...]:
        """The injections of one course, in order; none for a number that does not exist."""
        return tuple(i for i in self.injections if i.course_number == course_number)

    @cached_property
    def course_numbers(self) -> tuple[int, ...]:
        return tuple(sorted({i.course_number for i in self.injections}))

    def entries(self) -> tuple[Planned, ...]:
        """Visits and injections in date order; on one day the visit first, as blood is taken before."""
        both: tuple[Planned, ...] = (*self.visits, *self.injections)
        return tuple(sorted(both, key=lambda entry: entry.date))

    @property
    def first_day(self) -> date:
        """The earliest planned day: day 1, unless a visit or a course lies before it."""
        return min(self._days(), default=self.first_injection)

    @property
    def last_day(self) -> date:
        """The latest planned day, without its window."""
        return max(self._days(), default=self.first_injection)

    def _days(self) -> list[date]:
        return [visit.date for visit in self.visits] + [injection.date for injection in self.injections]
