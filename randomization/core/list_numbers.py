"""The numbers of a statistician's file: whether they stand in order, and whether they can be used.

In order: a file that counts (1, 2, 3 or A01, A02) must count without gap or double, over the whole
file or in each stratum. Numbers that do not count (random codes) must only differ. REDCap takes
unordered lists and doubles; here they are refused, because the order is what was randomised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from trial.core.numbers import check_digit, with_check_digit

from .numbers import FEWEST_DIGITS, PREFIXES
from .table_file import Fault

Numbered = tuple[int, str]
"""A row of the file and the number that stands in it."""

ENDING = re.compile(r"(.*?)([0-9]{1,18})\Z", re.DOTALL)
MOST_DIGITS = 18
DENSE = 2
"""Numbers that fill more than one place in so many of their span are taken to count."""


def order_faults(strata: Sequence[Sequence[Numbered]]) -> Iterator[Fault]:
    """Doubles, gaps and steps back. Empty numbers (a file without such a column) have no order."""
    whole = sorted(pair for rows in strata for pair in rows)
    if not whole or not whole[0][1] or not list(_run_faults(whole, must_count=True)):
        return
    for rows in strata:
        yield from _run_faults(rows, must_count=False)


def _run_faults(rows: Sequence[Numbered], *, must_count: bool) -> Iterator[Fault]:
    """The faults of numbers that stand below one another; of random codes, doubles only."""
    yield from _doubles(rows)
    counted = [(row, *_split(number)) for row, number in rows]
    values = [value for _, _, value in counted]
    same = len({start for _, start, _ in counted}) == 1 and -1 not in values
    if not same or max(values) - min(values) >= DENSE * len(values):
        if must_count:
            yield Fault(0, "order", "These numbers do not count.")
        return
    for (_, _, earlier), (row, _, later) in pairwise(counted):
        if later < earlier:
            yield Fault(
                row, "order", "Its number is below the one before. Sort the file as it was randomised."
            )
        elif later > earlier + 1:
            yield Fault(row, "gap", "A number is missing before it.")


def _doubles(rows: Sequence[Numbered]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, number in rows:
        if first.setdefault(number, row) != row:
            yield Fault(row, "double", f"Its number stands in row {first[number]} as well.")


def _split(number: str) -> tuple[str, int]:
    found = ENDING.fullmatch(number)
    return (found[1], int(found[2])) if found else (number, -1)


def number_faults(rows: Sequence[Numbered], environment: str) -> Iterator[Fault]:
    """What keeps the file's numbers from being used: they are neither digits nor numbers of our form."""
    doubles = list(_doubles(rows))
    yield from doubles
    for row, number in rows:
        plain = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
        if not plain and not is_ours(number, environment):
            form = f"{PREFIXES[environment]}- with digits and their check digit"
            sentence = f"Its number is neither of digits alone nor {form}. Import with --numbers own."
            yield Fault(row, "number", sentence)
    if not doubles and len({number.lstrip("0") for _, number in rows}) < len(rows):
        yield Fault(0, "double", "Two numbers differ by leading zeros alone.")


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
