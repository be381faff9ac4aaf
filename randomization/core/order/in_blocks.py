"""Rules that name an arm from its place in its block, and the order of the blocks' sizes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .copying import NOTHING, loosely, sharing, strictly
from .judged import Judged
from .places import StratumOrder


def sorted_in_blocks(judged: Judged) -> float | None:
    """Each block, given or to be seen, has the arms in one order: all of the first, then all of the next.

    In each stratum this may end somewhere, as with a cut block: half is staked on that.
    """
    order_of_arms = tuple(dict.fromkeys(judged.strata[0].arms))
    if len(order_of_arms) < judged.arms:
        return NOTHING
    won = -math.log(math.factorial(judged.arms))
    for order, found in judged.pairs:
        sizes, end = _sorted_blocks(order, order_of_arms, judged)
        most = len(order.arms) // judged.design.unit
        won -= found.cumulative[end] + (0.0 if order.blocked else _sizes_of(sizes))
        won -= math.log(2) + (math.log(most + 1) if end < most * judged.design.unit else 0.0)
    return won


def _sorted_blocks(
    order: StratumOrder, order_of_arms: Sequence[int], judged: Judged
) -> tuple[list[int], int]:
    """The sizes of the first blocks that are whole and sorted, in multiples of the ratio; their end."""
    given = list(map(len, order.runs_of_blocks())) if order.blocked else None
    sizes: list[int] = []
    shares, begin = [judged.design.arms[arm].share for arm in order_of_arms], 0
    while begin < len(order.arms):
        times, over = (
            divmod(given[len(sizes)], sum(shares)) if given else _times(order.arms[begin:], shares[0])
        )
        whole = [arm for arm, share in zip(order_of_arms, shares, strict=True) for _ in range(share * times)]
        end = begin + len(whole)
        if not times or over or list(order.arms[begin:end]) != whole:
            break
        sizes.append(times)
        begin = end
    return sizes, begin


def _times(arms: Sequence[int], share: int) -> tuple[int, int]:
    """The size of a sorted block that begins here, by its first run, and what is over."""
    return divmod(next((n for n, arm in enumerate(arms) if arm != arms[0]), len(arms)), share)


def _sizes_of(sizes: Sequence[int]) -> float:
    """What it costs to name these sizes: half is staked on equal ones, and on each greater half as much."""
    if len(set(sizes)) == 1:
        return (1 + sizes[0]) * math.log(2)
    return (1 + sum(sizes)) * math.log(2)


def one_pattern(judged: Judged) -> float | None:
    """All blocks of one size have one and the same order."""
    if not judged.blocked:
        return None
    named = list(_as_the_last_block(judged))
    return sum(strictly(o.arms, found, name) for (o, found), name in zip(judged.pairs, named, strict=True))


def patterns_again(judged: Judged) -> float | None:
    """In some strata blocks have the order of the last block of their size; errors are allowed."""
    if not judged.blocked:
        return None
    named = list(_as_the_last_block(judged))
    return sharing(loosely(o.arms, found, name) for (o, found), name in zip(judged.pairs, named, strict=True))


def _as_the_last_block(judged: Judged) -> Iterator[list[int | None]]:
    """At each place of each stratum the arm at that place of the last block of this size, wherever it was."""
    last: dict[int, tuple[int, ...]] = {}
    for order in judged.strata:
        named: list[int | None] = []
        for block in order.runs_of_blocks():
            named += last.get(len(block), (None,) * len(block))
            last[len(block)] = block
        yield named


def sizes_sorted(judged: Judged) -> float | None:
    """The blocks' sizes rise, or fall, in every stratum: all orders of the sizes are equally likely.

    The last block is not looked at: it may have been cut. A reserve has sizes of its own; then none are.
    """
    if not judged.blocked or any(stratum.reserve for stratum in judged.design.strata):
        return None
    sizes = [list(map(len, order.runs_of_blocks()))[:-1] for order in judged.strata]
    rising = all(one <= other for row in sizes for one, other in pairwise(row))
    falling = all(one >= other for row in sizes for one, other in pairwise(row))
    return sum(map(_orders, sizes)) - math.log(2) if rising or falling else NOTHING


def _orders(sizes: Sequence[int]) -> float:
    """The logarithm of the number of orders that these sizes have."""
    return math.lgamma(len(sizes) + 1) - sum(math.lgamma(n + 1) for n in Counter(sizes).values())
