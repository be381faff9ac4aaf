"""The outline of a calendar: everything about it except the dates.

Two participants whose courses and visits lie equally far from day 1 share one outline, so numbers,
trial days and reasons are worked out once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dosing.core.anchors import CourseKey
from dosing.core.days import day_number
from dosing.core.reasons import anchor_event, course_start, injection_reason, visit_reason
from trial.core.protocol import Anchor, Course, Protocol, Text, Visit, Window


@dataclass(frozen=True)
class Spacing:
    """How far things lie from day 1, in calendar days, in the order of the protocol file.

    `starts` are the courses with their repeats, `unslipped` the same with every course on its
    planned day, `visits` the targets. `began` holds, for the anchors of each course and then of
    each visit, where the actual course began if the anchor follows it and it has begun.
    """

    starts: tuple[int, ...]
    unslipped: tuple[int, ...]
    visits: tuple[int, ...]
    began: tuple[int | None, ...]


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
    reason: Text
    after_day_1: timedelta
    before: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True)
class VisitSlot:
    """One visit of the outline."""

    code: str
    label: Text
    trial_day: int
    reason: Text
    after_day_1: timedelta
    before: timedelta
    after: timedelta


Slot = InjectionSlot | VisitSlot


@dataclass(frozen=True)
class Outline:
    """The slots, injections by number and visits by day, and how far they reach with their windows."""

    injections: tuple[InjectionSlot, ...]
    visits: tuple[VisitSlot, ...]
    reach: tuple[timedelta, timedelta]


def course_keys(protocol: Protocol) -> list[tuple[Course, int]]:
    """Every course with each of its repeats, in file order."""
    return [(course, k) for course in protocol.courses for k in range(1, course.repeats + 1)]


def outline(protocol: Protocol, spacing: Spacing) -> Outline:
    """Number the injections, name the days and give the reasons.

    Injections are numbered in date order over the whole trial, courses likewise over all drugs, both
    by the plan without slips: what was injection 7 before a course slipped stays injection 7.
    """
    numbers = _course_numbers(protocol, spacing)
    injections = _injections(protocol, spacing, numbers)
    visits = _visits(protocol, spacing, numbers)
    return Outline(injections, visits, _reach((*injections, *visits)))


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
    courses = course_keys(protocol)
    return tuple(
        _injection(number, courses[i], spacing.starts[i], day, spacing.began[i], numbers)
        for number, (_, _, i, day) in enumerate(rows, 1)
    )


def _injection(
    number: int,
    which: tuple[Course, int],
    start: int,
    day: int,
    began: int | None,
    numbers: dict[CourseKey, int],
) -> InjectionSlot:
    course, repeat = which
    trial_day, course_number = day_number(start + day), numbers[course.code, repeat]
    starts = course_start(course, repeat, _event(course.anchor, began, numbers))
    reason = injection_reason(trial_day, day + 1, course_number, starts)
    lies = _lies(start + day, course.window)
    return InjectionSlot(
        number, course.code, repeat, course_number, day + 1, course.drug, trial_day, reason, *lies
    )


def _visits(protocol: Protocol, spacing: Spacing, numbers: dict[CourseKey, int]) -> tuple[VisitSlot, ...]:
    began = spacing.began[len(spacing.starts) :]
    slots = map(_visit, protocol.visits, spacing.visits, began, [numbers] * len(began))
    return tuple(sorted(slots, key=lambda slot: slot.after_day_1))


def _visit(visit: Visit, target: int, began: int | None, numbers: dict[CourseKey, int]) -> VisitSlot:
    trial_day = day_number(target)
    reason = visit_reason(trial_day, visit.anchor, visit.offset, _event(visit.anchor, began, numbers))
    return VisitSlot(visit.code, visit.label, trial_day, reason, *_lies(target, visit.window))


def _event(anchor: Anchor, began: int | None, numbers: dict[CourseKey, int]) -> Text:
    number = numbers.get((anchor.course, anchor.repeat), 0)
    return anchor_event(anchor, number, None if began is None else day_number(began))


def _lies(target: int, window: Window) -> tuple[timedelta, timedelta, timedelta]:
    return timedelta(days=target), timedelta(days=window.before), timedelta(days=window.after)


def _reach(slots: tuple[Slot, ...]) -> tuple[timedelta, timedelta]:
    earliest = min((slot.after_day_1 - slot.before for slot in slots), default=timedelta())
    latest = max((slot.after_day_1 + slot.after for slot in slots), default=timedelta())
    return earliest, latest
