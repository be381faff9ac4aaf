"""How likely a passage is that begins somewhere in a stratum, whatever came before it.

At the end of a known block everything begins anew, and a method that draws place by place has its own chance
of what follows. In a file without blocks a place is taken where the ratio holds up to there: what is left
of any block is then in the ratio too, as in a new block of that size. So no blocks, whatever their
sizes, give what follows a greater chance than blocks of some sizes that begin there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from randomization.core.design import Design

from .chances import Chances, any_blocks, balanced, drawn_by_place, other_rows
from .places import StratumOrder


@dataclass(frozen=True, repr=False)
class Onward:
    """Where passages may begin in a stratum, and their chances there.

    `possible`: after how many places one may begin in some order of this design; `starts`: in this one.
    `chance(start, places)`: the logarithm of the greatest chance of these places, given those before.
    """

    possible: Sequence[int]
    starts: frozenset[int]
    chance: Callable[[int, int], float]


def onward_of(order: StratumOrder, design: Design, found: Chances) -> Onward:
    """Where passages may begin, but for the first place."""
    multiples = range(design.unit, len(order.arms), design.unit)
    if order.blocked:
        ends = [*accumulate(map(len, order.runs_of_blocks()))][:-1]
        return Onward(ends, frozenset(ends), _by_difference(found.cumulative))
    if drawn_by_place(design):
        return Onward(multiples, frozenset(multiples), _by_difference(found.cumulative))
    shares = [arm.share for arm in design.arms]
    starts = frozenset(balanced(order.arms, shares)) & {*multiples}
    return Onward(multiples, starts, _open(order, design, shares))


def _by_difference(cumulative: Sequence[float]) -> Callable[[int, int], float]:
    return lambda start, places: cumulative[start + places] - cumulative[start]


def _open(order: StratumOrder, design: Design, shares: Sequence[int]) -> Callable[[int, int], float]:
    """Without a known method, the greatest chance that any of them gives; each is computed when asked for."""
    begun: dict[int, Sequence[float]] = {}
    others: list[Sequence[float]] = []

    def chance(start: int, places: int) -> float:
        if start not in begun:
            others[:] = others or other_rows(order, design)
            begun[start] = any_blocks(order.arms[start:], shares)
        ends = start + places
        drawn = (row[ends] - row[start] for row in others if ends < len(row))
        return max(begun[start][places], max(drawn, default=begun[start][places]))

    return chance
