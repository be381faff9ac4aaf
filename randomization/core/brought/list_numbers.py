"""The numbers of a statistician's file: whether they stand in order, and whether they can be used.

In order: a file that counts (1, 2, 3 or A01, A02) must count from the first row to the last without
gap or double, over the whole file or in each stratum, and begin at 1, at a number that ends in 01, or
where it was declared to. Whether it counts is decided by three quarters of the numbers: a few odd ones
do not switch the check off. Numbers that do not count (random codes) must only differ. REDCap takes
unordered lists and doubles; here they are refused, because the order is what was randomised.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from randomization.core.numbers import FEWEST_DIGITS, PREFIXES
from trial.core.numbers import check_digit, with_check_digit
from trial.core.sentences import Sentence

from .table_file import Fault

Numbered = tuple[int, str]
"""A row of the file and the number that stands in it."""

ENDING = re.compile(r"(.*?)([0-9]{1,18})\Z", re.DOTALL)
MOST_DIGITS = 18
DENSE = 2
"""Numbers that fill more than one place in so many of their span are taken to count."""
MOST = Fraction(3, 4)
"""The part of the numbers that shows whether a file counts."""


BEGINNING = Sentence(
    "The numbers count, but not from 1, from a number that ends in 01, or from the one "
    "that was declared. Bring the rows that are missing, or say where the count begins: "
    "--first-number."
)
OTHER_FORM = Sentence("Its number is not of the others' form, which count.")
BELOW = Sentence("Its number is below the one before. Sort the file as it was randomised.")
MISSING = Sentence("A number is missing before it.")
ZEROS = Sentence("Two numbers differ by leading zeros alone.")


def order_faults(strata: Sequence[Sequence[Numbered]], first: int | None = None) -> Iterator[Fault]:
    """Doubles, gaps, steps back and odd ones. Empty numbers (a file without such a column) have no order.

    `first` is the number at which the whole file, or each stratum, was declared to begin.
    """
    whole = sorted(pair for rows in strata for pair in rows)
    if not any(number for _, number in whole):
        return
    ways = [list(_run_faults(whole, first))] if _counts(whole) else []
    if sum(len(rows) for rows in strata if _counts(rows)) >= MOST * len(whole):
        ways.append([fault for rows in strata for fault in _run_faults(rows, first)])
    yield from min(ways, key=len) if ways else (fault for rows in strata for fault in _doubles(rows))


def _counts(rows: Sequence[Numbered]) -> bool:
    """Whether most of the numbers begin alike and lie close together."""
    split = [_split(number) for _, number in rows]
    start, _ = Counter(start for start, _ in split).most_common(1)[0] if split else ("", 0)
    values = sorted(value for begin, value in split if begin == start and value >= 0)
    enough = math.ceil(MOST * len(rows))
    spans = (high - low for low, high in zip(values, values[enough - 1 :], strict=False))
    return 0 < enough <= len(values) and min(spans) < DENSE * enough


def _run_faults(rows: Sequence[Numbered], first: int | None) -> Iterator[Fault]:
    """The faults of numbers that stand below one another and count."""
    yield from _doubles(rows)
    split = [_split(number) for _, number in rows]
    usual = Counter(start for start, _ in split).most_common(1)[0][0] if split else ""
    earlier: int | None = None
    for (row, _), (start, value) in zip(rows, split, strict=True):
        if start != usual or value < 0:
            yield Fault(row, "order", OTHER_FORM)
            earlier = earlier if earlier is None else earlier + 1
            continue
        if earlier is None:
            if not _may_begin(value, first):
                yield Fault(row, "gap", BEGINNING)
        elif value < earlier:
            yield Fault(row, "order", BELOW)
        elif value > earlier + 1:
            yield Fault(row, "gap", MISSING)
        earlier = value


def _may_begin(value: int, first: int | None) -> bool:
    """Site and stratum often stand before the count: 101 and 4001 are as good a beginning as 1."""
    return value % 100 == 1 if first is None else value == first


def _doubles(rows: Sequence[Numbered]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, number in rows:
        if first.setdefault(number, row) != row:
            sentence = Sentence("Its number stands in row %(row)s as well.", row=first[number])
            yield Fault(row, "double", sentence)


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
            form = f"{PREFIXES[environment]}-"
            sentence = Sentence(
                "Its number is neither of digits alone nor %(prefix)s with digits and their check "
                "digit. Import with --numbers own.",
                prefix=form,
            )
            yield Fault(row, "number", sentence)
    if not doubles and len({number.lstrip("0") for _, number in rows}) < len(rows):
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
