"""Why a day is what it is, in a sentence that a nurse can read."""

from __future__ import annotations

from dosing.core.words import distance, length, ordinal
from trial.core.protocol import Anchor, AnchorKind, Course, Interval, Text, Unit

COLON_FR = "\u00a0:"


def injection_reason(trial_day: int, day_in_course: int, course_number: int, start: Text) -> Text:
    """`Day 33: fifth day of course 2, which starts 28 days after day 1.`"""
    nth = ordinal(day_in_course)
    return Text(
        f"Day {trial_day}: {nth.en} day of course {course_number}, which starts {start.en}.",
        f"Jour {trial_day}{COLON_FR} {nth.fr} jour de la cure {course_number}, qui commence {start.fr}.",
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


def anchor_event(anchor: Anchor, course_number: int, actual_day: int | None) -> Text:
    """What an anchor is called after `after` or `before`. `actual_day` is the trial day of a course begun."""
    if anchor.kind is AnchorKind.FIRST_INJECTION:
        return Text("day 1", "le jour 1")
    if anchor.kind is AnchorKind.RANDOMIZATION:
        return Text("randomisation", "la randomisation")
    if actual_day is None:
        return Text(
            f"the planned start of course {course_number}", f"le début prévu de la cure {course_number}"
        )
    return Text(
        f"the actual start of course {course_number} (day {actual_day})",
        f"le début réel de la cure {course_number} (jour {actual_day})",
    )


def _when(anchor: Anchor, steps: tuple[Interval, ...], event: Text) -> Text:
    real = [step for step in steps if step.value]
    if not real:
        return _same_day(anchor, event)
    words = [distance(real[0], event), *(length(step) for step in real[1:])]
    return Text(" plus ".join(word.en for word in words), " plus ".join(word.fr for word in words))


def _same_day(anchor: Anchor, event: Text) -> Text:
    if anchor.kind is AnchorKind.FIRST_INJECTION:
        return Text("on the day of the first injection", "le jour de la première injection")
    of_french = f"de {event.fr}".replace("de le ", "du ")
    return Text(f"on the day of {event.en}", f"le jour {of_french}")


def _combined(offset: Interval, later: Interval) -> tuple[Interval, ...]:
    """One interval where adding them together leads to the same day; months never mix with others."""
    if not offset.value or not later.value:
        return (offset, later)
    if Unit.MONTH in (offset.unit, later.unit):
        return (offset, later)
    if offset.unit is later.unit:
        return (Interval(offset.value + later.value, offset.unit),)
    return (Interval(_days(offset) + _days(later)),)


def _days(interval: Interval) -> int:
    return interval.value * (7 if interval.unit is Unit.WEEK else 1)
