"""The outline of a calendar: everything about it except the dates.

Two participants whose courses and visits lie equally far from day 1 share one outline, so numbers,
trial days and reasons are worked out once for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from dosing.core.anchors import CourseKey
from dosing.core.days import day_number
from dosing.core.reasons import (
    anchor_event,
    course_start,
    injection_reason,
    repeat_start,
    slipped_course,
    visit_reason,
)
from trial.core.protocol import Anchor, AnchorKind, Course, Protocol, Text, Visit, Window
from trial.core.sentences import Sentence, Words


@dataclass(frozen=True, slots=True)
class Followed:
    """A course that others follow: which repeat, how far from day 1 it lies, and whether it has begun."""

    repeat: int
    after_day_1: int
    happened: bool


@dataclass(frozen=True)
class Spacing:
    """How far things lie from day 1, in calendar days, in the order of the protocol file.

    `starts` are the courses with their repeats, `planned` the same before any was moved by hand,
    `unslipped` with every course as the protocol alone has it, `visits` the targets. `followed` holds,
    for the anchors of each course and then of each visit, where the course lies that the anchor
    follows; `bases`, for each course, the earlier repeat that it follows because that one slipped.
    `drawn` is the day of randomisation, at most 0; None where it is not known.
    """

    starts: tuple[int, ...]
    planned: tuple[int, ...]
    unslipped: tuple[int, ...]
    visits: tuple[int, ...]
    followed: tuple[Followed | None, ...]
    bases: tuple[Followed | None, ...]
    drawn: int | None = None


@dataclass(frozen=True, slots=True)
class InjectionSlot:
    """One injection of the outline. `after_day_1` is where it lies; before and after are its window."""

    number: int
    course: str
    repeat: int
    course_number: int
    day_in_course: int
    drug: str
    trial_day: int
    reason: Sentence
    after_day_1: timedelta
    before: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True)
class VisitSlot:
    """One visit of the outline."""

    code: str
    label: Text
    trial_day: int
    reason: Sentence
    after_day_1: timedelta
    before: timedelta
    after: timedelta


Slot = InjectionSlot | VisitSlot


@dataclass(frozen=True)
class Outline:
    """The slots, injections by number and visits by day, and how far they reach with their windows.

    `doubled` names the drug of each injection, by its place, that shares its day with another of that drug.
    """

    injections: tuple[InjectionSlot, ...]
    visits: tuple[VisitSlot, ...]
    reach: tuple[timedelta, timedelta]
    doubled: Mapping[int, Text]


def course_keys(protocol: Protocol) -> list[tuple[Course, int]]:
    """Every course with each of its repeats, in file order."""
    return [(course, k) for course in protocol.courses for k in range(1, course.repeats + 1)]


def outline(protocol: Protocol, spacing: Spacing) -> Outline:
    """The outline of a protocol's calendar: injections numbered, days named, reasons given.

    Injections are numbered in date order over the whole trial, courses likewise over all drugs, both
    by the plan without slips: what was injection 7 before a course slipped stays injection 7.
    """
    numbers = _course_numbers(protocol, spacing)
    injections = _injections(protocol, spacing, numbers)
    visits = _visits(protocol, spacing, numbers)
    reach = _reach((*injections, *visits))
    return Outline(injections, visits, reach, _doubled(protocol, injections))


def _doubled(protocol: Protocol, injections: tuple[InjectionSlot, ...]) -> Mapping[int, Text]:
    count = Counter((slot.drug, slot.after_day_1) for slot in injections)
    return {
        place: protocol.drug(slot.drug).label
        for place, slot in enumerate(injections)
        if count[slot.drug, slot.after_day_1] > 1
    }


def _course_numbers(protocol: Protocol, spacing: Spacing) -> dict[CourseKey, int]:
    keys = [(course.code, repeat) for course, repeat in course_keys(protocol)]
    ranked = sorted(zip(spacing.unslipped, range(len(keys)), keys, strict=True))
    return {key: number for number, (_, _, key) in enumerate(ranked, 1)}


def _injections(
    protocol: Protocol, spacing: Spacing, numbers: dict[CourseKey, int]
) -> tuple[InjectionSlot, ...]:
    rows = sorted(
        (spacing.unslipped[i] + day, numbers[course.code, repeat], i, day)
        for i, (course, repeat) in enumerate(course_keys(protocol))
        for day in course.days
    )
    courses, floors = course_keys(protocol), Floors(protocol, spacing.drawn)
    begins = [_begins(spacing, i, course, repeat, numbers) for i, (course, repeat) in enumerate(courses)]
    return tuple(
        _injection(number, courses[i], spacing.starts[i], day, begins[i], numbers, floors)
        for number, (_, _, i, day) in enumerate(rows, 1)
    )


def _begins(
    spacing: Spacing, place: int, course: Course, repeat: int, numbers: dict[CourseKey, int]
) -> tuple[Words, int | None]:
    """Why the course starts where it was planned, and the trial day from which it was moved, if it was."""
    base, planned = spacing.bases[place], spacing.planned[place]
    if base is None:
        why = course_start(course, repeat, _event(course.anchor, spacing.followed[place], numbers))
    else:
        at = numbers[course.code, base.repeat]
        why = repeat_start(course, repeat - base.repeat, at, day_number(base.after_day_1), base.happened)
    return why, None if planned == spacing.starts[place] else day_number(planned)


def _injection(
    number: int,
    which: tuple[Course, int],
    start: int,
    day: int,
    begins: tuple[Words, int | None],
    numbers: dict[CourseKey, int],
    floors: Floors,
) -> InjectionSlot:
    course, repeat = which
    trial_day, course_number = day_number(start + day), numbers[course.code, repeat]
    reason = injection_reason(trial_day, day + 1, course_number, *begins)
    lies = _lies(start + day, course.window, floors.of(course.anchor, start + day))
    return InjectionSlot(
        number, course.code, repeat, course_number, day + 1, course.drug, trial_day, reason, *lies
    )


def _visits(protocol: Protocol, spacing: Spacing, numbers: dict[CourseKey, int]) -> tuple[VisitSlot, ...]:
    followed = spacing.followed[len(spacing.starts) :]
    floors = Floors(protocol, spacing.drawn)
    rows = zip(protocol.visits, spacing.visits, followed, strict=True)
    slots = (_visit(visit, target, slip, numbers, floors) for visit, target, slip in rows)
    return tuple(sorted(slots, key=lambda slot: slot.after_day_1))


def _visit(
    visit: Visit, target: int, followed: Followed | None, numbers: dict[CourseKey, int], floors: Floors
) -> VisitSlot:
    trial_day = day_number(target)
    reason = visit_reason(trial_day, visit.anchor, visit.offset, _event(visit.anchor, followed, numbers))
    return VisitSlot(
        visit.code,
        visit.label,
        trial_day,
        reason,
        *_lies(target, visit.window, floors.of(visit.anchor, target)),
    )


def _event(anchor: Anchor, followed: Followed | None, numbers: dict[CourseKey, int]) -> Sentence:
    number = numbers.get((anchor.course, anchor.repeat), 0)
    if followed is None:
        return anchor_event(anchor, number)
    return slipped_course(number, day_number(followed.after_day_1), followed.happened)


def _lies(target: int, window: Window, floor: int | None) -> tuple[timedelta, timedelta, timedelta]:
    before = window.before if floor is None else min(window.before, target - floor)
    return timedelta(days=target), timedelta(days=before), timedelta(days=window.after)


@dataclass(frozen=True)
class Floors:
    """The day before which no window opens, in days after day 1: day 1 itself, or the draw.

    What counts from day 1 and lies there or later is part of what day 1 begins; all else that lies on the
    draw or later was planned after it. A visit that the protocol itself puts before either keeps its window.
    """

    protocol: Protocol
    drawn: int | None

    def of(self, anchor: Anchor, target: int) -> int | None:
        """The floor of what lies `target` days after day 1; None for none."""
        if target >= 0 and self._kind(anchor) is AnchorKind.FIRST_INJECTION:
            return 0
        return self.drawn if self.drawn is not None and target >= self.drawn else None

    def _kind(self, anchor: Anchor) -> AnchorKind:
        """From what it counts in the end. The reader has seen that no anchor leads in a circle."""
        while anchor.kind is AnchorKind.COURSE:
            anchor = self.protocol.course(anchor.course).anchor
        return anchor.kind


def _reach(slots: tuple[Slot, ...]) -> tuple[timedelta, timedelta]:
    earliest = min((slot.after_day_1 - slot.before for slot in slots), default=timedelta())
    latest = max((slot.after_day_1 + slot.after for slot in slots), default=timedelta())
    return earliest, latest
