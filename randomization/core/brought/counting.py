"""Whether what numbers the rows or blocks of a file counts, and whether it then counts wholly.

A file that counts (1, 2, 3; A01, A02; 1.0, 2.0; 001-FR; 1/36; 0001-7) must count from its first row to its
last without gap or double, over the whole file or in each stratum. Whether it counts is decided by three
quarters of the rows: a few odd ones do not switch the check off. What does not count (random codes) must
only differ. REDCap takes unordered lists and doubles; here they are refused, because the order is what was
randomised.

The count may stand at any place of a number. What stands around it is alike in most rows (a site, "/36", a
decimal place), or differs from row to row (a check digit); then more is asked before the rows are taken to
count, since digits at random often lie close together.
"""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trial.core.sentences import Sentence

from .lettered import as_numbers
from .table_file import Fault

Numbered = tuple[int, str]
"""A row of the file and the number that stands in it."""
Reading = Sequence[int]
"""The count in each row; below 0 where a row has another form."""

GROUPS = re.compile(r"[0-9]+")
LONGEST_COUNT = 18
"""Digits; a longer number is a code."""
PLACES = (-1, 0, 1, -2)
"""Which group of digits may be the count: the last, the first, the second, the last but one."""
DENSE = 2
"""Numbers that fill more than one place in so many of their span are taken to count."""
GAPLESS = Fraction(11, 10)
"""The same where what stands around them differs: a tenth may be missing."""
MOST = Fraction(3, 4)
"""The part of the numbers that shows whether a file counts."""
MANY, SOME = 20, 8
"""Rows from which numbers count whatever stands around the count: dense ones, and ones without any gap."""


@dataclass(frozen=True)
class Said:
    """What is said of a count that is broken, and where a count may begin."""

    beginning: Sentence
    other_form: Sentence
    below: Sentence
    missing: Sentence
    may_begin: Callable[[int], bool]


NUMBERS = Said(
    beginning=Sentence(
        "The numbers count, but not from 1, from a number that ends in 01, or from the one "
        "that was declared. Bring the rows that are missing, or say where the count begins."
    ),
    other_form=Sentence("Its number is not of the others' form, which count."),
    below=Sentence("Its number is not above the one before. Sort the file as it was randomised."),
    missing=Sentence("A number is missing before it."),
    may_begin=lambda value: value % 100 == 1,
)
"""Site and stratum often stand before the count: 101 and 4001 are as good a beginning as 1."""
BLOCKS = Said(
    beginning=Sentence(
        "The blocks count, but not from 1. Bring the blocks that are missing, or number them from 1."
    ),
    other_form=Sentence("The block that begins here is not numbered as the others, which count."),
    below=Sentence(
        "The number of the block that begins here is not above the one before. Sort the file as it was "
        "randomised: a spreadsheet sorts 10 before 2 where it takes numbers for text."
    ),
    missing=Sentence("A block is missing before the one that begins here."),
    may_begin=lambda value: value == 0 or value % 100 == 1,
)
DOUBLE = Sentence("Its number stands in row %(row)s as well.")


def order_faults(strata: Sequence[Sequence[Numbered]], first: int | None = None) -> Iterator[Fault]:
    """Doubles, gaps, steps back and odd ones. Empty numbers (a file without such a column) have no order.

    `first` is the number at which the whole file, or each stratum, was declared to begin.
    """
    if not any(number for rows in strata for _, number in rows):
        return
    said = NUMBERS if first is None else _from(first)
    ways = _ways(strata, said)
    if ways is None:
        yield from (fault for rows in strata for fault in doubles(rows))
        return
    yield from min(ways, key=len)


def block_order_faults(strata: Sequence[Sequence[Numbered]]) -> Iterator[Fault]:
    """The same for blocks: each stratum's blocks by their first row and their name, in the file's order.

    A stratum of one block has no order of blocks. Letters and Roman numerals count as numbers do.
    """
    if (named := as_numbers([[name for _, name in blocks] for blocks in strata])) is not None:
        strata = [
            [(row, name) for (row, _), name in zip(blocks, names, strict=True)]
            for blocks, names in zip(strata, named, strict=True)
        ]
    if any(len(blocks) > 1 for blocks in strata):
        yield from min(_ways(strata, BLOCKS) or [[]], key=len)


def _ways(strata: Sequence[Sequence[Numbered]], said: Said) -> list[list[Fault]] | None:
    """The faults of each way in which the rows count: through the file, and in each stratum."""
    whole = sorted(pair for rows in strata for pair in rows)
    ways = []
    if (through := _reading(whole)) is not None:
        ways.append(list(_run_faults(whole, through, said)))
    apart = [rows for rows in strata if len(rows) > 1 or said is not BLOCKS]
    readings = [_reading(rows) for rows in apart]
    counting = sum(len(rows) for rows, found in zip(apart, readings, strict=True) if found is not None)
    if counting and counting >= MOST * sum(map(len, apart)):
        each = zip(apart, readings, strict=True)
        runs = [_run_faults(rows, found or [-1] * len(rows), said) for rows, found in each]
        ways.append([fault for run in runs for fault in run])
    return ways or None


def _from(first: int) -> Said:
    begun = {name: getattr(NUMBERS, name) for name in ("beginning", "other_form", "below", "missing")}
    return Said(**begun, may_begin=lambda value: value == first)


def _reading(rows: Sequence[Numbered]) -> Reading | None:
    """The count in these rows; None where nothing in them counts."""
    for place in PLACES:
        values, around = _at_place(place, rows)
        if max(values, default=-1) < 0:
            continue
        usual, _ = Counter(
            form for form, value in zip(around, values, strict=True) if value >= 0
        ).most_common(1)[0]
        alike = array("q", map(lambda form, value: value if form == usual else -1, around, values))
        if _dense(alike, DENSE):
            return alike
        if _counts_whatever_stands_around(values):
            return values
    return None


def _at_place(place: int, rows: Sequence[Numbered]) -> tuple[array[int], array[int]]:
    """The value of one group of digits in each row, and which of the forms found stands around it."""
    values, around, forms = array("q"), array("q"), dict[tuple[str, str], int]()
    for _, number in rows:
        before, value, after = _at(place, number)
        values.append(value)
        around.append(forms.setdefault((before, after), len(forms)))
    return values, around


def _at(place: int, number: str) -> tuple[str, int, str]:
    """What stands before a group of digits, its value, and what stands after it."""
    text = unicodedata.normalize("NFKC", number)
    spans = [found.span() for found in GROUPS.finditer(text)]
    if not -len(spans) <= place < len(spans):
        return text, -1, ""
    start, end = spans[place]
    return (
        (text[:start], int(text[start:end]), text[end:]) if end - start <= LONGEST_COUNT else (text, -1, "")
    )


def _dense(values: Reading, span: Fraction | int) -> bool:
    """Whether most of the numbers lie close together: within `span` times their count."""
    known = sorted({value for value in values if value >= 0})
    enough = math.ceil(MOST * len(values))
    spans = (high - low for low, high in zip(known, known[enough - 1 :], strict=False))
    return 0 < enough <= len(known) and min(spans) < span * enough


def _counts_whatever_stands_around(values: Reading) -> bool:
    if len(values) >= MANY and _dense(values, GAPLESS):
        return True
    gapless = len(set(values)) == len(values) == max(values) - min(values) + 1
    return len(values) >= SOME and min(values) >= 0 and gapless


def _run_faults(rows: Sequence[Numbered], reading: Reading, said: Said) -> Iterator[Fault]:
    """The faults of numbers that stand below one another and count."""
    yield from doubles(rows)
    earlier: int | None = None
    written = ""
    for (row, number), value in zip(rows, reading, strict=True):
        if value < 0:
            yield Fault(row, "order", said.other_form)
            earlier = earlier if earlier is None else earlier + 1
            continue
        if earlier is None:
            if not said.may_begin(value):
                yield Fault(row, "gap", said.beginning, "" if said is BLOCKS else "first_number")
        elif value < earlier or (value == earlier and number != written):
            yield Fault(row, "order", said.below)
        elif value > earlier + 1:
            yield Fault(row, "gap", said.missing)
        earlier, written = value, number


def doubles(rows: Sequence[Numbered]) -> Iterator[Fault]:
    """Numbers that stand in an earlier row as well."""
    first: dict[str, int] = {}
    for row, number in rows:
        if first.setdefault(number, row) != row:
            yield Fault(row, "double", DOUBLE.having(row=first[number]))
