"""Why a day is what it is, in a sentence that a nurse can read."""

from __future__ import annotations

from typing import assert_never

from dosing.core.days import day_number
from dosing.core.words import distance, length, ordinal
from trial.core.protocol import Anchor, AnchorKind, Course, Interval, Text, Unit

COLON_FR = "\u00a0:"


def injection_reason(
    trial_day: int, day_in_course: int, course_number: int, start: Text, moved_from: int | None = None
) -> Text:
    """`Day 33: fifth day of course 2, which starts 28 days after day 1.`

    `moved_from` is the trial day on which the course would start had nobody moved it.
    """
    nth = ordinal(day_in_course)
    en = f"Day {trial_day}: {nth.en} day of course {course_number}, which"
    fr = f"Jour {trial_day}{COLON_FR} {nth.fr} jour de la cure {course_number}, qui"
    if moved_from is None:
        return Text(f"{en} starts {start.en}.", f"{fr} commence {start.fr}.")
    to = day_number(_after_day_1(trial_day) - day_in_course + 1)
    return Text(
        f"{en} was moved from day {moved_from} ({start.en}) to day {to}.",
        f"{fr} a été déplacée du jour {moved_from} ({start.fr}) au jour {to}.",
    )


def visit_reason(trial_day: int, anchor: Anchor, offset: Interval, event: Text) -> Text:
    """`Day 8: 7 days after day 1.`"""
    when = _when(anchor, (offset,), event)
    return Text(f"Day {trial_day}: {when.en.removeprefix('on ')}.", f"Jour {trial_day}{COLON_FR} {when.fr}.")


def course_start(course: Course, repeat: int, event: Text) -> Text:
    """`28 days after day 1`: where a repeat of a course begins, to follow the word `starts`."""
    if repeat == 1 or course.every is None:
        return _when(course.anchor, (course.offset,), event)
    later = Interval((repeat - 1) * course.every.value, course.every.unit)
    return _when(course.anchor, _combined(course.offset, later), event)


def repeat_start(course: Course, steps: int, base_number: int, base_day: int, happened: bool) -> Text:
    """Where a repeat begins that follows an earlier one: so many times `every` after it."""
    every = course.every or Interval(0)
    later = Interval(steps * every.value, every.unit)
    return distance(later, slipped_course(base_number, base_day, happened))


def anchor_event(anchor: Anchor, course_number: int) -> Text:
    """What an anchor is called after `after` or `before`."""
    match anchor.kind:
        case AnchorKind.FIRST_INJECTION:
            return Text("day 1", "le jour 1")
        case AnchorKind.RANDOMIZATION:
            return Text("randomisation", "la randomisation")
        case AnchorKind.COURSE:
            en, fr = "the planned start of course", "le début prévu de la cure"
            return Text(f"{en} {course_number}", f"{fr} {course_number}")
        case _:
            assert_never(anchor.kind)


def slipped_course(course_number: int, day: int, happened: bool) -> Text:
    """What a course is called that began, or was moved, and that others follow. `day` is its trial day."""
    en, fr = ("actual start", "début réel") if happened else ("new start", "nouveau début")
    return Text(
        f"the {en} of course {course_number} (day {day})", f"le {fr} de la cure {course_number} (jour {day})"
    )


def _when(anchor: Anchor, steps: tuple[Interval, ...], event: Text) -> Text:
    real = [step for step in steps if step.value]
    if not real:
        return _same_day(anchor, event)
    words = [distance(real[0], event), *(length(step) for step in real[1:])]
    return Text(" plus ".join(word.en for word in words), " plus ".join(word.fr for word in words))


def _same_day(anchor: Anchor, event: Text) -> Text:
    match anchor.kind:
        case AnchorKind.FIRST_INJECTION:
            return Text("on the day of the first injection", "le jour de la première injection")
        case AnchorKind.RANDOMIZATION | AnchorKind.COURSE:
            of_french = f"de {event.fr}".replace("de le ", "du ")
            return Text(f"on the day of {event.en}", f"le jour {of_french}")
        case _:
            assert_never(anchor.kind)


def _combined(offset: Interval, later: Interval) -> tuple[Interval, ...]:
    """One interval where adding them together leads to the same day; months never mix with others."""
    if not offset.value or not later.value:
        return (offset, later)
    if Unit.MONTH in (offset.unit, later.unit):
        return (offset, later)
    if offset.unit is later.unit:
        return (Interval(offset.value + later.value, offset.unit),)
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
