"""The numbers of a statistician's file: whether they can be used, and their form here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from randomization.core.numbers import FEWEST_DIGITS, PREFIXES
from trial.core.numbers import check_digit, with_check_digit
from trial.core.sentences import Sentence

from .counting import Numbered, doubles
from .table_file import Fault

MOST_DIGITS = 18
ZEROS = Sentence("Two numbers differ by leading zeros alone.")


def number_faults(rows: Sequence[Numbered], environment: str) -> Iterator[Fault]:
    """What keeps the file's numbers from being used: they are neither digits nor numbers of our form."""
    twice = list(doubles(rows))
    yield from twice
    for row, number in rows:
        plain = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
        if not plain and not is_ours(number, environment):
            form = f"{PREFIXES[environment]}-"
            sentence = Sentence(
                "Its number is neither of digits alone nor %(prefix)s with digits and their check digit.",
                prefix=form,
            )
            yield Fault(row, "number", sentence, "numbers")
    if not twice and len({number.lstrip("0") for _, number in rows}) < len(rows):
        yield Fault(0, "double", ZEROS)


def is_ours(number: str, environment: str) -> bool:
    """Whether a number has the form of this environment's: letter, hyphen, digits, check digit."""
    letter, _, digits = number.partition("-")
    well = digits.isascii() and digits.isdecimal() and FEWEST_DIGITS < len(digits) <= MOST_DIGITS
    return letter == PREFIXES[environment] and well and check_digit(digits) == "0"


def our_numbers(numbers: Sequence[str], environment: str) -> Iterator[str]:
    """The file's numbers in our form: 17 becomes R-00174, letter and check digit added to equal length."""
    width = max(FEWEST_DIGITS, *(len(number) for number in numbers if number.isdecimal()), 0)
    for number in numbers:
        if is_ours(number, environment):
            yield number
        else:
            yield f"{PREFIXES[environment]}-{with_check_digit(number.zfill(width))}"
