"""What a bet on one slip alone could win of a file without blocks, if all were staked on it as it is.

No rule can win more without winning too much elsewhere; where this is too little, nobody can notice the slip.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from randomization.core.design import Design
from randomization.core.order.judged import Judged
from randomization.core.order.nearly import orders_as_near
from randomization.core.order.passages import LEADS, Passages, passages_in
from randomization.core.order.within import orders_of_a_block

Best = Callable[[Judged, Design], float]


def _near(arms: Sequence[int], width: int, exchanges: int) -> float:
    counts = Counter(arms)
    return orders_as_near(tuple(sorted(counts[arm] for arm in range(width))), 2 * exchanges)


def _pairs(judged: Judged) -> float:
    return math.log(math.comb(len(judged.strata), 2))


def _two(places: Callable[[int], int], exchanges: int = 0) -> Best:
    """One stratum as another one for so many places; the stratum whose bet wins most is taken."""

    def best(judged: Judged, design: Design) -> float:
        won = (
            -found.cumulative[places(len(order.arms))]
            - (_near(order.arms, judged.arms, exchanges) if exchanges else 0.0)
            for order, found in judged.pairs
        )
        return max(won) - _pairs(judged)

    return best


def _shifted(judged: Judged, design: Design) -> float:
    shifts = len(judged.strata[0].arms) // judged.design.unit - 1
    return max(-found.whole for found in judged.chances) - _pairs(judged) - math.log(2 * shifts)


def _but_for(exchanges: int, named: Callable[[Judged, Design], float]) -> Best:
    def best(judged: Judged, design: Design) -> float:
        near = (_near(order.arms, judged.arms, exchanges) for order in judged.strata)
        return -sum(found.whole for found in judged.chances) - sum(near) - named(judged, design)

    return best


def _orders_of_arms(judged: Judged, design: Design) -> float:
    return math.log(math.factorial(judged.arms))


def _shortest_block(judged: Judged, design: Design) -> float:
    times = min(design.block_sizes, default=design.unit * 2) // design.unit
    return orders_of_a_block(judged, times)


def _long_runs(judged: Judged, design: Design) -> float:
    won = -sum(found.whole for found in judged.chances) - len(judged.strata) * math.log(judged.arms)
    for order in judged.strata:
        for before, arm in pairwise(order.arms):
            won += math.log(0.8) if before == arm else math.log(0.2 / (judged.arms - 1))
    return won


def _first(rows: int) -> Best:
    return lambda judged, design: (
        -sum(found.cumulative[min(rows, len(found.free))] for found in judged.chances)
    )


def _alike(copies: int, ways: Callable[[int], int]) -> Best:
    """So many strata have the order of another one; the groups are not known."""

    def best(judged: Judged, design: Design) -> float:
        rare = sorted((-found.whole for found in judged.chances), reverse=True)
        return sum(rare[:copies]) - math.log(ways(len(judged.strata)))

    return best


def _turned(judged: Judged, design: Design) -> float:
    return -sum(found.whole for found in judged.chances[1:])


def _from(share: Fraction) -> Best:
    """In each stratum what follows from there on to its end comes from elsewhere."""

    def best(judged: Judged, design: Design) -> float:
        return sum(
            _rarest(one, int(len(one.arms) * share / one.unit) * one.unit) for one in passages_in(judged)
        )

    return best


def _second_half(judged: Judged, design: Design) -> float:
    return sum(_rarest(one, len(one.arms) // 2) for one in passages_in(judged))


def _rarest(one: Passages, start: int) -> float:
    """A place before the passage where all may have begun anew is chosen as if it were known."""
    leads = [lead for lead, _ in LEADS if one.may_begin(start, lead)]
    return max(one.rare(start, len(one.arms) - start, lead) for lead in leads)


def _to(share: Fraction) -> Best:
    return lambda judged, design: (
        -sum(
            found.cumulative[len(order.arms) - int(len(order.arms) * share / design.unit) * design.unit]
            for order, found in judged.pairs
        )
    )


AT_BEST: dict[str, Best] = {
    "two strata identical": _two(lambda places: places),
    "a stratum that begins as another, for five sixths": _two(lambda places: places * 5 // 6),
    "two strata identical but for an exchange": _two(lambda places: places, 1),
    "a stratum that is another one shifted by a block": _shifted,
    "sorted by arm but for one exchange": _but_for(1, _orders_of_arms),
    "sorted by arm but for two exchanges": _but_for(2, _orders_of_arms),
    "sorted by arm but for four exchanges": _but_for(4, _orders_of_arms),
    "one block again and again but for one exchange": _but_for(1, _shortest_block),
    "long runs, each place stays with 0.8": _long_runs,
    "an earlier list but for one exchange": _but_for(1, lambda judged, design: 0.0),
    "an earlier list but for three exchanges": _but_for(3, lambda judged, design: 0.0),
    "the first 10 rows of an earlier list, then new": _first(10),
    "the first 12 rows of an earlier list, then new": _first(12),
    "the first 18 rows of an earlier list, then new": _first(18),
    "three strata identical": _alike(2, lambda strata: math.comb(strata, 3)),
    "two pairs of identical strata": _alike(2, lambda strata: 3 * math.comb(strata, 4)),
    "all strata identical but for one exchange": _alike(2, lambda strata: strata),
    "each stratum rotated by a block": _turned,
    "half new, then an earlier list from its first place": _from(Fraction(1, 2)),
    "half new, then the rest of an earlier list": _from(Fraction(1, 2)),
    "a third new, then the rest of an earlier list": _from(Fraction(1, 3)),
    "the second half of an earlier list, then new": _to(Fraction(1, 2)),
    "the second half a copy of the first": _second_half,
    "the second half a mirror of the first": _second_half,
}
"""The logarithm of what is won at best, by kind."""
