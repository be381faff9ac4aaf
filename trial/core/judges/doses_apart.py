"""Judges that no day has two doses of one drug, whatever day 1 is: months are not all of one length.

The reader lays the courses out from one day and stops what collides there. Here day 1 is every day of
four years, so that each February counts, and randomisation every day on which it may have been before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations

from trial.core.dates import Spot
from trial.core.faults import Place
from trial.core.protocol import AnchorKind, Course, Interval, Protocol, Text, Unit
from trial.core.sentences import Sentence

FIRST = date(2026, 1, 1)
STARTS = 1461
"""The start days that are tried: four years from FIRST hold every month, and one 29 February."""
LONGEST_WAIT = 3653
"""The longest time from randomisation to day 1 that is tried, in days; ten years."""

Days = frozenset[int]
Key = tuple[str, int]
"""Code and repeat (from 1) of a course."""

MEETS = Sentence(
    "gives %(drug)s on a day on which course %(earlier)s does, for %(count)s of 1,461 start days; the first "
    "is %(day)s. Count one course from the other, or give one of them on another day."
)
MEETS_AFTER = Sentence(
    "gives %(drug)s on a day on which course %(earlier)s does, for %(count)s of 1,461 start days; the first "
    "is %(day)s, where randomisation was on %(other)s. Count one course from the other, or give one of them "
    "on another day."
)


def judge_doses_apart(root: Place, protocol: Protocol) -> None:
    """Two courses of one drug that meet on some day for some start day, with how many and the first.

    Each course is where the plan has it; what people move later is refused where it would meet another.
    """
    table, wait = Table(protocol.courses), protocol.limits.max_days_to_first_injection
    for (_, one), (index, other) in combinations(enumerate(protocol.courses), 2):
        if one.drug == other.drug and table.varies(one, other) and (said := meeting(table, one, other, wait)):
            root["courses"][index].note(said)


def meeting(table: Table, one: Course, other: Course, wait: int = 0) -> Sentence | None:
    """For how many start days two courses of a drug meet, and the first of them; None for none."""
    try:
        found = _meetings(table, one, other, wait)
    except OverflowError:
        return None  # beyond the year 9999: no day 1 of today has such a plan
    if not found:
        return None
    first, drawn = found[0]
    said = MEETS if drawn is None else MEETS_AFTER.having(other=str(drawn))
    number = f"{len(found):,}"
    count = Text(number, number.replace(",", "\u202f"))
    return said.having(drug=one.drug, earlier=one.code, count=count, day=str(first))


@dataclass(frozen=True)
class Table:
    """Where the courses of a protocol lie: days after the day from which they count in the end."""

    courses: Sequence[Course]

    def varies(self, one: Course, other: Course) -> bool:
        """Whether the distance of the two depends on the start day; the reader sees where it does not."""
        return self.kind(one) is not self.kind(other) or not (self.is_rigid(one) and self.is_rigid(other))

    def kind(self, course: Course) -> AnchorKind:
        """From what the course counts in the end: day 1 or randomisation."""
        return self._chain(course)[-1].anchor.kind

    def is_rigid(self, course: Course) -> bool:
        """Whether no month lies between the course and the day from which it counts."""
        lengths = [length for row in self._chain(course) for length in (row.offset, row.every) if length]
        return all(length.unit is not Unit.MONTH for length in lengths)

    def doses(self, course: Course, day: date) -> Days:
        """The days of the course if it counts from that day, as days after it."""
        spots: dict[Key, Spot] = {}
        for row in reversed(self._chain(course)):
            _lay_out(row, day, spots)
        starts = (spots[course.code, repeat].day for repeat in range(1, course.repeats + 1))
        return _doses(tuple(start.toordinal() - day.toordinal() for start in starts), course.days)

    def _chain(self, course: Course) -> list[Course]:
        """The course, the one from which it counts, and so on to the one that counts from none."""
        by_code, chain = {row.code: row for row in self.courses}, [course]
        while chain[-1].anchor.kind is AnchorKind.COURSE:
            chain.append(by_code[chain[-1].anchor.course])
        return chain


def _lay_out(course: Course, day: date, spots: dict[Key, Spot]) -> None:
    first = spots.get((course.anchor.course, course.anchor.repeat), Spot(day)).later(course.offset)
    every = course.every or Interval(0)
    for repeat in range(course.repeats):
        spots[course.code, repeat + 1] = first.later(Interval(every.value * repeat, every.unit))


@lru_cache(maxsize=4096)
def _doses(starts: tuple[int, ...], days: tuple[int, ...]) -> Days:
    return frozenset(start + day for start in starts for day in days)


def _meetings(table: Table, one: Course, other: Course, wait: int) -> list[tuple[date, date | None]]:
    """The start days for which the two meet; with the latest day of randomisation where that matters."""
    starts = [FIRST + timedelta(days=day) for day in range(STARTS)]
    if table.kind(one) is not table.kind(other):
        return _across(table, one, other, starts, timedelta(days=min(wait, LONGEST_WAIT)))
    mine, theirs = _by_start(table, one, starts), _by_start(table, other, starts)
    return [(day, None) for day in starts if not mine[day].isdisjoint(theirs[day])]


def _across(
    table: Table, one: Course, other: Course, starts: list[date], wait: timedelta
) -> list[tuple[date, date | None]]:
    """The same where one counts from randomisation and the other from day 1, up to `wait` later."""
    drawn, given = (one, other) if table.kind(one) is AnchorKind.RANDOMIZATION else (other, one)
    draws = [starts[0] - wait + timedelta(days=day) for day in range(len(starts) + wait.days)]
    by_dose: dict[int, list[date]] = {}
    for draw, doses in _by_start(table, drawn, draws).items():
        for dose in doses:
            by_dose.setdefault(draw.toordinal() + dose, []).append(draw)
    found: list[tuple[date, date | None]] = []
    for day, doses in _by_start(table, given, starts).items():
        meets = (_latest(by_dose.get(day.toordinal() + dose, []), day - wait, day) for dose in doses)
        if latest := max(filter(None, meets), default=None):
            found.append((day, latest))
    return found


def _by_start(table: Table, course: Course, starts: Sequence[date]) -> Mapping[date, Days]:
    if table.is_rigid(course):
        return dict.fromkeys(starts, table.doses(course, starts[0]))
    return {day: table.doses(course, day) for day in starts}


def _latest(draws: list[date], first: date, last: date) -> date | None:
    """The latest of the rising days that lies between the two; both belong to it."""
    place = bisect_right(draws, last)
    return draws[place - 1] if place and draws[place - 1] >= first else None
