"""Randomisation numbers: `R-58213`, four or more random digits and a check digit.

They come from a label of the stream of their own, so they say nothing about arm, block or position.
A training number starts with T and a test number with X: on paper nobody takes one for a live one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trial.core.numbers import with_check_digit

from .stream import Stream

PREFIXES = {"live": "R", "training": "T", "test": "X"}
FEWEST_DIGITS = 4
ROOM = 20
"""Possible numbers per envelope, at the least: a guessed number is then rarely one of the list."""


def draw_numbers(
    count: int, environment: str, seed: bytes, taken: Collection[str] = frozenset()
) -> Iterator[str]:
    """`count` different numbers in list order, none of them in `taken`.

    `taken` are the numbers of the trial's earlier lists. A number that was drawn before, or is taken,
    is passed over.
    """
    stream, digits, seen = Stream(seed, "numbers"), digits_for(count + len(taken)), set(taken)
    while len(seen) < count + len(taken):
        value = f"{stream.below(10**digits):0{digits}d}"
        number = f"{PREFIXES[environment]}-{with_check_digit(value)}"
        if number not in seen:
            seen.add(number)
            yield number


def digits_for(count: int) -> int:
    """How many random digits the numbers of a list of `count` envelopes have."""
    digits = FEWEST_DIGITS
    while 10**digits < ROOM * count:
        digits += 1
    return digits
