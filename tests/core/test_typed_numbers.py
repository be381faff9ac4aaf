"""Numbers as people type them: taken with every digit, or refused with a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial.core.typed_numbers import BadAmount, read_number, read_whole

TAKEN = {
    "69,5": "69.5",
    "69.5": "69.5",
    "70": "70",
    "0": "0",
    "0,5": "0.5",
    "0.50": "0.50",
    "0,234": "0.234",
    "-5": "-5",
    "\u22125": "-5",
    "-0,5": "-0.5",
    " 69,5 ": "69.5",
    "69,5\u00a0": "69.5",
    "\u202f69,5\n": "69.5",
    "1234": "1234",
    "1234,5": "1234.5",
    "1 234": "1234",
    "1 234,5": "1234.5",
    "1\u00a0234,5": "1234.5",
    "1\u202f234,5": "1234.5",
    "1\u2009234.5": "1234.5",
    "1'234.5": "1234.5",
    "1\u2019234,5": "1234.5",
    "1.234,5": "1234.5",
    "1,234.5": "1234.5",
    "1,234.567": "1234.567",
    "1.234.567": "1234567",
    "1,234,567.5": "1234567.5",
    "12 345 678": "12345678",
    "1.2340": "1.2340",
    "1,2340": "1.2340",
    "1234.567": "1234.567",
    "12,34": "12.34",
}
REFUSED = [
    *("1,234", "1.234", "12,345", "999.999", "-1,234"),  # a thousand, or a decimal
    *(".5", ",5", "5.", "5,", "-.5"),  # a digit may be missing
    *("05", "007", "00", "00,5", "-01"),  # a comma may be missing
    *("+5", "--5", "- 5", "5-", "\u20135", "-", "5-6", "5/6"),
    *("5 %", "5%", "69,5 kg", "<5", ">5", "~5", "½", "5h", "12 mm", "O5", "1O", "l2"),
    *("1e3", "1E3", "NaN", "nan", "inf", "-Infinity", "0x10", "1_000", "0b1", "1j", "True"),
    *("١٢", "६९", "６９", "６９，５", "69٫5", "69·5", "69;5", "69:5", "²", "Ⅻ"),
    *("69,,5", "69..5", "69.,5", "6,9,5", "1.2.3", "12.03.2024", "1,23,456", "1.234,567,8"),
    *("12 34", "1  234", "1 234 5", "1 2345", "1 234\u00a0567", "1\t234", "69 ,5", "69, 5", "120 80"),
    *("0 234", "0'500", "0,123,456", "69\u200b,5", "\ufeff69", "69\u200e", "69\x00", "5\n6"),
    *("", " ", "abc", "seventy", "?", "1" * 19, "1" * 5000, "1," + "2" * 7, "9" * 400 + ",5"),
]


@pytest.mark.parametrize("typed", TAKEN)
def test_a_number_is_taken_digit_by_digit(typed):
    assert str(read_number(typed)) == TAKEN[typed]


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_number_or_two_is_refused(typed):
    with pytest.raises(BadAmount):
        read_number(typed)


def sentence(typed, read=read_number):
    with pytest.raises(BadAmount) as refused:
        read(typed)
    return str(refused.value)


def test_two_readings_are_named_with_what_to_write_for_each():
    assert sentence("1,234") == "“1,234” can be read as 1234 or as 1.234. Write 1234, or 1.2340."
    assert read_number("1234") == 1234
    assert read_number("1,2340") == Decimal("1.234")


def test_each_refusal_says_what_is_wrong():
    assert sentence("05").startswith("“05” begins with a zero.")
    assert sentence(",5").startswith("“,5” has no digit on one side")
    assert sentence("5 %").startswith("“5 %” is not a number. Write it alone")
    assert sentence("1" * 30).endswith("has too many digits. Look at it again.")
    assert len(sentence("x" * 9000)) < 200


def test_more_decimals_than_are_kept_are_refused_and_never_rounded():
    assert read_number("69,25", places=2) == Decimal("69.25")
    assert sentence("69,250", lambda typed: read_number(typed, places=2)).startswith("“69,250” can be read")
    assert "at most 2 are kept here" in sentence("0,125", lambda typed: read_number(typed, places=2))


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), (" 12 ", 12), ("1 234", 1234), ("-3", -3), ("0", 0)]
)
def test_a_whole_number_is_taken(typed, number):
    assert read_whole(typed) == number


@pytest.mark.parametrize(
    "typed", ["12,0", "12.0", "12,5", "1,234", "1.234", "1,234.0", "012", "1e3", "1_0", "١٢", ""]
)
def test_a_whole_number_has_no_comma_and_no_point(typed):
    with pytest.raises(BadAmount):
        read_whole(typed)


def test_a_program_s_point_is_a_decimal_point_but_its_comma_is_asked_about():
    assert read_number("1.234", by_machine=True) == Decimal("1.234")
    assert "can be read as" in sentence("1,234", lambda typed: read_number(typed, by_machine=True))


@given(st.decimals(-(10**9), 10**9, places=2))
def test_comma_and_point_are_one_number(number):
    with_point = format(number, "f")

    assert read_number(with_point) == read_number(with_point.replace(".", ",")) == number


@given(st.text("0123456789,. '-+%e\u00a0\u202f", max_size=9))
def test_whatever_is_typed_keeps_its_digits_or_is_refused(typed):
    try:
        number = read_number(typed)
    except BadAmount:
        return
    assert [c for c in format(number, "f") if c.isdigit()] == [c for c in typed if c.isdigit()]
