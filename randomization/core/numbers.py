"""Randomisation numbers: `R-58213`, four or more random digits and a check digit.

They come from a label of the stream of their own, so they say nothing about arm, block or position.
A training number starts with T and a test number with X: on paper nobody takes one for a live one.
"""

from __future__ import annotations

from collections.abc import Iterator

from trial.core.numbers import with_check_digit

from .stream import Stream

PREFIXES = {"live": "R", "training": "T", "test": "X"}
FEWEST_DIGITS = 4
ROOM = 20
"""Possible numbers per envelope, at the least: a guessed number is then rarely one of the list."""


def draw_numbers(count: int, environment: str, seed: bytes) -> Iterator[str]:
    """`count` different numbers in list order. A number that was drawn before is drawn again."""
    stream, seen, digits = Stream(seed, "numbers"), set[int](), digits_for(count)
    while len(seen) < count:
        value = stream.below(10**digits)
        if value not in seen:
            seen.add(value)
            yield f"{PREFIXES[environment]}-{with_check_digit(f'{value:0{digits}d}')}"


def digits_for(count: int) -> int:
    """How many random digits the numbers of a list of `count` envelopes have."""
    digits = FEWEST_DIGITS
    while 10**digits < ROOM * count:
        digits += 1
    return digits
