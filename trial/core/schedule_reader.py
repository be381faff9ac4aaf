"""Reads the calendar part of a protocol: courses, visits, screening, and what they count from."""

from __future__ import annotations

from trial.core.faults import Place
from trial.core.protocol import (
    Anchor,
    AnchorKind,
    Course,
    EarlyVisit,
    Interval,
    Screening,
    Unit,
    Visit,
    Window,
)
from trial.core.schedule_checks import (
    check_consecutive,
    check_day_1,
    check_doses_apart,
    check_repeats,
    check_slips,
    days,
)

_UNITS = {"days": Unit.DAY, "weeks": Unit.WEEK, "months": Unit.MONTH}
_ON_DAY_1 = Interval(0)
END_OF_TREATMENT = "end_of_treatment"
"""The anchor of a visit that exists only after treatment was ended early."""


def read_courses(root: Place) -> tuple[Course, ...]:
    """The courses in file order; a course may count from an earlier one only."""
    courses: list[Course] = []
    drugs = {row.get("code") for row in root.rows("drugs")}
    for place in root.rows("courses"):
        if place.get("drug") not in drugs:
            place.fault("no drug is called “%(drug)s”; add it to [[drugs]].", "drug", drug=place.get("drug"))
        courses.append(_course(place, tuple(courses)))
    root.distinct("courses", "code", "course")
    check_day_1(root, courses)
    check_doses_apart(root, courses)
    return tuple(courses)


def read_visits(root: Place, courses: tuple[Course, ...]) -> tuple[Visit, ...]:
    """The visits in file order; one may count from any course. Those of an early end stand apart."""
    root.distinct("visits", "code", "visit")
    screening = root["screening"].get("code")
    for place in root.rows("visits"):
        if place.get("code") == screening:
            place.fault(
                "“%(code)s” is already the code of the screening; choose a new one.", "code", code=screening
            )
    return tuple(_visit(place, courses) for place in root.rows("visits") if not _is_early(place))


def read_early_visits(root: Place) -> tuple[EarlyVisit, ...]:
    """The visits that are counted from an early end of treatment, in file order; on its day or later."""
    return tuple(_early_visit(place) for place in root.rows("visits") if _is_early(place))


def _is_early(place: Place) -> bool:
    return bool(place.get("anchor", "") == END_OF_TREATMENT)


def _early_visit(place: Place) -> EarlyVisit:
    offset = _offset(place)
    if offset.value < 0:
        place.fault("lies before the end of treatment that it counts from; choose a day from 1 on.")
    if "after_end_of_treatment" in place:
        place.fault(
            "is not said of a visit that counts from the end of treatment; leave it out.",
            "after_end_of_treatment",
        )
    return EarlyVisit(
        code=place.get("code"),
        label=place.text("label"),
        offset=offset,
        window=_window(place),
        procedures=tuple(row.text("name") for row in place.rows("procedures")),
    )


def read_screening(place: Place) -> Screening:
    """The screening period. Both its ends are days before day 1."""
    for key in ("from_day", "to_day"):
        if place.get(key) >= 0:
            place.fault("must lie before day 1: day -1 is the day before it, and there is no day 0.", key)
    if place.get("from_day") > place.get("to_day"):
        place.fault(
            "starts on day %(first)s, after its end on day %(last)s.",
            first=place.get("from_day"),
            last=place.get("to_day"),
        )
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
        max_shift_days=place.get("max_shift_days", 0),
        follows_actual=place.get("follows_actual", False),
    )
    check_repeats(place, course)
    check_slips(place, course)
    return course


def _visit(place: Place, courses: tuple[Course, ...]) -> Visit:
    return Visit(
        code=place.get("code"),
        label=place.text("label"),
        anchor=_anchor(place, courses, "a course"),
        offset=_offset(place),
        window=_window(place),
        procedures=tuple(row.text("name") for row in place.rows("procedures")),
        stands=place.get("after_end_of_treatment", "stands") == "stands",
    )


def _anchor(place: Place, courses: tuple[Course, ...], wanted: str) -> Anchor:
    """`first_injection` (understood where nothing is said), `randomization` or a course."""
    anchor = place.get("anchor", "first_injection")
    if isinstance(anchor, str):
        return Anchor(AnchorKind(anchor))
    code, repeat = anchor["course"], anchor.get("repeat", 1)
    course = next((course for course in courses if course.code == code), None)
    if course is None:
        place.fault(
            "must count from %(wanted)s; none is called “%(code)s”.", "anchor", wanted=wanted, code=code
        )
    elif not 1 <= repeat <= course.repeats:
        place.fault(
            "course %(code)s has no repeat %(repeat)s; it is given %(repeats)s times.",
            "anchor",
            code=code,
            repeat=repeat,
            repeats=course.repeats,
        )
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
            "opens %(length)s after it closes; swap the two or correct one.",
            "window",
            length=days(opens - closes),
        )
    elif not opens <= 0 <= closes:
        place.fault("does not hold its own target day; open on or before it, close on or after it.", "window")
    return Window(-opens, closes)


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
    check_consecutive(place, days)
    return tuple(day - 1 for day in days)
