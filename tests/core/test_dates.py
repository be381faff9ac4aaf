"""Calendar arithmetic in days, weeks and calendar months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.french import in_french
from trial.core.dates import BadDate, add, add_months, in_words, months_between, parse_date, whole_years
from trial.core.protocol import Interval, Unit

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "reached"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 2, "2025-03-31"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-01-15", -13, "2023-12-15"),
    ],
)
def test_a_month_ends_on_the_last_day_it_has(start, months, reached):
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(reached)


def test_days_and_weeks_cross_a_clock_change_unharmed():
    before = date(2015, 10, 24)
    assert add(before, Interval(2)) == date(2015, 10, 26)
    assert add(before, Interval(1, Unit.WEEK)) == date(2015, 10, 31)
    assert add(before, Interval(-1, Unit.MONTH)) == date(2015, 9, 24)


@given(DAYS, st.integers(-1200, 1200))
def test_adding_months_keeps_the_day_or_takes_the_last_one(day, months):
    reached = add_months(day, months)
    assert (reached.year * 12 + reached.month) - (day.year * 12 + day.month) == months
    assert reached.day == day.day or (reached.day < day.day and (reached + timedelta(1)).day == 1)


@given(DAYS, DAYS)
def test_months_between_counts_the_months_that_fit(start, end):
    months = months_between(start, end)
    if start <= end:
        assert add_months(start, months) <= end < add_months(start, months + 1)
    else:
        assert months == -months_between(end, start)


def test_months_outside_the_calendar_are_refused():
    with pytest.raises(OverflowError, match="outside the calendar"):
        add_months(date(9999, 12, 1), 1)


@pytest.mark.parametrize(
    ("on", "age"),
    [("2018-02-28", 17), ("2018-03-01", 18), ("2020-02-28", 19), ("2020-02-29", 20), ("1999-12-31", -1)],
)
def test_a_birthday_on_29_february_is_reckoned_on_1_march(on, age):
    assert whole_years(date(2000, 2, 29), date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1950-02-30", "February 1950 has 28 days"),
        ("1948-02-30", "February 1948 has 29 days"),
        ("1950-04-31", "April 1950 has 30 days"),
        ("1950-13-01", "no such month"),
        ("0000-01-01", "no such month"),
        ("1950-00-10", "no such month"),
        ("1950-01-00", "has 31 days"),
        ("30/02/1950", "is not a date"),
        ("1950-2-3", "is not a date"),
        ("1950-02-03T00:00", "is not a date"),
        ("١٩٥٠-٠٢-٠٣", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_a_bad_date_says_what_is_wrong_in_both_languages(typed, said):
    with pytest.raises(BadDate, match=said) as refused:
        parse_date(typed)
    assert in_french(refused.value.sentence) != str(refused.value)


@given(DAYS)
def test_every_day_is_read_back_from_its_iso_form(day):
    assert parse_date(f" {day.isoformat()} ") == day


def test_a_day_is_said_in_words():
    assert in_words(date(2026, 3, 2)).en == "2 March 2026"
    assert in_words(date(2026, 8, 1)).fr == "1er août 2026"
