"""The calendar as it was written, beside the one that is counted now.

Calendars that are written stay. Those of before 30 November 2026 counted months one step after the other,
so that 30 November, 28 February, 28 May followed; now they are added up first, and 30 May follows. Windows
opened before day 1, or before the draw; now they do not (`Floors`). Whatever is chosen later starts from what
is written, and says which days and windows change for these reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Protocol as Shape
from typing import TypeVar

from dosing.core.changes import Change, changes_between
from dosing.core.days import Day, trial_day
from dosing.core.notes import NONE, NOTHING, Closed, Note, closed_notes, same_day
from dosing.core.planned import Calendar, PlannedInjection, PlannedVisit
from trial.core.kept_days import KeptDays
from trial.core.protocol import Protocol, Unit
from trial.core.sentences import Sentence

AS_WRITTEN = Sentence(
    "Day %(day)s: as it was written. A plan that is made now adds the months up first and has day %(other)s."
)


class InjectionRow(Shape):
    """An injection of a plan as it is written."""

    @property
    def number(self) -> int: ...
    @property
    def course(self) -> str: ...
    @property
    def repeat(self) -> int: ...
    @property
    def course_number(self) -> int: ...
    @property
    def day_in_course(self) -> int: ...
    @property
    def date(self) -> Day: ...
    @property
    def earliest(self) -> Day: ...
    @property
    def latest(self) -> Day: ...


class VisitRow(Shape):
    """A visit of a plan as it is written."""

    @property
    def code(self) -> str: ...
    @property
    def date(self) -> Day: ...
    @property
    def earliest(self) -> Day: ...
    @property
    def latest(self) -> Day: ...


@dataclass(frozen=True)
class Standing:
    """One plan twice: as it is counted now, and as it is written."""

    counted: Calendar
    written: Calendar

    def moved(self, recorded: Collection[int] = (), visited: Collection[str] = ()) -> tuple[Change, ...]:
        """What is open and lies elsewhere, or opens later, only because of how plans are counted now."""
        return changes_between(self.written, self.counted, recorded=recorded, visited=visited)

    def kept(self, new: Calendar, recorded: Collection[int], visited: Collection[str]) -> Calendar:
        """A new calendar in which nothing that has happened gets another planned day for this reason."""
        counted, written = _by_place(self.counted), _by_place(self.written)
        injections = tuple(
            _as_written(row, old, new.first_injection)
            if (old := written.get(_place(row)))
            and old.number in recorded
            and row.date == counted[_place(row)].date
            else row
            for row in new.injections
        )
        seen = {row.code: row for row in self.written.visits if row.code in visited}
        same = {row.code: row.date for row in self.counted.visits}
        visits = tuple(
            _as_written(row, seen[row.code], new.first_injection)
            if row.code in seen and row.date == same.get(row.code)
            else row
            for row in new.visits
        )
        return Calendar(new.first_injection, injections, visits)

    def numbered(self, new: Calendar) -> Calendar:
        """A new calendar by the same version in which each injection keeps the number that it was given."""
        numbers = {_place(row): (row.number, row.course_number) for row in self.written.injections}
        rows = [_numbered(row, *numbers[_place(row)]) for row in new.injections]
        in_order = sorted(rows, key=attrgetter("number"))
        return Calendar(new.first_injection, tuple(in_order), new.visits)


def counts_months(protocol: Protocol) -> bool:
    """Whether any distance of the protocol is one of months; without them both ways lead to one day."""
    lengths = [row.offset for row in protocol.courses] + [row.offset for row in protocol.visits]
    lengths += [course.every for course in protocol.courses if course.every]
    return any(length.unit is Unit.MONTH for length in lengths)


def cuts_windows(protocol: Protocol, counted: Calendar) -> bool:
    """Whether a window of the calendar opens later than the protocol alone would have it."""
    visits = {row.code: row.window.before for row in protocol.every_visit}
    rows = [(row.slot.before.days, protocol.course(row.course).window.before) for row in counted.injections]
    rows += [(row.slot.before.days, visits[row.code]) for row in counted.visits]
    return any(before < allowed for before, allowed in rows)


def standing(
    protocol: Protocol,
    counted: Calendar,
    injections: Iterable[InjectionRow],
    visits: Iterable[VisitRow],
    *,
    holidays: KeptDays = NOTHING,
    closed: Closed = NONE,
) -> Standing:
    """The plan as it is counted now, and with the days and numbers of its rows."""
    rows = {(row.course, row.repeat, row.day_in_course): row for row in injections}
    seen = {row.code: row for row in visits}
    shown = [
        _numbered(_as_written(row, old, counted.first_injection), old.number, old.course_number)
        if (old := rows.get(_place(row)))
        else row
        for row in counted.injections
    ]
    kept = [_as_written(row, seen.get(row.code, row), counted.first_injection) for row in counted.visits]
    doses = Counter((row.drug, row.date) for row in shown)
    noted = [
        row._replace(notes=_notes(protocol, row, doses[row.drug, row.date], holidays, closed))
        if row.date != counted_row.date
        else row
        for row, counted_row in zip(shown, counted.injections, strict=True)
    ]
    remarked = [
        row._replace(notes=closed_notes(row.date, holidays, closed)) if row.date != counted_row.date else row
        for row, counted_row in zip(kept, counted.visits, strict=True)
    ]
    in_order = tuple(sorted(noted, key=attrgetter("number")))
    return Standing(counted, Calendar(counted.first_injection, in_order, tuple(remarked)))


Row = TypeVar("Row", PlannedInjection, PlannedVisit)
Place = tuple[str, int, int]
"""Course, repeat and day of the course: which injection it is, whatever its number."""


def _place(row: PlannedInjection) -> Place:
    return row.course, row.repeat, row.day_in_course


def _by_place(calendar: Calendar) -> dict[Place, PlannedInjection]:
    return {_place(row): row for row in calendar.injections}


def _notes(
    protocol: Protocol, row: PlannedInjection, doses: int, holidays: KeptDays, closed: Closed
) -> tuple[Note, ...]:
    twice = (same_day(row.date, protocol.drug(row.drug).label),) if doses > 1 else ()
    return (*closed_notes(row.date, holidays, closed), *twice)


def _as_written(row: Row, old: InjectionRow | VisitRow, day_1: date) -> Row:
    """The row on the day and in the window that are written for it; with the reason for another day."""
    row = _on(row, old.date, day_1)
    if (row.earliest, row.latest) == (old.earliest, old.latest):
        return row
    before, after = old.date - old.earliest, old.latest - old.date
    return row._replace(slot=replace(row.slot, before=before, after=after))


def _on(row: Row, day: date, day_1: date) -> Row:
    """The row on the day that is written for it, with the reason."""
    if day == row.date:
        return row
    other, slot = trial_day(day, day_1), row.slot
    reason = AS_WRITTEN.having(day=other, other=row.trial_day)
    moved = replace(slot, trial_day=other, reason=reason, after_day_1=day - day_1)
    return row._replace(slot=moved, date=day)


def _numbered(row: PlannedInjection, number: int, course_number: int) -> PlannedInjection:
    if (row.number, row.course_number) == (number, course_number):
        return row
    return row._replace(slot=replace(row.slot, number=number, course_number=course_number))
