"""An order that is nearly a known one: how many orders lie as near, and what betting on all of them wins.

Two orders differ at some places. Where two places of an order were exchanged they differ at two, and every
arm still comes as often as before. Of a known order, a part is staked on orders in which every arm comes as
often, the rest on any; and in each on every number of places that differ, by fixed parts.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from operator import ne

from .chances import Chances
from .copying import NOTHING, total

MOST_ERRORS = 8
"""Places that may differ: four exchanges."""
FEW_ARMS = 4
"""Up to so many arms the orders in which each arm comes as often are counted."""


@dataclass(frozen=True)
class Split:
    """What is staked on each number of differing places: where every arm comes as often, and on any order.

    Two places differ by an exchange. `part` is that of the former; each tuple adds up to 1.
    """

    part: float
    as_often: tuple[float, ...]
    others: tuple[float, ...]


OTHERS = (0.2, 0.25, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05)
EVENLY = Split(0.5, (0.2, 0.0, 0.3, 0.05, 0.2, 0.0, 0.15, 0.0, 0.1), OTHERS)
EXCHANGED = Split(0.85, (0.12, 0.0, 0.5, 0.05, 0.18, 0.0, 0.1, 0.0, 0.05), OTHERS)
"""Where other rules bet on the very order: mostly exchanges."""


def nearly(
    arms: Sequence[int], found: Chances, known: Sequence[int], width: int, split: Split = EVENLY
) -> float:
    """What is won by a bet on orders near the known one, as far as the shorter of both goes; a logarithm."""
    most = min(len(arms), len(known))
    errors = sum(map(ne, arms[:most], known))
    if errors > MOST_ERRORS or not most:
        return NOTHING
    others = width - 1 if min(known[:most]) >= 0 else width
    staked = [math.log(split.others[errors] * (1 - split.part)) - _any_orders(most, errors, others)]
    before, after = (Counter(order[:most]) for order in (known, arms))
    if split.as_often[errors] and width <= FEW_ARMS and before == after:
        counts = tuple(sorted(before[arm] for arm in range(width)))
        part = math.log(split.as_often[errors] * split.part)
        staked.append(part - orders_as_near(counts, errors))
    return total(staked) - found.cumulative[most]


def _any_orders(places: int, errors: int, others: int) -> float:
    """The logarithm of how many orders differ at just so many places, with so many other arms at each."""
    return math.log(math.comb(places, errors)) + errors * math.log(max(1, others))


@cache
def orders_as_near(counts: tuple[int, ...], errors: int) -> float:
    """The logarithm of how many orders differ at just so many places and have each arm as often.

    Arm by arm: of the places of one arm, how many go to each other arm. In the end every arm has as many.
    """
    arms = range(len(counts))
    found: dict[tuple[tuple[int, ...], int], int] = {((0,) * len(counts), 0): 1}
    for arm, count in enumerate(counts):
        following: defaultdict[tuple[tuple[int, ...], int], int] = defaultdict(int)
        moved = [given for given in product(range(errors + 1), repeat=len(counts)) if not given[arm]]
        for given in moved:
            if (gone := sum(given)) > min(errors, count):
                continue
            ways = _multinomial(count, given)
            for (surplus, so_far), number in found.items():
                if so_far + gone <= errors:
                    more = tuple(surplus[n] + given[n] - (gone if n == arm else 0) for n in arms)
                    following[more, so_far + gone] += number * ways
        found = following
    return math.log(found.get(((0,) * len(counts), errors), 0) or 1)


def _multinomial(count: int, given: Sequence[int]) -> int:
    """In how many ways so many of the places go to each other arm."""
    ways, left = 1, count
    for number in given:
        ways *= math.comb(left, number)
        left -= number
    return ways
