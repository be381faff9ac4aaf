"""Checks that the courses of a protocol make sense, alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from trial.core.dates import Spot, add
from trial.core.faults import Place
from trial.core.judges.doses_apart import Table, meeting
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
    days lie between the two is not planned; the judge of `doses_apart` tries them, and every start day.
    What is installed stays readable: a day collides only where months added up before they are clamped,
    as plans are made, and one after the other, as they were made once, both lead there.
    """
    if root.faults:
        return  # the courses cannot be laid out on a calendar
    starts: dict[tuple[str, int], tuple[Spot, date]] = {}
    given: dict[tuple[AnchorKind, str, date, date], str] = {}
    kinds: dict[str, AnchorKind] = {}
    for index, course in enumerate(courses):
        kinds[course.code] = kinds.get(course.anchor.course, course.anchor.kind)
        for days_laid in _planned_days(course, starts):
            earlier = given.setdefault((kinds[course.code], course.drug, *days_laid), course.code)
            if earlier != course.code:
                root["courses"][index].note(_meets(courses, index, earlier))
                break


def _meets(courses: Sequence[Course], index: int, earlier: str) -> Sentence:
    """What is wrong with the course; where it depends on day 1, for how many start days."""
    course, table = courses[index], Table(courses)
    one = next(row for row in courses if row.code == earlier)
    if table.varies(one, course) and (counted := meeting(table, one, course)):
        return counted
    said = Sentence("gives %(drug)s on a day on which course %(earlier)s does.")
    return said.having(drug=course.drug, earlier=earlier)


def _planned_days(
    course: Course, starts: dict[tuple[str, int], tuple[Spot, date]]
) -> list[tuple[date, date]]:
    """The days of a course if its outermost anchor were the nominal day; notes where repeats start.

    Each twice: with months added up, and with one step after the other.
    """
    spot, step = starts.get((course.anchor.course, course.anchor.repeat), (Spot(_NOMINAL), _NOMINAL))
    spot, step = spot.later(course.offset), add(step, course.offset)
    every = course.every or Interval(0)
    laid = []
    for repeat in range(course.repeats):
        later = Interval(every.value * repeat, every.unit)
        starts[course.code, repeat + 1] = spot.later(later), add(step, later)
        laid.append((spot.later(later).day, add(step, later)))
    return [
        (one + timedelta(days=day), other + timedelta(days=day)) for one, other in laid for day in course.days
    ]
