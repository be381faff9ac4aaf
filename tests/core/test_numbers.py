"""Participant numbers and their check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial.core.numbers import (
    BadNumber,
    WrongCheckDigit,
    check_digit,
    format_number,
    parse_number,
    with_check_digit,
)
from trial.core.protocol import NumberFormat

IM = NumberFormat("IM")
DIGITS = st.text("0123456789", min_size=3, max_size=9)


def test_the_check_digit_is_damms():
    assert with_check_digit("572") == "5724"


def test_a_number_shows_prefix_site_serial_and_check_digit():
    assert format_number(IM, "01", 22) == "IM-0122-7"


def test_a_serial_may_outgrow_its_digits():
    number = format_number(IM, "01", 123)
    assert number.startswith("IM-01123-")
    assert parse_number(number, IM) == number


def test_every_wrong_digit_is_caught():
    for serial in range(1, 100):
        right = format_number(IM, "01", serial)
        for place in (3, 4, 5, 6, 8):
            for digit in "0123456789":
                wrong = right[:place] + digit + right[place + 1 :]
                if wrong != right:
                    with pytest.raises(WrongCheckDigit):
                        parse_number(wrong)


@given(DIGITS, st.data())
def test_every_swap_of_neighbours_is_caught(digits, data):
    whole = with_check_digit(digits)
    place = data.draw(st.integers(0, len(whole) - 2))
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    assert (check_digit(swapped) == "0") == (swapped == whole)


@pytest.mark.parametrize(
    "typed", ["im-0122-7", "IM01227", " im 0122 7 ", "IM‐0122‐7", "IM–0122–7", "im.0122.7", "IM_0122_7"]
)
def test_case_spaces_and_dashes_do_not_matter(typed):
    assert parse_number(typed, IM) == "IM-0122-7"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("IM-0122-8", "check digit"),
        ("IM-1022-7", "check digit"),
        ("IM-122-7", "too short"),
        ("MI-0122-7", "another trial"),
        ("0122-7", "not a participant number"),
        ("IM", "not a participant number"),
        ("", "not a participant number"),
        ("IM-０122-7", "not a participant number"),
        ("IM-0122-7; DROP", "not a participant number"),
    ],
)
def test_a_mistyped_number_is_refused_with_its_reason(typed, said):
    with pytest.raises(BadNumber, match=said):
        parse_number(typed, IM)


@pytest.mark.parametrize(("site", "serial"), [("1", 1), ("001", 1), ("0a", 1), ("01", 0), ("01", -3)])
def test_a_number_is_not_made_of_nonsense(site, serial):
    with pytest.raises(ValueError):
        format_number(IM, site, serial)


@pytest.mark.parametrize("digits", ["", "12a", "１２", "-1"])
def test_only_digits_have_a_check_digit(digits):
    with pytest.raises(ValueError):
        check_digit(digits)
