"""The calendar: protocol and first injection in, days, windows and reasons out.

All arithmetic counts calendar days. What is planned are the injections and the visits from day 1
on; screening is a period before day 1 and no row of the calendar (`check_first_injection` judges it).
Nothing here moves by itself: an injection keeps its planned day whatever has happened, except where
a person has moved its course, and where the protocol counts from the actual start of an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from types import MappingProxyType

from dosing.core.anchors import Anchors, CourseKey, Slip
from dosing.core.notes import NONE, NOTHING, Closed, Note, before_day_1, closed_notes, same_day
from dosing.core.outline import Followed, Outline, Spacing, course_keys, outline
from dosing.core.planned import Calendar, PlannedInjection, PlannedVisit
from dosing.core.refusals import CannotPlan
from dosing.core.words import long_date
from trial.core.kept_days import KeptDays
from trial.core.protocol import AnchorKind, Course, Protocol, Unit, Visit

NO_STARTS: Mapping[CourseKey, date] = MappingProxyType({})
KEPT_PLANNERS = 64
ON_DAY_1 = timedelta()
_injection = partial(tuple.__new__, PlannedInjection)
_visit = partial(tuple.__new__, PlannedVisit)
"""What a named tuple does when it is called, without the way there through Python."""


class Planner:
    """Plans many participants of one protocol: what does not depend on the date is worked out once."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._outline = lru_cache(maxsize=1024)(partial(outline, protocol))
        self._always: Outline | None = None

    def plan(
        self,
        *,
        first_injection: date,
        randomized: date | None = None,
        holidays: KeptDays = NOTHING,
        closed: Closed = NONE,
        actual_course_starts: Mapping[CourseKey, date] = NO_STARTS,
        moved_courses: Mapping[CourseKey, date] = NO_STARTS,
    ) -> Calendar:
        """One participant's calendar; the same promise as the function `plan`."""
        if randomized is not None and first_injection < randomized:
            raise _before_randomization(first_injection, randomized)
        try:
            lies = None if moved_courses else self._always
            lies = lies or self._outline_for(first_injection, randomized, actual_course_starts, moved_courses)
            first_injection + lies.reach[0], first_injection + lies.reach[1]
        except OverflowError:
            raise _outside_the_calendar(first_injection) from None
        return _dated(lies, first_injection, holidays, closed)

    def _outline_for(
        self,
        first_injection: date,
        randomized: date | None,
        actual: Mapping[CourseKey, date],
        moved: Mapping[CourseKey, date],
    ) -> Outline:
        found: Outline = self._outline(_spacing(self._protocol, first_injection, randomized, actual, moved))
        if _is_rigid(self._protocol) and not moved:
            self._always = found
        return found


_PLANNERS: dict[int, Planner] = {}


def planner_of(protocol: Protocol) -> Planner:
    """The planner of that protocol object, kept for next time.

    Kept by identity, as hashing a whole protocol would cost more than planning with it. A kept planner
    holds its protocol, so the identity cannot pass to another one.
    """
    planner = _PLANNERS.get(id(protocol))
    if planner is None:
        if len(_PLANNERS) >= KEPT_PLANNERS:
            _PLANNERS.clear()
        planner = _PLANNERS[id(protocol)] = Planner(protocol)
    return planner


def plan(
    protocol: Protocol,
    *,
    first_injection: date,
    randomized: date | None = None,
    holidays: KeptDays = NOTHING,
    closed: Closed = NONE,
    actual_course_starts: Mapping[CourseKey, date] = NO_STARTS,
    moved_courses: Mapping[CourseKey, date] = NO_STARTS,
) -> Calendar:
    """The calendar of a participant whose day 1 is `first_injection`. The same facts, the same plan.

    All dates are calendar days of the site. `actual_course_starts` holds the real first day of
    courses that have begun, by code and repeat; only what the protocol says follows the actual course
    does so, and that never moves the course's own days. `moved_courses` holds where a person has moved
    a whole course to. A holiday, a closed day of the site or a weekend is noted, never avoided.

    Raises CannotPlan when day 1 lies before randomisation, when the protocol counts from
    randomisation and its date is not given, or when an anchor leads nowhere.
    """
    return planner_of(protocol).plan(
        first_injection=first_injection,
        randomized=randomized,
        holidays=holidays,
        closed=closed,
        actual_course_starts=actual_course_starts,
        moved_courses=moved_courses,
    )


def _is_rigid(protocol: Protocol) -> bool:
    """True where every calendar of the protocol has the same spacing, whatever day 1 is."""
    items: tuple[Course | Visit, ...] = (*protocol.courses, *protocol.visits)
    anchors = [item.anchor for item in items]
    lengths = [item.offset for item in items]
    lengths += [course.every for course in protocol.courses if course.every]
    follow = any(course.follows_actual for course in protocol.courses) or any(
        anchor.actual or anchor.kind is AnchorKind.RANDOMIZATION for anchor in anchors
    )
    early = any(visit.offset.value < 0 for visit in protocol.visits)  # its window may reach to the draw
    return not follow and not early and all(length.unit is not Unit.MONTH for length in lengths)


def _spacing(
    protocol: Protocol,
    first_injection: date,
    randomized: date | None,
    actual: Mapping[CourseKey, date],
    moved: Mapping[CourseKey, date],
) -> Spacing:
    laid = partial(Anchors, protocol, first_injection=first_injection, randomized=randomized)
    anchors, by_plan = laid(actual=actual, moved=moved), laid(actual=NO_STARTS, moved=NO_STARTS)
    keys = course_keys(protocol)
    counted = (*(course.anchor for course, _ in keys), *(visit.anchor for visit in protocol.visits))
    visits = [anchors.target(visit.anchor, visit.offset) for visit in protocol.visits]
    return Spacing(
        starts=_distances(anchors.course_starts(), first_injection),
        planned=_distances(anchors.planned_starts(), first_injection),
        unslipped=_distances(by_plan.course_starts(), first_injection),
        visits=_distances(visits, first_injection),
        followed=tuple(_followed(anchors.followed(anchor), first_injection) for anchor in counted),
        bases=tuple(_followed(anchors.base(c.code, repeat), first_injection) for c, repeat in keys),
        drawn=None if randomized is None else (randomized - first_injection).days,
    )


def _distances(days: Iterable[date], day_1: date) -> tuple[int, ...]:
    return tuple(day.toordinal() - day_1.toordinal() for day in days)


def _followed(slip: Slip | None, day_1: date) -> Followed | None:
    if slip is None:
        return None
    return Followed(slip.repeat, slip.day.toordinal() - day_1.toordinal(), slip.happened)


def _dated(lies: Outline, first_injection: date, holidays: KeptDays, closed: Closed) -> Calendar:
    days = [first_injection + slot.after_day_1 for slot in lies.injections]
    notes = _notes(days, holidays, closed)
    if lies.reach[0] < ON_DAY_1:
        early = [slot.trial_day < 0 for slot in lies.injections]
        notes = [(before_day_1(days[i]), *row) if early[i] else row for i, row in enumerate(notes)]
    if lies.doubled:
        notes = [
            (*row, same_day(days[i], lies.doubled[i])) if i in lies.doubled else row
            for i, row in enumerate(notes)
        ]
    injections = tuple(map(_injection, zip(lies.injections, days, notes, strict=True)))
    days = [first_injection + slot.after_day_1 for slot in lies.visits]
    notes = _notes(days, holidays, closed)
    visits = tuple(map(_visit, zip(lies.visits, days, notes, strict=True)))
    return Calendar(first_injection, injections, visits)


def _notes(days: list[date], holidays: KeptDays, closed: Closed) -> list[tuple[Note, ...]]:
    """What each day meets. Most days meet nothing, which is found out without a call."""
    weekend = holidays.weekend
    if not holidays and not closed:
        return [() if day not in weekend else closed_notes(day, holidays) for day in days]
    return [
        ()
        if day not in weekend and day not in holidays and day not in closed
        else closed_notes(day, holidays, closed)
        for day in days
    ]


def _before_randomization(first_injection: date, randomized: date) -> CannotPlan:
    day, before = long_date(first_injection), long_date(randomized)
    return CannotPlan(
        "The first injection (%(day)s) would come before randomisation (%(before)s). Choose "
        "that day or a later one.",
        day=day,
        before=before,
    )


def _outside_the_calendar(first_injection: date) -> CannotPlan:
    day = long_date(first_injection)
    return CannotPlan("A plan from %(day)s would leave the years 1 to 9999. Check the date.", day=day)
