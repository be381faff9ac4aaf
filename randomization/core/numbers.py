"""Randomisation numbers: `R-58213`, four or more random digits and a check digit.

They come from a label of the stream of their own, so they say nothing about arm, block or position.
A training number starts with T and a test number with X: on paper nobody takes one for a live one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from trial.core.numbers import with_check_digit

from .stream import Stream

PREFIXES = {"live": "R", "training": "T", "test": "X"}
FEWEST_DIGITS = 4
ROOM = 20
"""Possible numbers per envelope, at the least: a guessed number is then rarely one of the list."""


class Taken(Protocol):
    """Numbers that are in use already: how many, and which."""

    def __len__(self) -> int:
        """How many numbers there are."""

    def __iter__(self) -> Iterator[str]:
        """The numbers in list order."""


def draw_numbers(count: int, environment: str, seed: bytes, taken: Taken = ()) -> Iterator[str]:
    """`count` different numbers in list order, none of them in `taken`.

    `taken` are the numbers of the trial's earlier lists. A number that was drawn before, or is taken,
    is passed over. One bit is kept for each possible number, not the numbers themselves.
    """
    stream, digits, prefix = Stream(seed, "numbers"), digits_for(count + len(taken)), PREFIXES[environment]
    seen = bytearray(10**digits // 8 + 1)
    for value in _values_of(taken, prefix, digits):
        seen[value >> 3] |= 1 << (value & 7)
    while count:
        value = stream.below(10**digits)
        place, bit = value >> 3, 1 << (value & 7)
        if not seen[place] & bit:
            seen[place] |= bit
            count -= 1
            yield f"{prefix}-{with_check_digit(f'{value:0{digits}d}')}"


def _values_of(taken: Taken, prefix: str, digits: int) -> Iterator[int]:
    """What could be drawn again: numbers of the same letter and length, without their check digit."""
    for number in taken:
        letter, _, written = number.partition("-")
        if letter == prefix and len(written) == digits + 1 and written.isdecimal():
            yield int(written[:-1])


def digits_for(count: int) -> int:
    """How many random digits the numbers of a list of `count` envelopes have."""
    digits = FEWEST_DIGITS
    while 10**digits < ROOM * count:
        digits += 1
    return digits
