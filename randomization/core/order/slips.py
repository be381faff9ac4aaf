"""Rules for an order that is nearly sorted, nearly repeats itself, or seldom changes its arm."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from .chances import Chances
from .copying import NOTHING, sharing, total
from .judged import Judged
from .nearly import EXCHANGED, FEW_ARMS, MOST_ERRORS, nearly
from .pairs import copied
from .places import Earlier, StratumOrder
from .within import lengths, orders_of_a_block

LONGEST_PERIOD = 24
"""Places after which an order may nearly repeat itself."""
FEWEST_TIMES = 3
"""So many times at least: of two that differ nobody sees which one was meant."""
STAYS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.96)
"""Chances with which the arm stays the same; each has one part of the stake."""
A_BLOCK = 0.8
"""Of what is staked on a part that nearly comes again, so much is staked on a whole block."""
WHOLE, BEGINNING, NEARLY = 0.15, 0.15, 0.7


def _in_strata(won: list[float]) -> float:
    """Of several strata, half is staked on all of them; of the rest half is kept in each."""
    return won[0] if len(won) == 1 else total((sum(won), sharing(won))) - math.log(2)


def nearly_sorted(judged: Judged) -> float | None:
    """Each stratum, or some, are sorted by arm but for a few places. All orders of the arms stake alike."""
    return _in_strata([_nearly_sorted(order, found, judged) for order, found in judged.pairs])


def _nearly_sorted(order: StratumOrder, found: Chances, judged: Judged) -> float:
    counts = Counter(order.arms)
    names = list(_orders_of_arms(order.arms, judged.arms))
    won = (
        nearly(order.arms, found, [arm for arm in name for _ in range(counts[arm])], judged.arms)
        for name in names
    )
    return total(won) - lengths(order, judged) - math.log(math.factorial(judged.arms))


def _orders_of_arms(arms: Sequence[int], width: int) -> Iterator[Sequence[int]]:
    """All orders of the arms; of many arms the one in which they come first, and by their mean place."""
    if width <= FEW_ARMS:
        yield from permutations(range(width))
        return
    places = {arm: [n for n, other in enumerate(arms) if other == arm] for arm in set(arms)}
    yield sorted(places, key=lambda arm: sum(places[arm]) / len(places[arm]))


def nearly_with_a_period(judged: Judged) -> float | None:
    """Each stratum, or some, repeat a few places again and again but for a few places."""
    return _in_strata([_nearly_repeated(order, found, judged) for order, found in judged.pairs])


def _nearly_repeated(order: StratumOrder, found: Chances, judged: Judged) -> float:
    longest = min(LONGEST_PERIOD, len(order.arms) // FEWEST_TIMES)
    return total(_repeated(order.arms, found, period, judged) for period in range(1, longest + 1))


def _repeated(arms: Sequence[int], found: Chances, period: int, judged: Judged) -> float:
    """The part that comes again is the one that stands there most often; it is paid for by its own chance."""
    often = [
        max((held.count(arm), arm) for arm in range(judged.arms))
        for held in (arms[place::period] for place in range(period))
    ]
    if len(arms) - sum(times for times, _ in often) > MOST_ERRORS:
        return NOTHING
    part = [arm for _, arm in often]
    repeated = (part * (len(arms) // period + 1))[: len(arms)]
    return nearly(arms, found, repeated, judged.arms, EXCHANGED) - _price(part, period, judged)


def _price(part: Sequence[int], period: int, judged: Judged) -> float:
    """Most is staked on a whole block, of any order, as in `with_a_period`; the rest on any, by the ratio."""
    times, over = divmod(period, judged.design.unit)
    counts = Counter(part)
    shares = [arm.share for arm in judged.design.arms]
    by_ratio = sum(math.log(shares[arm] / judged.design.unit) for arm in part)
    staked = [by_ratio - math.log(period * (period + 1)) + math.log(1 - A_BLOCK)]
    if not over and all(counts[n] == share * times for n, share in enumerate(shares)):
        staked.append(math.log(A_BLOCK) - times * math.log(2) - orders_of_a_block(judged, times))
    return -total(staked)


def seldom_changing(judged: Judged) -> float | None:
    """The arm stays the same more often than not, in all strata with one chance; each has a part."""
    shares = [arm.share for arm in judged.design.arms]
    stays = changes = 0
    won = 0.0
    for order, found in judged.pairs:
        if min(order.arms) < 0:
            return NOTHING
        won += math.log(shares[order.arms[0]] / sum(shares)) - found.whole
        for before, arm in pairwise(order.arms):
            if before == arm:
                stays += 1
            else:
                changes += 1
                won += math.log(shares[arm] / (sum(shares) - shares[before]))
    staked = (stays * math.log(stay) + changes * math.log(1 - stay) for stay in STAYS)
    return won + total(staked) - math.log(len(STAYS))


def an_earlier_list_nearly(judged: Judged) -> float | None:
    """In each stratum, or some, its order of an earlier list: all, a beginning of any length, or nearly."""
    if not judged.earlier:
        return None
    won = [_nearly_copied(judged, earlier) for earlier in judged.earlier]
    return total(won) - math.log(len(judged.earlier))


def _nearly_copied(judged: Judged, earlier: Earlier) -> float:
    parts = (WHOLE, BEGINNING, NEARLY)
    won = [
        copied(order.arms, source, found, judged.arms, parts)
        for order, found in judged.pairs
        if (source := earlier.get(order.key))
    ]
    return _in_strata(won) if won else NOTHING
