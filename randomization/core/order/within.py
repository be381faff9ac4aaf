"""Rules that name an arm from what stands before it in its own stratum."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, pairwise, repeat

from .chances import Chances
from .copying import NOTHING, loosely, sharing, strictly, total
from .judged import Judged
from .places import NO_ARM, StratumOrder

LONGEST_PERIOD = 200


def sorted_by_arm(judged: Judged) -> float | None:
    """Each stratum has one run of each arm, in one order of the arms or in an order of its own."""
    orders = {tuple(dict.fromkeys(order.arms)) for order in judged.strata}
    if any(len(list(groupby(order.arms))) != len(set(order.arms)) for order in judged.strata):
        return NOTHING
    won = -sum(found.whole + lengths(order, judged) for order, found in judged.pairs)
    ways = 1 if len(orders) == 1 else len(judged.strata)
    return won - ways * math.log(math.factorial(judged.arms)) - math.log(2)


def lengths(order: StratumOrder, judged: Judged) -> float:
    """What it costs to name how long the runs are.

    Half is staked on the ratio, a quarter on all lengths alike, a quarter by their chance under the ratio.
    """
    counts, unit, places = Counter(order.arms), judged.design.unit, len(order.arms)
    shares = list(enumerate(judged.design.arms))
    if all(counts[n] * unit == places * arm.share for n, arm in shares):
        return math.log(2)
    alike = -math.log(math.comb(places + judged.arms - 1, judged.arms - 1))
    drawn = sum(counts[n] * math.log(arm.share / unit) - math.lgamma(counts[n] + 1) for n, arm in shares)
    return math.log(4) - total((alike, drawn + math.lgamma(places + 1)))


def with_a_period(judged: Judged) -> float | None:
    """Every stratum repeats itself from its first place on, with one period.

    Half is staked on a period of whole blocks: a block with the ratio, again and again.
    """
    longest = min(LONGEST_PERIOD, max(len(order.arms) for order in judged.strata) // 2)
    return max((_again(judged, period) for period in range(1, longest + 1)), default=NOTHING)


def _again(judged: Judged, period: int) -> float:
    times, over = divmod(period, judged.design.unit)
    if over:
        named = [_before(order.arms, period) for order in judged.strata]
        stake = math.log(2 * period * (period + 1))
    else:
        named = [_in_a_block(order.arms, period, judged) for order in judged.strata]
        stake = (1 + times) * math.log(2) + orders_of_a_block(judged, times) * len(judged.strata)
    pairs = zip(judged.pairs, named, strict=True)
    return sum(strictly(order.arms, found, name) for (order, found), name in pairs) - stake


def _in_a_block(arms: Sequence[int], period: int, judged: Judged) -> Iterator[int | None]:
    """The first places as they are, which are staked on as a block; then each as a period before.

    No arm where they are no block.
    """
    first = arms[:period]
    whole = all(
        first.count(n) * judged.design.unit == period * arm.share for n, arm in enumerate(judged.design.arms)
    )
    return chain(first, arms) if whole else repeat(NO_ARM)


def orders_of_a_block(judged: Judged, times: int) -> float:
    """The logarithm of how many orders a block has."""
    shares = [arm.share * times for arm in judged.design.arms]
    return math.lgamma(sum(shares) + 1) - sum(math.lgamma(share + 1) for share in shares)


def with_periods(judged: Judged) -> float | None:
    """Some strata repeat themselves with a period of their own; errors are allowed. Period 1 is long runs."""
    return sharing(_best_period(order, found) for order, found in judged.pairs)


def _best_period(order: StratumOrder, found: Chances) -> float:
    longest = min(LONGEST_PERIOD, len(order.arms) // 2)
    won = (
        loosely(order.arms, found, _before(order.arms, period)) - math.log(period * (period + 1))
        for period in range(1, longest + 1)
    )
    return max(won, default=NOTHING)


def _before(arms: Sequence[int], period: int) -> Iterator[int | None]:
    """At each place the arm that stands a period before it."""
    return chain(repeat(None, period), arms)


def never_twice(judged: Judged) -> float | None:
    """No arm ever stands twice in a row; the others are drawn by the ratio."""
    shares = [arm.share for arm in judged.design.arms]
    won = 0.0
    for order, found in judged.pairs:
        if any(one == other for one, other in pairwise(order.arms)):
            return NOTHING
        won += math.log(shares[order.arms[0]] / sum(shares)) - found.whole
        won += sum(
            math.log(shares[arm] / (sum(shares) - shares[before])) for before, arm in pairwise(order.arms)
        )
    return won
