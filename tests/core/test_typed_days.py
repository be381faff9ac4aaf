"""Days in three boxes and times of day, as people type them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial.core.typed_days import BadDay, BadTime, read_day, read_time

TAKEN = {
    ("2", "3", "1952"): date(1952, 3, 2),
    ("02", "03", "1952"): date(1952, 3, 2),
    (" 31 ", "12 ", " 2026"): date(2026, 12, 31),
    ("29", "2", "2024"): date(2024, 2, 29),
    ("1", "March", "1952"): date(1952, 3, 1),
    ("1", "mars", "1952"): date(1952, 3, 1),
    ("1", "FEVRIER", "1952"): date(1952, 2, 1),
    ("1", "févr.", "1952"): date(1952, 2, 1),
    ("1", "août", "1952"): date(1952, 8, 1),
    ("1", "aout", "1952"): date(1952, 8, 1),
    ("30", "APR", "2027"): date(2027, 4, 30),
    ("1", "juil.", "2199"): date(2199, 7, 1),
    ("1", "1", "1900"): date(1900, 1, 1),
}
REFUSED = {
    ("", "3", "1952"): {"day": "The day is missing."},
    ("2", "", ""): {"month": "The month is missing.", "year": "The year is missing."},
    ("2", "3", "52"): {"year": "“52” is no year. Write all four digits, such as 1952."},
    ("2", "3", "052"): {"year": "“052” is no year. Write all four digits, such as 1952."},
    ("2", "3", "19520"): {"year": "“19520” is no year. Write all four digits, such as 1952."},
    ("2", "3", "1899"): {"year": "1899 cannot be the year. Write one from 1900 to 2199."},
    ("2", "3", "2952"): {"year": "2952 cannot be the year. Write one from 1900 to 2199."},
    ("2", "3", "0052"): {"year": "0052 cannot be the year. Write one from 1900 to 2199."},
    ("3", "31", "1952"): {"month": "“31” is no month. Write 1 to 12, or its name."},
    ("3", "jui", "1952"): {"month": "“jui” is no month. Write 1 to 12, or its name."},
    ("3", "ma", "1952"): {"month": "“ma” is no month. Write 1 to 12, or its name."},
    ("32", "3", "1952"): {"day": "“32” is no day of a month. Write 1 to 31."},
    ("0", "0", "1952"): {
        "day": "“0” is no day of a month. Write 1 to 31.",
        "month": "“0” is no month. Write 1 to 12, or its name.",
    },
    ("30", "2", "2024"): {"day": "There is no 30 February 2024: that month has 29 days."},
    ("29", "2", "1900"): {"day": "There is no 29 February 1900: that month has 28 days."},
    ("31", "4", "2024"): {"day": "There is no 31 April 2024: that month has 30 days."},
}
NO_FIGURES = ("-1", "+1", "1.", "1,0", "1e0", "١", "１", "²", "1/2", "001", "1st", "x", "1 2", "0x1", "1_1")


@pytest.mark.parametrize("boxes", TAKEN)
def test_a_day_is_taken_as_it_stands(boxes):
    assert read_day(*boxes) == TAKEN[boxes]


@pytest.mark.parametrize("boxes", REFUSED)
def test_what_is_wrong_is_said_of_its_box(boxes):
    with pytest.raises(BadDay) as refused:
        read_day(*boxes)
    assert {slip.box: str(slip.sentence) for slip in refused.value.slips} == REFUSED[boxes]


@pytest.mark.parametrize("typed", NO_FIGURES)
@pytest.mark.parametrize("place", range(3))
def test_a_box_takes_plain_figures(typed, place):
    boxes = ["1", "1", "1952"]
    boxes[place] = typed
    with pytest.raises(BadDay) as refused:
        read_day(*boxes)
    assert [slip.box for slip in refused.value.slips] == [("day", "month", "year")[place]]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_back(day):
    assert read_day(str(day.day), str(day.month), str(day.year)) == day


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("14:30", time(14, 30)),
        ("9:05", time(9, 5)),
        ("09:05", time(9, 5)),
        ("0905", time(9, 5)),
        ("14h30", time(14, 30)),
        ("14 h 30", time(14, 30)),
        (" 0:00 ", time(0, 0)),
        ("2359", time(23, 59)),
    ],
)
def test_a_time_is_taken_by_the_24_hour_clock(typed, clock):
    assert read_time(typed) == clock


@pytest.mark.parametrize(
    "typed",
    [
        "2:30 PM",
        "2:30pm",
        "14",
        "9h",
        "905",
        "130",
        "24:00",
        "12:60",
        "14.30",
        "14,30",
        "1:2",
        "14:30:00",
        "١٤:٣٠",
        "",
        "now",
        "-1:00",
        "14::30",
        "14305",
        "１４：３０",
        "1 4:30",
    ],
)
def test_what_is_no_time_or_could_be_two_is_refused(typed):
    with pytest.raises(BadTime, match="24-hour clock"):
        read_time(typed)
