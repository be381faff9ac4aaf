"""Reads the calendar part of a protocol: courses, visits, screening, and what they count from."""

from __future__ import annotations

from datetime import date, timedelta

from trial.core.dates import add
from trial.core.faults import Place
from trial.core.protocol import Anchor, AnchorKind, Course, Interval, Screening, Unit, Visit, Window

_UNITS = {"days": Unit.DAY, "weeks": Unit.WEEK, "months": Unit.MONTH}
_ON_DAY_1 = Interval(0)


def read_courses(root: Place) -> tuple[Course, ...]:
    """The courses in file order; a course may count from an earlier one only."""
    courses: list[Course] = []
    drugs = {row.get("code") for row in root.rows("drugs")}
    for place in root.rows("courses"):
        if place.get("drug") not in drugs:
            place.fault(f"no drug is called “{place.get('drug')}”; add it to [[drugs]].", "drug")
        courses.append(_course(place, tuple(courses)))
    root.distinct("courses", "code", "course")
    _check_day_1(root, courses)
    return tuple(courses)


def read_visits(root: Place, courses: tuple[Course, ...]) -> tuple[Visit, ...]:
    """The visits in file order; a visit may count from any course."""
    root.distinct("visits", "code", "visit")
    screening = root["screening"].get("code")
    for place in root.rows("visits"):
        if place.get("code") == screening:
            place.fault(f"“{screening}” is already the code of the screening; choose a new one.", "code")
    return tuple(_visit(place, courses) for place in root.rows("visits"))


def read_screening(place: Place) -> Screening:
    """The screening period. Both its ends are days before day 1."""
    for key in ("from_day", "to_day"):
        if place.get(key) >= 0:
            place.fault("must lie before day 1: day -1 is the day before it, and there is no day 0.", key)
    if place.get("from_day") > place.get("to_day"):
        place.fault(f"starts on day {place.get('from_day')}, after its end on day {place.get('to_day')}.")
    return Screening(place.get("code"), place.text("label"), place.get("from_day"), place.get("to_day"))


def _course(place: Place, earlier: tuple[Course, ...]) -> Course:
    days = _days(place)
    course = Course(
        code=place.get("code"),
        label=place.text("label"),
        drug=place.get("drug"),
        anchor=_anchor(place, earlier, "an earlier course"),
        offset=_offset(place),
        days=days,
        repeats=place.get("repeats", 1),
        every=_interval(place["every"]) if "every" in place else None,
        window=_window(place),
    )
    _check_repeats(place, course)
    return course


def _visit(place: Place, courses: tuple[Course, ...]) -> Visit:
    return Visit(
        code=place.get("code"),
        label=place.text("label"),
        anchor=_anchor(place, courses, "a course"),
        offset=_offset(place),
        window=_window(place),
        procedures=tuple(row.text("name") for row in place.rows("procedures")),
    )


def _anchor(place: Place, courses: tuple[Course, ...], wanted: str) -> Anchor:
    """`first_injection` (understood where nothing is said), `randomization` or a course."""
    anchor = place.get("anchor", "first_injection")
    if isinstance(anchor, str):
        return Anchor(AnchorKind(anchor))
    code, repeat = anchor["course"], anchor.get("repeat", 1)
    course = next((course for course in courses if course.code == code), None)
    if course is None:
        place.fault(f"must count from {wanted}; none is called “{code}”.", "anchor")
    elif not 1 <= repeat <= course.repeats:
        place.fault(f"course {code} has no repeat {repeat}; it is given {course.repeats} times.", "anchor")
    return Anchor(AnchorKind.COURSE, code, repeat, anchor.get("actual", False))


def _offset(place: Place) -> Interval:
    """`day = 8` is the eighth day from the anchor, the anchor being day 1; or `offset` as an interval."""
    if ("day" in place) == ("offset" in place):
        place.fault("say either `day` (day 1 is the anchor's own day) or `offset`, one of the two.")
        return _ON_DAY_1
    if "offset" in place:
        return _interval(place["offset"])
    day: int = place.get("day")
    if day == 0:
        place.fault("there is no day 0: day 1 is the anchor's own day and day -1 the day before.", "day")
    return Interval(day - 1 if day > 0 else day)


def _interval(place: Place) -> Interval:
    ((unit, value),) = place.value.items()
    return Interval(value, _UNITS[unit])


def _window(place: Place) -> Window:
    """`before` and `after` count days from the target; `opens` and `closes` say the same with signs."""
    given = place.get("window", {})
    if {"before", "after"} & given.keys() and {"opens", "closes"} & given.keys():
        place.fault("say either `before` and `after` or `opens` and `closes`, not a mixture.", "window")
    opens = given.get("opens", -given.get("before", 0))
    closes = given.get("closes", given.get("after", 0))
    if opens > closes:
        place.fault(
            f"opens {_days_in_words(opens - closes)} after it closes; swap the two or correct one.", "window"
        )
    elif not opens <= 0 <= closes:
        place.fault("does not hold its own target day; open on or before it, close on or after it.", "window")
    return Window(-opens, closes)


def _days_in_words(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _days(place: Place) -> tuple[int, ...]:
    """Days of the course counted from 1 in the file, from 0 in the value."""
    given = place.get("days")
    days = list(range(1, given["consecutive"] + 1)) if isinstance(given, dict) else list(given)
    if 0 in days or min(days) < 1:
        place.fault("count from 1, the first day of the course; there is no day 0.", "days")
    elif days != sorted(set(days)):
        place.fault("must rise, each day once.", "days")
    elif days[0] != 1:
        place.fault("must begin with 1, the first day of the course; move the course by its offset.", "days")
    _check_consecutive(place, days)
    return tuple(day - 1 for day in days)


def _check_consecutive(place: Place, days: list[int]) -> None:
    declared = place.get("consecutive_days")
    if declared is not None and days != list(range(1, declared + 1)):
        listed = ", ".join(str(day) for day in days)
        place.fault(f"are {listed}, but consecutive_days promises {declared} days in a row.", "days")


def _check_repeats(place: Place, course: Course) -> None:
    if course.repeats < 1:
        place.fault("a course is given at least once.", "repeats")
    if (course.repeats > 1) != (course.every is not None):
        place.fault("`repeats` above 1 and `every` belong together; give both or neither.")
    if course.every is None or course.repeats < 2:
        return
    shortest = _shortest(course.every)
    if shortest <= course.days[-1]:
        place.fault(
            f"repeats can begin {_days_in_words(shortest)} apart while one repeat lasts "
            f"{_days_in_words(course.days[-1] + 1)}: they overlap.",
            "every",
        )


def _shortest(interval: Interval) -> int:
    """The fewest days that an interval can last, from whatever day of four years it starts."""
    starts = (date(2001, 1, 1) + timedelta(days=day) for day in range(1461))
    return min((add(start, interval) - start).days for start in starts)


def _check_day_1(root: Place, courses: list[Course]) -> None:
    """The first injection is day 1, so some dose has to fall there and none that counts from it before."""
    from_day_1 = [course for course in courses if course.anchor.kind is AnchorKind.FIRST_INJECTION]
    if not any(course.offset.value == 0 for course in from_day_1):
        root.fault("no course begins on day 1, the first injection; give one anchor and day 1.", "courses")
    for index, course in enumerate(courses):
        if course in from_day_1 and course.offset.value < 0:
            root["courses"][index].fault("gives a dose before the first injection, which is day 1.")
