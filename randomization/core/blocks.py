"""Permuted blocks of fixed or random sizes, that sum to the target exactly or are cut at it.

Blocks cut at the target leave it unbalanced one time in three (36 places, blocks of 3, 6 and 9).
So the default draws the sequence of sizes from all the sequences that fit, each equally likely: 927
for that case. Within a block every distinct order is equally likely.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from .design import PARTS, Design, DesignFault, StratumSize
from .drawing import Draws, Place, Source

LONGEST_BLOCK = 10_000
"""Places of one block; a longer one is `one_block`, which is drawn place by place."""
MOST_SIZES = 100
LONGEST_RUN = 30_000
"""Places whose sizes are drawn at once; the counts of sequences beyond it would fill the memory."""


def check(design: Design) -> None:
    """Raise DesignFault if no list of permuted blocks can have this design."""
    _check_sizes(design)
    for stratum in design.strata:
        for name, total in stratum.parts:
            if design.exact:
                _check_sum(design, stratum.key, name, total)


def places(design: Design, stratum: StratumSize, source: Source) -> Iterator[Place]:
    """The places of one stratum: those of the target, then those of the reserve, in blocks of its own."""
    draw, block = draw_sizes if design.exact else cut_sizes, 0
    fillings = {size: _filling(design, size) for size in design.block_sizes}
    for part, total in stratum.parts:
        order = source("order", part, stratum.key)
        for size in draw(total, design.block_sizes, source("blocks", part, stratum.key)):
            block += 1
            arms = order.shuffled(fillings[size])
            for arm, likeliest in zip(arms[:total], likeliest_in(arms), strict=False):
                yield arm, block, likeliest
            total -= size


def draw_sizes(total: int, sizes: tuple[int, ...], draws: Draws) -> Iterator[int]:
    """A sequence of block sizes that sums to `total`, every such sequence equally likely.

    One draw chooses the rank of the sequence among all of them, ordered as dictionaries order words
    with smaller sizes first; the sequence is then read off the counts. A total beyond LONGEST_RUN is
    made of runs, one after the other, each in this way: see `runs`.
    """
    ordered = sorted(sizes)
    for run in runs(total, sizes):
        counts = sequences(run, sizes)
        rank = draws.below(counts[run])
        while run:
            for size in ordered:
                below = counts[run - size] if size <= run else 0
                if rank < below:
                    break
                rank -= below
            yield size
            run -= size


def cut_sizes(total: int, sizes: tuple[int, ...], draws: Draws) -> Iterator[int]:
    """Sizes drawn one by one, each equally likely, until they reach `total`; the last may go beyond it."""
    ordered = sorted(sizes)
    while total > 0:
        size = ordered[draws.below(len(ordered))]
        yield size
        total -= size


def runs(total: int, sizes: tuple[int, ...]) -> list[int]:
    """`total` as it stands, or, beyond LONGEST_RUN, in runs of equal length with a longer one at the end.

    A run has the greatest multiple of the sizes' least common multiple up to half of LONGEST_RUN;
    the last has that and what is left over. Raises DesignFault if the multiple itself is too great.
    """
    if total <= LONGEST_RUN:
        return [total]
    multiple = math.lcm(*sizes)
    length = LONGEST_RUN // 2 // multiple * multiple
    if not length:
        raise DesignFault(
            "block_sizes have the least common multiple %(multiple)s, too great for %(total)s "
            "envelopes. Use sizes that fit each other better, or exact = false.",
            multiple=multiple,
            total=total,
        )
    count = total // length
    return [length] * (count - 1) + [total - length * (count - 1)]


@lru_cache(maxsize=8)
def sequences(total: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """For every n up to `total`, how many sequences of block sizes sum to n; 1 for n = 0."""
    counts = [1] + [0] * total
    for n in range(1, total + 1):
        counts[n] = sum(counts[n - size] for size in sizes if size <= n)
    return tuple(counts)


def _filling(design: Design, size: int) -> list[int]:
    return [index for index, arm in enumerate(design.arms) for _ in range(arm.share * size // design.unit)]


def likeliest_in(arms: Sequence[int]) -> list[float]:
    """At each place of a block, the chance of the arm of which most is left: 1.0 where one arm is left."""
    left, most, chances = [0] * (max(arms) + 1), 0, []
    for places, arm in enumerate(reversed(arms), 1):
        left[arm] += 1
        if left[arm] > most:
            most = left[arm]
        chances.append(most / places)
    chances.reverse()
    return chances


def _check_sizes(design: Design) -> None:
    if not design.block_sizes:
        raise DesignFault("block_sizes is empty. Give at least one size.")
    if len(set(design.block_sizes)) != len(design.block_sizes):
        raise DesignFault("block_sizes names a size twice. Name each size once.")
    if len(design.block_sizes) > MOST_SIZES:
        raise DesignFault(
            "block_sizes has %(count)s sizes. Give %(most)s at most.",
            count=len(design.block_sizes),
            most=MOST_SIZES,
        )
    for size in design.block_sizes:
        if size > LONGEST_BLOCK:
            raise DesignFault(
                'block_sizes has %(size)s. A block has %(most)s places at most; method = "one_block" '
                "makes one block of the whole.",
                size=f"{size:,}",
                most=f"{LONGEST_BLOCK:,}",
            )
        if size < 1 or size % design.unit:
            raise DesignFault(
                "block_sizes has %(size)s, which is no multiple of %(unit)s, the sum of the ratio. "
                "Use sizes such as %(first)s, %(second)s or %(third)s.",
                size=size,
                unit=design.unit,
                first=design.unit,
                second=2 * design.unit,
                third=3 * design.unit,
            )


def _check_sum(design: Design, stratum: str, part: str, total: int) -> None:
    last = runs(total, design.block_sizes)[-1]
    if not sequences(last, design.block_sizes)[last]:
        raise DesignFault(
            "No blocks of %(sizes)s sum to the %(total)s envelopes of stratum %(stratum)s "
            "(%(part)s). Change the target or the block sizes, or let the last block be cut with "
            "exact = false.",
            sizes=", ".join(map(str, design.block_sizes)),
            total=total,
            stratum=stratum,
            part=PARTS[part],
        )
