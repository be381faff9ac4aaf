"""The plan: days, numbers, windows, notes and reasons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from dosing.core.days import date_of, trial_day
from dosing.core.notes import NoteKind
from dosing.core.planning import plan
from dosing.core.refusals import CannotPlan
from dosing.core.windows import Timing, carried, judge
from tests.core.protocols import (
    RANDOMIZATION,
    after_course,
    course,
    imodals,
    months,
    protocol,
    visit,
    weeks,
)
from tests.french import in_french
from trial.core.kept_days import KeptDays
from trial.core.protocol import Interval, Text, Window

MONDAY = date(2015, 10, 5)


def days(calendar, course_number):
    return [injection.date for injection in calendar.course(course_number)]


def test_fifteen_injections_in_three_courses_of_five():
    calendar = plan(imodals(), first_injection=MONDAY)
    assert [i.trial_day for i in calendar.injections] == [*range(1, 6), *range(29, 34), *range(57, 62)]
    assert [i.number for i in calendar.injections] == list(range(1, 16))
    assert [len(calendar.course(number)) for number in calendar.course_numbers] == [5, 5, 5]


def test_every_injection_has_its_own_code():
    calendar = plan(imodals(), first_injection=MONDAY)
    assert calendar.injection(10).code == "C2D5"
    assert len({injection.code for injection in calendar.injections}) == 15


def test_the_reason_of_day_33_can_be_read_by_a_nurse():
    reason = plan(imodals(), first_injection=MONDAY).injection(10).reason
    assert str(reason) == "Day 33: fifth day of course 2, which starts 28 days after day 1."
    assert (
        in_french(reason)
        == "Jour 33\u00a0: cinquième jour de la cure 2, qui commence 28 jours après le jour 1."
    )


def test_the_first_visit_is_on_the_day_of_the_first_injection():
    assert str(plan(imodals(), first_injection=MONDAY).visit("V1").reason) == (
        "Day 1: the day of the first injection."
    )


def test_entries_come_in_date_order_with_the_visit_before_the_injection():
    entries = plan(imodals(), first_injection=MONDAY).entries()
    assert [entry.code for entry in entries[:3]] == ["V1", "C1D1", "C1D2"]
    assert [entry.date for entry in entries] == sorted(entry.date for entry in entries)


def test_a_calendar_knows_neither_injection_0_nor_16():
    calendar = plan(imodals(), first_injection=MONDAY)
    for number in (0, 16):
        with pytest.raises(KeyError):
            calendar.injection(number)
    with pytest.raises(KeyError):
        calendar.visit("V8")


def test_a_holiday_is_noted_in_both_languages():
    holidays = KeptDays({date(2015, 11, 11): Text("Armistice Day", "Armistice")})
    calendar = plan(imodals(), first_injection=date(2015, 10, 12), holidays=holidays)
    (note,) = calendar.injection(8).notes
    assert note.kind is NoteKind.HOLIDAY
    assert str(note.text) == "Wednesday 11 November 2015 is a public holiday: Armistice Day"
    assert in_french(note.text) == "Le mercredi 11 novembre 2015 est un jour férié\u00a0: Armistice"


def test_a_weekend_is_noted_and_the_day_stays_where_it_is():
    injection = plan(imodals(), first_injection=date(2015, 10, 7)).injection(4)
    assert injection.date == date(2015, 10, 10)
    assert [str(note) for note in injection.notes] == ["Saturday 10 October 2015 is at the weekend"]


def test_the_first_of_a_month_has_its_french_ordinal():
    injection = plan(imodals(), first_injection=date(2015, 11, 1)).injection(1)
    assert in_french(injection.notes[0].text) == "Le dimanche 1er novembre 2015 tombe un week-end"


def test_there_is_no_day_0():
    assert trial_day(date(2015, 10, 4), MONDAY) == -1
    assert trial_day(MONDAY, MONDAY) == 1
    with pytest.raises(ValueError, match="no day 0"):
        date_of(0, MONDAY)


def test_months_end_with_the_month_and_return_to_the_31st():
    monthly = protocol((course(days=(0,), repeats=4, every=months(1)),))
    calendar = plan(monthly, first_injection=date(2026, 1, 31))
    assert [i.date.isoformat() for i in calendar.injections] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    assert str(calendar.injection(3).reason).endswith("which starts 2 months after day 1.")


def test_a_visit_a_month_after_29_february():
    trial = protocol((course(),), (visit("V1", months(12)),))
    assert plan(trial, first_injection=date(2024, 2, 29)).visit("V1").date == date(2025, 2, 28)


def test_an_anchor_on_randomization_needs_its_date():
    trial = protocol((course(),), (visit("V1", weeks(4), RANDOMIZATION),))
    with pytest.raises(CannotPlan, match="Give the date of randomisation"):
        plan(trial, first_injection=MONDAY)
    calendar = plan(trial, first_injection=MONDAY, randomized=date(2015, 10, 1))
    assert calendar.visit("V1").date == date(2015, 10, 29)
    assert str(calendar.visit("V1").reason) == "Day 25: 4 weeks after randomisation."


def test_the_first_injection_cannot_come_before_randomization():
    with pytest.raises(CannotPlan) as refusal:
        plan(imodals(), first_injection=MONDAY, randomized=date(2015, 10, 6))
    assert str(refusal.value) == (
        "The first injection (Monday 5 October 2015) would come before randomisation "
        "(Tuesday 6 October 2015). Choose that day or a later one."
    )


def test_maintenance_follows_induction_with_its_own_length():
    induction = course("IND", repeats=2, every=weeks(2))
    maintenance = course("MNT", after_course("IND", 2), weeks(4), days=(0, 2), repeats=2, every=weeks(4))
    calendar = plan(protocol((maintenance, induction)), first_injection=MONDAY)
    assert [(i.course, i.repeat) for i in calendar.injections[::5]] == [("IND", 1), ("IND", 2), ("MNT", 1)]
    assert [i.trial_day for i in calendar.course(3)] == [43, 45]
    assert [i.code for i in calendar.course(4)] == ["C4D1", "C4D3"]
    assert str(calendar.course(4)[0].reason) == (
        "Day 71: first day of course 4, which starts 8 weeks after the planned start of course 2."
    )


def test_two_drugs_on_one_day_keep_apart():
    trial = protocol((course("A", drug="a", days=(0, 7)), course("B", drug="b", days=(0,))))
    injections = plan(trial, first_injection=MONDAY).injections
    assert [(i.number, i.drug, i.code) for i in injections] == [
        (1, "a", "C1D1"),
        (2, "b", "C2D1"),
        (3, "a", "C1D8"),
    ]


def test_only_what_follows_the_actual_course_moves_with_it():
    trial = protocol(
        (
            course("A"),
            course("B", after_course("A"), Interval(28)),
            course("C", after_course("B", actual=True), Interval(28)),
        )
    )
    slipped = {("B", 1): date(2015, 11, 5)}
    calendar = plan(trial, first_injection=MONDAY, actual_course_starts=slipped)
    assert days(calendar, 2)[0] == date(2015, 11, 2)
    assert days(calendar, 3)[0] == date(2015, 12, 3)
    assert str(calendar.course(3)[0].reason) == (
        "Day 60: first day of course 3, which starts 28 days after the actual start of course 2 (day 32)."
    )


def test_a_course_counted_from_the_plan_stays_when_the_earlier_one_slips():
    trial = protocol((course("A"), course("B", after_course("A"), Interval(28))))
    slipped = {("A", 1): date(2015, 10, 9)}
    calendar = plan(trial, first_injection=MONDAY, actual_course_starts=slipped)
    assert days(calendar, 2)[0] == date(2015, 11, 2)


def test_an_injection_keeps_its_number_when_an_earlier_course_slips():
    trial = protocol(
        (
            course("A", days=(0,)),
            course("B", after_course("A", actual=True), Interval(10), days=(0,)),
            course("C", offset=Interval(12), days=(0,)),
        )
    )
    calendar = plan(trial, first_injection=MONDAY, actual_course_starts={("A", 1): date(2015, 10, 12)})
    assert [(i.number, i.course, i.trial_day) for i in calendar.injections] == [
        (1, "A", 1),
        (2, "B", 18),
        (3, "C", 13),
    ]
    assert [entry.code for entry in calendar.entries()] == ["C1D1", "C3D1", "C2D1"]


def test_courses_that_wait_for_each_other_are_refused():
    circle = protocol((course("A", after_course("B")), course("B", after_course("A"))))
    with pytest.raises(CannotPlan, match="counted from itself"):
        plan(circle, first_injection=MONDAY)


def test_an_anchor_on_a_course_that_does_not_exist_is_refused():
    trial = protocol((course("A"),), (visit("V1", Interval(0), after_course("A", 2)),))
    with pytest.raises(CannotPlan, match="no course A, repeat 2"):
        plan(trial, first_injection=MONDAY)


def test_an_injection_before_day_1_is_planned_and_pointed_out():
    trial = protocol((course("A", RANDOMIZATION, days=(0,)), course("B", days=(0,))))
    calendar = plan(trial, first_injection=MONDAY, randomized=date(2015, 10, 1))
    assert calendar.injection(1).trial_day == -4
    assert calendar.injection(1).notes[0].kind is NoteKind.BEFORE_DAY_1


@pytest.mark.parametrize("planned_before", [False, True])
@pytest.mark.parametrize(("day", "after"), [(date.min, -3), (date.max, 3)])
def test_a_plan_beyond_the_years_is_refused_in_words(day, after, planned_before):
    """Also where the spacing is known from another participant."""
    trial = protocol((course(),), (visit("V1", Interval(after), window=Window(9, 9)),))
    if planned_before:
        plan(trial, first_injection=MONDAY)
    with pytest.raises(CannotPlan, match="years 1 to 9999"):
        plan(trial, first_injection=day)


@pytest.mark.parametrize(
    ("day", "timing"),
    [(4, Timing.EARLY), (5, Timing.IN_WINDOW), (7, Timing.ON_DAY), (10, Timing.IN_WINDOW), (11, Timing.LATE)],
)
def test_both_ends_belong_to_the_window(day, timing):
    trial = protocol((course(),), (visit("V1", Interval(2), window=Window(2, 3)),))
    planned = plan(trial, first_injection=MONDAY).visit("V1")
    assert judge(planned, date(2015, 10, day)) is timing


def test_a_clock_change_does_not_move_a_day():
    for change in (date(2015, 10, 25), date(2016, 3, 27)):
        first = change - timedelta(days=28)
        assert plan(imodals(), first_injection=first).injection(6).date == change


class Planned(NamedTuple):
    """A visit of the plan, with its window."""

    date: date
    earliest: date
    latest: date


def in_march(day: int, before: int, after: int) -> Planned:
    """A visit on that day of March, with so many days before and after it."""
    return Planned(*(date(2026, 3, day + days) for days in (0, -before, after)))


@pytest.mark.parametrize(
    ("moved_to", "new", "first", "lies_on"),
    [
        (11, in_march(17, 2, 2), 1, 18),  # as many days from its new target as from the old one
        (12, in_march(17, 2, 1), 1, 18),  # inside before, so not after the end of the new window
        (8, in_march(17, 1, 2), 1, 16),  # nor before its beginning
        (10, in_march(17, 0, 0), 1, 17),
        (14, in_march(17, 2, 2), 1, 21),  # outside before, so as far outside
        (5, in_march(17, 2, 2), 1, 12),
        (5, in_march(17, 2, 2), 14, 14),  # never before the first day
    ],
)
def test_what_was_moved_by_hand_goes_with_its_window(
    moved_to: int, new: Planned, first: int, lies_on: int
) -> None:
    old, day = in_march(10, 2, 2), date(2026, 3, moved_to)

    assert carried(old, new, day, date(2026, 3, first)) == date(2026, 3, lies_on)
