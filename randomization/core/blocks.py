"""Permuted blocks of fixed or random sizes that sum to the target exactly.

Blocks cut at the target leave it unbalanced one time in three (36 places, blocks of 3, 6 and 9).
Here the sequence of sizes is drawn from all the sequences that fit, each equally likely: 927 for
that case. Within a block every distinct order is equally likely.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .design import Allocation, Design, DesignFault, StratumSize
from .stream import Stream

LONGEST_EXACT_STRATUM = 30_000
"""Envelopes of one stratum; the count of sequences beyond it has thousands of digits and fills the memory."""


def check(design: Design) -> None:
    """Raise DesignFault if no list of permuted blocks can have this design."""
    _check_sizes(design)
    for stratum in design.strata:
        for part in (stratum.target, stratum.reserve):
            _check_sum(design, stratum.key, part)


def allocate(design: Design, stratum: StratumSize, seed: bytes) -> Iterator[Allocation]:
    """The allocations of one stratum: those of the target, then those of the reserve."""
    position = block = 0
    for part, total in (("target", stratum.target), ("reserve", stratum.reserve)):
        sizes = draw_sizes(total, design.block_sizes, Stream(seed, "blocks", part, stratum.key))
        order = Stream(seed, "order", part, stratum.key)
        for size in sizes:
            block += 1
            for arm in order.shuffled(_filling(design, size)):
                position += 1
                yield Allocation(stratum.key, position, arm, block)


def draw_sizes(total: int, sizes: tuple[int, ...], stream: Stream) -> list[int]:
    """A sequence of block sizes that sums to `total`, every such sequence equally likely.

    One draw chooses the rank of the sequence among all of them, ordered as dictionaries order words
    with smaller sizes first; the sequence is then read off the counts.
    """
    counts = sequences(total, sizes)
    rank = stream.below(counts[total])
    chosen: list[int] = []
    while total:
        for size in sorted(sizes):
            below = counts[total - size] if size <= total else 0
            if rank < below:
                break
            rank -= below
        chosen.append(size)
        total -= size
    return chosen


@lru_cache(maxsize=8)
def sequences(total: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """For every n up to `total`, how many sequences of block sizes sum to n; 1 for n = 0."""
    counts = [1] + [0] * total
    for n in range(1, total + 1):
        counts[n] = sum(counts[n - size] for size in sizes if size <= n)
    return tuple(counts)


def _filling(design: Design, size: int) -> list[str]:
    return [arm.code for arm in design.arms for _ in range(arm.share * size // design.unit)]


def _check_sizes(design: Design) -> None:
    if not design.block_sizes:
        raise DesignFault("block_sizes is empty. Give at least one size.")
    if len(set(design.block_sizes)) != len(design.block_sizes):
        raise DesignFault("block_sizes names a size twice. Name each size once.")
    for size in design.block_sizes:
        if size < 1 or size % design.unit:
            raise DesignFault(
                f"block_sizes has {size}, which is no multiple of {design.unit}, the sum of the ratio. "
                f"Use sizes such as {design.unit}, {2 * design.unit} or {3 * design.unit}."
            )


def _check_sum(design: Design, stratum: str, total: int) -> None:
    if total > LONGEST_EXACT_STRATUM:
        raise DesignFault(
            f"Stratum {stratum} asks for {total} envelopes; at most {LONGEST_EXACT_STRATUM} fit."
        )
    if not sequences(total, design.block_sizes)[total]:
        raise DesignFault(
            f"No blocks of {', '.join(map(str, design.block_sizes))} sum to the {total} envelopes of stratum "
            f"{stratum}. Change the target or the block sizes."
        )
