"""No window of what counts from day 1 opens before day 1, none of what follows the draw before the draw."""

from datetime import date

import pytest

from dosing.core.planning import plan
from tests.core.protocols import DAY_1, RANDOMIZATION, after_course, course, months, protocol, visit
from trial.core.protocol import Interval, Window

DRAWN, MONDAY = date(2015, 10, 8), date(2015, 10, 12)
WIDE = Window(14, 3)


def opens(*, visits=(), courses=(), randomized=DRAWN, first=MONDAY):
    calendar = plan(protocol(courses or (course(),), visits), first_injection=first, randomized=randomized)
    return {row.code: row.earliest for row in calendar.entries()}


@pytest.mark.parametrize("after", [0, 1, 7, 13])
def test_a_visit_counted_from_day_1_opens_on_day_1_at_the_earliest(after):
    found = opens(visits=(visit("V1", Interval(after), window=WIDE),))
    assert found["V1"] == MONDAY


def test_a_window_that_needs_no_cut_stays():
    found = opens(visits=(visit("V1", Interval(14), window=WIDE), visit("V2", Interval(30), window=WIDE)))
    assert (found["V1"], found["V2"]) == (MONDAY, date(2015, 10, 28))


def test_a_visit_counted_from_the_draw_opens_on_its_day_and_may_lie_before_day_1():
    found = opens(visits=(visit("V1", Interval(3), RANDOMIZATION, WIDE),))
    assert found["V1"] == DRAWN


def test_what_counts_from_a_course_opens_by_what_that_course_counts_from():
    drawn = course("RUN", RANDOMIZATION, Interval(1), days=(0,), drug="other")
    rows = (
        visit("V1", Interval(2), after_course("IL2"), WIDE),
        visit("V2", Interval(2), after_course("RUN"), WIDE),
    )
    found = opens(courses=(course(), drawn), visits=rows)
    assert (found["V1"], found["V2"]) == (MONDAY, DRAWN)


def test_a_dose_of_day_1_opens_on_day_1():
    found = opens(courses=(course(window=Window(2, 1)),))
    assert [found[f"C1D{day}"].day for day in range(1, 6)] == [12, 12, 12, 13, 14]


def test_a_visit_that_the_protocol_puts_before_day_1_opens_on_the_draw_at_the_earliest():
    found = opens(visits=(visit("B", Interval(-2), window=WIDE),))
    assert found["B"] == DRAWN


def test_one_that_it_puts_before_the_draw_keeps_its_window():
    found = opens(visits=(visit("B", Interval(-6), window=Window(2, 0)),))
    assert found["B"] == date(2015, 10, 4)


def test_two_participants_who_waited_otherwise_have_windows_of_their_own():
    visits = (visit("B", Interval(-1), window=WIDE), visit("V1", Interval(0), RANDOMIZATION, WIDE))
    early = opens(visits=visits, randomized=date(2015, 10, 5))
    late = opens(visits=visits, randomized=date(2015, 10, 11))
    assert (early["B"], late["B"]) == (date(2015, 10, 5), date(2015, 10, 11))


def test_months_change_nothing_in_that():
    found = opens(visits=(visit("V1", months(1), DAY_1, Window(60, 0)),))
    assert found["V1"] == MONDAY
