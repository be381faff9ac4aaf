"""Why a day is what it is, in a sentence that a nurse can read."""

from __future__ import annotations

from typing import assert_never

from dosing.core.days import day_number
from dosing.core.words import distance, length, ordinal
from trial.core.protocol import Anchor, AnchorKind, Course, Interval, Unit
from trial.core.sentences import Sentence, Words, joined


def injection_reason(
    trial_day: int, day_in_course: int, course_number: int, start: Words, moved_from: int | None = None
) -> Sentence:
    """`Day 33: fifth day of course 2, which starts 28 days after day 1.`

    `moved_from` is the trial day on which the course would start had nobody moved it.
    """
    starts = Sentence("Day %(day)s: %(nth)s day of course %(course)s, which starts %(start)s.")
    was_moved = Sentence(
        "Day %(day)s: %(nth)s day of course %(course)s, which was moved from day %(planned)s (%(start)s) "
        "to day %(to)s."
    )
    form = starts.having(day=trial_day, nth=ordinal(day_in_course), course=course_number, start=start)
    if moved_from is None:
        return form
    to = day_number(_after_day_1(trial_day) - day_in_course + 1)
    return was_moved.having(**form.places, planned=moved_from, to=to)


def visit_reason(trial_day: int, anchor: Anchor, offset: Interval, event: Words) -> Sentence:
    """`Day 8: 7 days after day 1.`"""
    when = distance(offset, event) or _same_day(anchor, event)
    return Sentence("Day %(day)s: %(when)s.", day=trial_day, when=when)


def course_start(course: Course, repeat: int, event: Words) -> Words:
    """`28 days after day 1`: where a repeat of a course begins, to follow the word `starts`."""
    if repeat == 1 or course.every is None:
        return _when(course.anchor, (course.offset,), event)
    later = Interval((repeat - 1) * course.every.value, course.every.unit)
    return _when(course.anchor, _combined(course.offset, later), event)


def repeat_start(course: Course, steps: int, base_number: int, base_day: int, happened: bool) -> Words:
    """Where a repeat begins that follows an earlier one: so many times `every` after it."""
    every = course.every or Interval(0)
    later = Interval(steps * every.value, every.unit)
    return distance(later, slipped_course(base_number, base_day, happened))


def anchor_event(anchor: Anchor, course_number: int) -> Sentence:
    """What an anchor is called after `after` or `before`."""
    match anchor.kind:
        case AnchorKind.FIRST_INJECTION:
            return Sentence("day 1")
        case AnchorKind.RANDOMIZATION:
            return Sentence("randomisation")
        case AnchorKind.COURSE:
            return Sentence("the planned start of course %(course)s", course=course_number)
        case _:
            assert_never(anchor.kind)


def slipped_course(course_number: int, day: int, happened: bool) -> Sentence:
    """What a course is called that began, or was moved, and that others follow. `day` is its trial day."""
    began = Sentence("the actual start of course %(course)s (day %(day)s)")
    moved = Sentence("the new start of course %(course)s (day %(day)s)")
    return (began if happened else moved).having(course=course_number, day=day)


def _when(anchor: Anchor, steps: tuple[Interval, ...], event: Words) -> Words:
    real = [step for step in steps if step.value]
    if not real:
        return Sentence("on %(day)s", day=_same_day(anchor, event))
    words = (distance(real[0], event), *(length(step) for step in real[1:]))
    return joined(words, Sentence("%(first)s plus %(rest)s"))


def _same_day(anchor: Anchor, event: Words) -> Sentence:
    match anchor.kind:
        case AnchorKind.FIRST_INJECTION:
            return Sentence("the day of the first injection")
        case AnchorKind.RANDOMIZATION | AnchorKind.COURSE:
            return Sentence("the day of %(event)s", event=event)
        case _:
            assert_never(anchor.kind)


def _combined(offset: Interval, later: Interval) -> tuple[Interval, ...]:
    """One interval where adding them together leads to the same day; months never mix with others."""
    if not offset.value or not later.value:
        return (offset, later)
    if offset.unit is later.unit:
        return (Interval(offset.value + later.value, offset.unit),)
    if Unit.MONTH in (offset.unit, later.unit):
        return (offset, later)
    return (Interval(_days(offset) + _days(later)),)


def _after_day_1(trial_day: int) -> int:
    return trial_day - 1 if trial_day > 0 else trial_day


def _days(interval: Interval) -> int:
    match interval.unit:
        case Unit.DAY:
            return interval.value
        case Unit.WEEK:
            return interval.value * 7
        case Unit.MONTH:
            raise ValueError("A month has no fixed number of days.")
        case _:
            assert_never(interval.unit)
