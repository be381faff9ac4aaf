"""Checks that the courses of a protocol make sense, alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from trial.core.dates import add
from trial.core.faults import Place
from trial.core.protocol import AnchorKind, Course, Interval
from trial.core.sentences import Sentence, counted

_NOMINAL = date(2001, 1, 31)  # any day would do; the end of a month shows the clamping as well


def days(number: int) -> Sentence:
    """1 day, 5 days."""
    return counted("%(count)s day", "%(count)s days", count=number)


def check_consecutive(place: Place, days: list[int]) -> None:
    """`consecutive_days` is a promise about `days`: no gap, no sixth day."""
    declared = place.get("consecutive_days")
    if declared is not None and days != list(range(1, declared + 1)):
        listed = ", ".join(str(day) for day in days)
        place.fault(
            "are %(listed)s, but consecutive_days promises %(declared)s days in a row.",
            "days",
            listed=listed,
            declared=declared,
        )


def check_repeats(place: Place, course: Course) -> None:
    """Repeats need a distance, and one ends before the next can begin."""
    if course.repeats < 1:
        place.fault("a course is given at least once.", "repeats")
    if (course.repeats > 1) != (course.every is not None):
        place.fault("`repeats` above 1 and `every` belong together; give both or neither.")
    if course.every is None or course.repeats < 2:
        return
    shortest = _shortest(course.every)
    if shortest <= course.days[-1]:
        place.fault(
            "repeats can begin %(apart)s apart while one repeat lasts %(length)s: they overlap.",
            "every",
            apart=days(shortest),
            length=days(course.days[-1] + 1),
        )


def check_slips(place: Place, course: Course) -> None:
    """A shift is a number of days, and only repeats have one before them that they can follow."""
    if course.max_shift_days < 0:
        place.fault(
            "must be 0 (a course is never moved) or more; a course is moved later only.", "max_shift_days"
        )
    if course.follows_actual and course.repeats < 2:
        place.fault("needs `repeats`; a single course follows another by its anchor.", "follows_actual")


def _shortest(interval: Interval) -> int:
    """The fewest days that an interval can last, from whatever day of four years it starts."""
    starts = (date(2001, 1, 1) + timedelta(days=day) for day in range(1461))
    return min((add(start, interval) - start).days for start in starts)


def check_day_1(root: Place, courses: list[Course]) -> None:
    """The first injection is day 1, so some dose has to fall there and none that counts from it before."""
    from_day_1 = [course for course in courses if course.anchor.kind is AnchorKind.FIRST_INJECTION]
    if not any(course.offset.value == 0 for course in from_day_1):
        root.fault("no course begins on day 1, the first injection; give one anchor and day 1.", "courses")
    for index, course in enumerate(courses):
        if course in from_day_1 and course.offset.value < 0:
            root["courses"][index].fault("gives a dose before the first injection, which is day 1.")


def check_doses_apart(root: Place, courses: Sequence[Course]) -> None:
    """No day has two doses of one drug from two courses, as far as the plan alone can tell.

    Courses that count from randomisation and from the first injection are not compared: how many
    days lie between the two is not planned.
    """
    if root.faults:
        return  # the courses cannot be laid out on a calendar
    starts: dict[tuple[str, int], date] = {}
    given: dict[tuple[AnchorKind, str, date], str] = {}
    kinds: dict[str, AnchorKind] = {}
    for index, course in enumerate(courses):
        kinds[course.code] = kinds.get(course.anchor.course, course.anchor.kind)
        for day in _planned_days(course, starts):
            earlier = given.setdefault((kinds[course.code], course.drug, day), course.code)
            if earlier != course.code:
                root["courses"][index].fault(
                    "gives %(drug)s on a day on which course %(earlier)s does.",
                    drug=course.drug,
                    earlier=earlier,
                )
                break


def _planned_days(course: Course, starts: dict[tuple[str, int], date]) -> list[date]:
    """The days of a course if its outermost anchor were the nominal day; notes where repeats start."""
    anchor = starts.get((course.anchor.course, course.anchor.repeat), _NOMINAL)
    first = add(anchor, course.offset)
    for repeat in range(course.repeats):
        every = course.every or Interval(0)
        starts[course.code, repeat + 1] = add(first, Interval(every.value * repeat, every.unit))
    return [
        starts[course.code, repeat + 1] + timedelta(days=day)
        for repeat in range(course.repeats)
        for day in course.days
    ]
