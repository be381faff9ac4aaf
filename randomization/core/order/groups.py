"""The chance that so many strata have the order of another one, in any groups, as it is or turned.

Strata that are alike are one group. In how many ways S strata can be grouped with t copies, Stirling's
numbers of the second kind say. For each way the chance is the product of those of the copies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate

from .begun import agreement
from .chances import Chances
from .copying import NOTHING, total
from .judged import Judged
from .places import StratumOrder

MOST_STRATA = 60
"""So many of the first strata are compared."""


def strata_alike_in_groups(judged: Judged) -> float | None:
    """Some strata, or all, have the whole order of another one."""
    if len(judged.strata) < 2:
        return None
    orders, chances = judged.strata[:MOST_STRATA], judged.chances[:MOST_STRATA]
    leaders: list[StratumOrder] = []
    copies: list[float] = []
    for order, found in zip(orders, chances, strict=True):
        agreed = (min(len(order.arms), len(one.arms)) for one in leaders if _same(order, one))
        most = next(agreed, 0)
        if most:
            copies.append(-found.cumulative[most])
        else:
            leaders.append(order)
    if not copies:
        return NOTHING
    if len({len(order.arms) for order in orders}) == 1 and all(map(_in_known_blocks, orders, chances)):
        return -_so_many([found.whole for found in chances], len(copies))
    return in_groups(copies, len(orders))


def all_alike(judged: Judged) -> bool:
    """Whether every stratum has the order of the first, as far as the shorter of both goes."""
    return all(_same(order, judged.strata[0]) for order in judged.strata)


def _same(order: StratumOrder, other: StratumOrder) -> bool:
    most = min(len(order.arms), len(other.arms))
    return order.arms[:most] == other.arms[:most]


def _in_known_blocks(order: StratumOrder, found: Chances) -> bool:
    """Whether every order of the stratum has at most this chance."""
    return order.blocked and found.even


def _so_many(chances: Sequence[float], copies: int) -> float:
    """The logarithm of the chance that at least so many strata have the order of one before them.

    Stratum by stratum: it is new, or has the order of one of the groups.
    """
    groups = [0.0]
    for chance in chances[1:]:
        copied = [found + chance + math.log(n + 1) for n, found in enumerate(groups)]
        groups = list(map(_sum, [*copied, NOTHING], [NOTHING, *groups]))
    return min(0.0, groups[len(chances) - copies - 1])


def _sum(one: float, other: float) -> float:
    return total((one, other))


def in_groups(copies: Sequence[float], strata: int) -> float:
    """The rarest number t of copies among those found. 1 and 2 have a part each, others 1 / (t - 1) of it."""
    whole = math.log(sum(1 / max(1, t - 1) for t in range(1, strata)))
    won = accumulate(sorted(copies, reverse=True))
    return max(
        (found - _ways(strata, t) - whole - math.log(max(1, t - 1)) for t, found in enumerate(won, 1)),
        default=NOTHING,
    )


def _ways(strata: int, copies: int) -> float:
    """The logarithm of Stirling's number of the second kind: the groups of strata with so many copies."""
    row = [1]
    for _ in range(strata - 1):
        row = [n * copied + new for n, (copied, new) in enumerate(zip([*row, 0], [0, *row], strict=True), 1)]
    return math.log(row[strata - copies - 1])


def strata_begun_alike(judged: Judged) -> float | None:
    """Some strata, or all, begin as another one does, for at least so many places."""
    if len(judged.strata) < 2:
        return None
    orders = judged.strata[:MOST_STRATA]
    agreed = [[agreement(order.arms, one.arms) for one in orders[:n]] for n, order in enumerate(orders)]
    lengths = {agree for row in agreed for agree, _ in row if agree}
    won = (in_groups([*_copies(judged, agreed, length)], len(orders)) for length in lengths)
    return max(won, default=NOTHING)


def _copies(judged: Judged, agreed: Sequence[Sequence[tuple[int, int]]], length: int) -> Iterator[float]:
    """What each stratum has that agrees with a leader for so many places, or to the end of the shorter."""
    leaders = set[int]()
    for n, row in enumerate(agreed):
        ends = (
            min(length, most)
            for one, (agree, most) in enumerate(row)
            if one in leaders and agree >= min(length, most)
        )
        if end := next(ends, 0):
            yield -judged.chances[n].cumulative[end]
        else:
            leaders.add(n)


def strata_turned(judged: Judged) -> float | None:
    """Strata have the order of another one turned by whole blocks; or each is the one before it, turned."""
    if len(judged.strata) < 2:
        return None
    orders = judged.strata[:MOST_STRATA]
    turns = [turns_of(order, judged.design.unit) for order in orders]
    return max(_turned_in_groups(judged, turns), _in_turn(judged, turns)) - math.log(2)


def turns_of(order: StratumOrder, unit: int) -> list[int]:
    """By how many places an order can be turned: whole blocks; without known ones multiples of the ratio."""
    if order.blocked:
        return [*accumulate(map(len, order.runs_of_blocks()))][:-1]
    return [*range(unit, len(order.arms), unit)]


def _turned_in_groups(judged: Judged, turns: Sequence[Sequence[int]]) -> float:
    ways = math.log(max(map(len, turns)) + 1)
    known: dict[tuple[int, ...], None] = {}
    copies = []
    for order, found, own in zip(judged.strata, judged.chances, turns, strict=False):
        if order.arms in known:
            copies.append(-found.whole - ways)
        else:
            known.update(dict.fromkeys(order.arms[by:] + order.arms[:by] for by in [0, *own]))
    return in_groups(copies, len(turns))


def _in_turn(judged: Judged, turns: Sequence[Sequence[int]]) -> float:
    """Each stratum is the one before it, turned by as many places: all of it, or up to the turned end."""
    tried = sorted({by for own in turns[:-1] for by in own})
    won = (_turned_by(judged, by, go_round) for by in tried for go_round in (True, False))
    return max(won, default=NOTHING) - math.log(2 * len(tried) or 1)


def _turned_by(judged: Judged, by: int, go_round: bool) -> float:
    won = 0.0
    for before, (order, found) in zip(judged.strata[:MOST_STRATA], [*judged.pairs][1:], strict=False):
        turned = before.arms[by:] + (before.arms[:by] if go_round else ())
        agree, most = agreement(order.arms, turned)
        if agree < most:
            return NOTHING
        won -= found.cumulative[most]
    return won
