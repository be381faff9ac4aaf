"""Sizes of a list that can be right and seldom are, by the target of the trial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trial.core.doubts import Doubt, spelled
from trial.core.sentences import Sentence

BLOCKS, FIRST = "block_sizes", "first_number"
MOST_UNITS = 6
"""A block of more than six times the ratio's sum is a slip or a design of its own."""
MOST_FIRST = 99_999
"""Where a count that somebody wrote begins at most, without a question."""


def confirmable(strata: Iterable[str]) -> set[str]:
    """The names under which sizes of a list are confirmed."""
    return {*strata, BLOCKS, FIRST}


def doubtful_sizes(sizes: Mapping[str, int], target: int) -> tuple[Doubt, ...]:
    """Doubts about strata with far more places than the trial has participants.

    The only stratum may have twice the target; of several each may have the whole. A short list is not
    asked about: when it is used up, screening says so, and a reserve can be made.
    """
    most = 2 * target if len(sizes) == 1 else target
    return tuple(
        _doubt(
            key,
            size,
            Sentence(
                "Envelopes of stratum %(stratum)s: %(size)s. The trial’s target is %(target)s. Is it right?",
                stratum=key,
                size=size,
                target=target,
            ),
        )
        for key, size in sizes.items()
        if size > most
    )


def doubtful_blocks(block_sizes: Iterable[int], unit: int, field: str = BLOCKS) -> tuple[Doubt, ...]:
    """A doubt about the largest block, where it is many times the sum of the ratio."""
    largest = max(block_sizes, default=0)
    if largest <= MOST_UNITS * unit:
        return ()
    asks = Sentence(
        "A block of %(size)s, where the ratio adds up to %(unit)s. Is it right?", size=largest, unit=unit
    )
    return (_doubt(field, largest, asks),)


def doubtful_first(first_number: int | None) -> tuple[Doubt, ...]:
    """A doubt about a count that begins very high."""
    if first_number is None or first_number <= MOST_FIRST:
        return ()
    asks = Sentence("The file’s count begins at %(first)s. Is it right?", first=first_number)
    return (_doubt(FIRST, first_number, asks),)


def _doubt(field: str, value: int, asks: Sentence) -> Doubt:
    return Doubt(field, spelled(value), asks, Sentence("Yes, %(value)s is right.", value=value))
