"""The chance that a list begins as an earlier one does, for at least as many places."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .chances import Chances
from .copying import NOTHING, total
from .judged import Judged
from .places import Earlier

Compared = tuple[Chances, int, int]
"""The chances of a stratum, for how many places it agrees with its source, and for how many it could."""


def an_earlier_list_from_its_first_place(judged: Judged) -> float | None:
    """One in so many lists agrees with one of the earlier ones from the first place on as far as this one."""
    if not judged.earlier:
        return None
    return max(_begun(judged, earlier) for earlier in judged.earlier) - math.log(len(judged.earlier))


def _begun(judged: Judged, earlier: Earlier) -> float:
    """Half is for one length in all strata, half for the product of what each stratum has."""
    compared = [
        (found, *agreement(order.arms, source))
        for order, found in judged.pairs
        if (source := earlier.get(order.key))
    ]
    if not compared:
        return NOTHING
    if len(compared) == 1:
        return -compared[0][0].cumulative[compared[0][1]]
    return max(for_one_length(compared), _product(compared)) - math.log(2)


def agreement(arms: Sequence[int], source: Sequence[int]) -> tuple[int, int]:
    """For how many places an order agrees with its source, and for how many it could."""
    most = min(len(source), len(arms))
    return next((n for n in range(most) if source[n] != arms[n]), most), most


def common_length(compared: Sequence[tuple[int, int]]) -> int:
    """For how many places all agree, as far as each of them goes."""
    return min((agree for agree, most in compared if agree < most), default=max(m for _, m in compared))


def for_one_length(compared: Sequence[Compared]) -> float:
    """All strata agree for at least so many places, or to the end of the shorter."""
    length = common_length([(agree, most) for _, agree, most in compared])
    return -sum(found.cumulative[min(length, most)] for found, _, most in compared)


def _product(compared: Sequence[Compared]) -> float:
    """The product of m chances is x or less with a chance of x (1 + y + y² / 2 + … y^(m-1) / (m-1)!) at most.

    Here y is -log x, whatever the steps in which each chance comes.
    """
    won = -sum(found.cumulative[agree] for found, agree, _ in compared)
    if won <= 0:
        return 0.0
    powers = (n * math.log(won) - math.lgamma(n + 1) for n in range(len(compared)))
    return won - total(powers)
