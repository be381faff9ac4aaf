"""What the protocol allows after a course began on another day, and what each option does to every day.

Four things can be lawful. Keep the days. Move a whole course that has not begun, later, within the
limit of the protocol. Count the rest from what really happened, where the protocol says that it
follows. Stop the treatment. A dose that was missed is never made up: no course gets a sixth day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from dosing.core.anchors import CourseKey
from dosing.core.changes import Change, changes_between
from dosing.core.day_1 import FirstInjection, counted_from_first, first_after_missed
from dosing.core.facts import Facts, plan_from
from dosing.core.notes import NONE, NOTHING, Closed
from dosing.core.planned import Calendar, PlannedInjection
from dosing.core.refusals import CalendarRefusal, CannotPlan
from dosing.core.words import long_date
from dosing.core.written import Standing
from trial.core.kept_days import KeptDays
from trial.core.protocol import Course, Protocol, Visit
from trial.core.sentences import Sentence


class OptionKind(StrEnum):
    """What a person may choose: keep the days, move the course, follow its actual start, or stop."""

    KEEP = "keep"
    MOVE = "move"
    FOLLOW = "follow"
    STOP = "stop"


class ShiftRefused(CalendarRefusal):
    """The course may not be moved there, or not at all."""


@dataclass(frozen=True)
class Happened:
    """What is known of the past: recorded injections and visits, and where each course really began.

    `given` holds, by number, the day of each injection that was given in full or in part. `moved` are the
    visits that were moved by hand and are still to come. `fallen` are the injections that an end of treatment
    took away: they are no days any more that a choice could change.
    """

    recorded: Collection[int] = ()
    visited: Collection[str] = ()
    moved: Collection[str] = ()
    given: Mapping[int, date] = field(default_factory=dict)
    fallen: Collection[int] = ()

    @property
    def settled(self) -> frozenset[int]:
        """The injections that no choice concerns: recorded, or taken away."""
        return frozenset(self.recorded) | frozenset(self.fallen)


@dataclass(frozen=True)
class Option:
    """One lawful option: what it does to the facts, the calendar that follows, and every changed day.

    `course` is the number of the course that is moved or followed, and `start` its first day; with `first`,
    which was not the planned one, that is the new day 1. For STOP
    the calendar is the present one and `changes` are the injections that fall away.
    """

    kind: OptionKind
    facts: Facts
    calendar: Calendar
    changes: tuple[Change, ...]
    course: int = 0
    start: date | None = None
    days: int = 0
    first: FirstInjection | None = None


@dataclass(frozen=True)
class Slip:
    """A course that began on another day than planned, which nobody has accepted or let pass yet.

    `first` is given where the planned first injections were missed: then it is day 1 that lies elsewhere, on
    the day of the first injection.
    """

    key: CourseKey
    course: int
    planned: date
    began: date
    first: FirstInjection | None = None


@dataclass(frozen=True)
class Situation:
    """One participant's plan at one moment: everything that the options follow from.

    `standing` is the plan as it is written; None where the calendar that is counted cannot differ.
    """

    protocol: Protocol
    facts: Facts
    happened: Happened
    today: date
    holidays: KeptDays = field(default_factory=lambda: NOTHING)
    closed: Closed = field(default_factory=lambda: NONE)
    standing: Standing | None = None

    def calendar(self, facts: Facts | None = None) -> Calendar:
        """The calendar from these facts, or as it stands."""
        if facts is None and self.standing:
            return self.standing.written
        new = plan_from(self.protocol, facts or self.facts, holidays=self.holidays, closed=self.closed)
        if self.standing is None:
            return new
        past = self.happened
        return self.standing.kept(self.standing.numbered(new), past.recorded, past.visited)


def options(situation: Situation) -> tuple[Option, ...]:
    """Every lawful option, the one that changes nothing first."""
    now = situation.calendar()
    found = [Option(OptionKind.KEEP, situation.facts, now, ())]
    found += _follows(situation)
    for number in now.course_numbers:
        found += _moves(situation, now, number)
    return (*found, _stop(situation, now))


def slips(situation: Situation) -> tuple[Slip, ...]:
    """The courses that began on another day than the one counted from now, in order.

    A course runs as late, or as early, as the first of its injections that was given: one that was
    missed before it is simply missed, and starts no course anew. Day 1 alone follows the first injection.
    """
    now, past = situation.calendar(), situation.happened
    first = first_after_missed(now, past.recorded, past.given)
    found = [_slip(situation, now.course(number)) for number in now.course_numbers]
    if first is not None:
        found[0] = _slip_of_day_1(situation, now, first)
    return tuple(slip for slip in found if slip)


def _slip_of_day_1(situation: Situation, now: Calendar, first: FirstInjection) -> Slip | None:
    """That day 1 is counted from another day than that of the first injection."""
    planned, row = situation.facts.first_injection, now.injections[0]
    if first.day == planned:
        return None
    return Slip((row.course, row.repeat), row.course_number, planned, first.day, first)


def _slip(situation: Situation, course: tuple[PlannedInjection, ...]) -> Slip | None:
    given, first = situation.happened.given, course[0]
    row = next((row for row in course if row.number in given), None)
    if row is None:
        return None
    key = (first.course, first.repeat)
    began = first.date + (given[row.number] - row.date)
    if key in situation.facts.placed and _defines_day_1(situation, first):
        day_1 = situation.facts.first_injection
        return None if began == day_1 else Slip(key, first.course_number, day_1, began)
    counted = situation.facts.followed.get(key, first.date)
    return None if began == counted else Slip(key, first.course_number, first.date, began)


def follow_option(situation: Situation, slip: Slip) -> Option:
    """Count from where the course really began. For the course of day 1, that is day 1 itself.

    Everything is then counted from the actual day 1, so that moves of later courses lapse. Once another
    course has begun, day 1 is not counted anew. Where it would bring two doses of a drug to one day that are
    apart now, the days are kept. Raises CannotPlan or ShiftRefused.
    """
    facts = situation.facts.following(slip.key, slip.began)
    if slip.first is not None:
        _refuse_after_another_course(situation, slip.first.row.course_number)
        facts = counted_from_first(situation.facts, situation.calendar(), slip.first)
    elif _is_day_1(situation, slip):
        _refuse_after_another_course(situation, slip.course)
        facts = _with_day_1(situation.facts, slip.began)
    option = _option(situation, OptionKind.FOLLOW, facts, slip.course, slip.began, slip.planned)
    option = replace(option, first=slip.first)
    if meets := _newly_shared(situation, option.calendar):
        raise ShiftRefused(_TWO_DOSES.having(n=slip.course, day=long_date(meets[0])))
    return option


def move_option(situation: Situation, course_number: int, start: date) -> Option:
    """Move a whole course to start on that day. Raises ShiftRefused with the reason and what is possible."""
    now = situation.calendar()
    _refuse_unmovable(situation, now, course_number)
    first, limit = _planned_start(situation, now, course_number)
    last = first + timedelta(days=limit)
    if start < max(first, situation.today) or start > last:
        raise _refused(_OUT_OF_LIMIT, course_number, max(first, situation.today), last)
    row = now.course(course_number)[0]
    facts = situation.facts.moving((row.course, row.repeat), start)
    option = _option(situation, OptionKind.MOVE, facts, course_number, start, first)
    if not _apart(option.calendar, course_number):
        raise _refused(_COLLIDES, course_number, start, start)
    return option


def _follows(situation: Situation) -> list[Option]:
    """One option for each course that slipped, where the protocol lets anything count from it."""
    found = []
    for slip in slips(situation):
        with suppress(CalendarRefusal):
            if is_followed(situation, slip):
                found.append(follow_option(situation, slip))
    return found


def _moves(situation: Situation, now: Calendar, course_number: int) -> list[Option]:
    """Every other day on which the course may start."""
    try:
        _refuse_unmovable(situation, now, course_number)
    except ShiftRefused:
        return []
    first, limit = _planned_start(situation, now, course_number)
    days = [first + timedelta(days=n) for n in range(limit + 1)]
    present = now.course(course_number)[0].date
    found = []
    for day in days:
        with suppress(CalendarRefusal):
            if day != present:
                found.append(move_option(situation, course_number, day))
    return found


def _option(
    situation: Situation, kind: OptionKind, facts: Facts, course: int, start: date, planned: date
) -> Option:
    calendar, past = situation.calendar(facts), situation.happened
    changes = changes_between(situation.calendar(), calendar, recorded=past.settled, visited=past.visited)
    return Option(kind, facts, calendar, changes, course, start, (start - planned).days)


def _stop(situation: Situation, now: Calendar) -> Option:
    """What falls away if treatment stops: the open days from today on. Of one before, somebody says more."""
    settled = situation.happened.settled
    left = [row for row in now.injections if row.number not in settled and row.date >= situation.today]
    return Option(OptionKind.STOP, situation.facts, now, tuple(Change(row, None) for row in left))


def _refuse_unmovable(situation: Situation, now: Calendar, course_number: int) -> None:
    course = now.course(course_number)
    if not course:
        raise _refused(_NO_SUCH_COURSE, course_number)
    if any(row.number in situation.happened.recorded for row in course):
        raise _refused(_BEGUN, course_number)
    if _defines_day_1(situation, course[0]):
        raise _refused(_DAY_1, course_number)
    if not situation.protocol.course(course[0].course).max_shift_days:
        raise _refused(_NEVER, course_number)


def _planned_start(situation: Situation, now: Calendar, course_number: int) -> tuple[date, int]:
    """Where the course would start had nobody moved it, and how many days later it may."""
    row = now.course(course_number)[0]
    key = (row.course, row.repeat)
    moved = {other: day for other, day in situation.facts.moved.items() if other != key}
    unmoved = replace(situation.facts, moved=moved)
    planned = situation.calendar(unmoved).course(course_number)[0].date
    return planned, situation.protocol.course(row.course).max_shift_days


def _defines_day_1(situation: Situation, row: PlannedInjection) -> bool:
    day_1, key = situation.facts.first_injection, (row.course, row.repeat)
    if row.trial_day < 1:  # its first days were missed, and day 1 is counted from the first injection
        return key in situation.facts.placed and row.course_number == 1
    return row.repeat == 1 and row.trial_day == 1 and row.date == day_1


def _is_day_1(situation: Situation, slip: Slip) -> bool:
    return _defines_day_1(situation, situation.calendar().course(slip.course)[0])


def _with_day_1(facts: Facts, day: date) -> Facts:
    followed = {key: began for key, began in facts.followed.items() if key not in facts.placed}
    return Facts(day, facts.randomized, followed=followed, ended=facts.ended)


def _refuse_after_another_course(situation: Situation, course: int) -> None:
    """Refuse once something of a later course is recorded; of those before it all was missed."""
    now, recorded = situation.calendar(), situation.happened.recorded
    if any(now.injection(number).course_number > course for number in recorded):
        raise CannotPlan(_ANOTHER_BEGUN)


def is_followed(situation: Situation, slip: Slip) -> bool:
    """Whether the protocol lets anything count from where this course really began."""
    if slip.first is not None or _is_day_1(situation, slip):
        return True
    code, repeat = slip.key
    items: tuple[Course | Visit, ...] = (*situation.protocol.courses, *situation.protocol.visits)
    anchors = [item.anchor for item in items]
    course = situation.protocol.course(code)
    return (course.follows_actual and repeat < course.repeats) or any(
        anchor.actual and (anchor.course, anchor.repeat) == slip.key for anchor in anchors
    )


def _apart(calendar: Calendar, course_number: int) -> bool:
    """Whether the course starts after those before it ended, and ends before those after it start."""
    course = calendar.course(course_number)
    others = [
        calendar.course(number)
        for number in calendar.course_numbers
        if number != course_number and calendar.course(number)[0].drug == course[0].drug
    ]
    return all(
        other[-1].date < course[0].date
        if other[0].course_number < course_number
        else course[-1].date < other[0].date
        for other in others
    )


def _newly_shared(situation: Situation, calendar: Calendar) -> list[date]:
    """The days on which more than one dose of a drug would be planned, and on which that is not so now.

    A file that was installed may plan such a day from the first: then there is nothing that this brings.
    """
    before = _shared(situation.calendar(), situation.happened)
    return sorted({day for day, _ in _shared(calendar, situation.happened) - before})


def _shared(calendar: Calendar, past: Happened) -> set[tuple[date, str]]:
    """Each day and drug of which more than one dose is planned, and one is not recorded yet."""
    days: dict[tuple[date, str], list[int]] = {}
    for row in calendar.injections:
        if row.number not in past.fallen:
            days.setdefault((row.date, row.drug), []).append(row.number)
    done = set(past.recorded)
    return {key for key, numbers in days.items() if len(numbers) > 1 and not set(numbers) <= done}


_TWO_DOSES = Sentence(
    "Counted from where course %(n)s really began, two doses of one drug would fall on %(day)s. Keep the "
    "days."
)
_ANOTHER_BEGUN = Sentence("Another course has begun; day 1 is not counted anew. Keep the days.")
_NO_SUCH_COURSE = Sentence("There is no course %(n)s in this calendar.")
_BEGUN = Sentence("Part of course %(n)s is recorded already. A course is moved as a whole or not at all.")
_DAY_1 = Sentence("Course %(n)s starts on day 1. Move day 1 instead.")
_NEVER = Sentence("The protocol does not let course %(n)s be moved. Keep the days, or stop the treatment.")
_OUT_OF_LIMIT = Sentence(
    "The protocol lets course %(n)s start from %(first)s to %(last)s. Choose a day among "
    "these, or keep the days."
)
_COLLIDES = Sentence(
    "With a start on %(first)s, course %(n)s would run into another course of the same "
    "drug. Choose another day."
)


def _refused(why: Sentence, n: int, first: date | None = None, last: date | None = None) -> ShiftRefused:
    days = {"first": first, "last": last}
    return ShiftRefused(why.having(n=n, **{name: long_date(day) for name, day in days.items() if day}))
