"""Rules that look at every pair of strata: two may have one order, from the first place on or shifted."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, islice

from .chances import Chances
from .copying import NOTHING, total
from .judged import Judged
from .nearly import nearly
from .places import StratumOrder

APART = 60
"""How far two strata of a pair may stand from each other in the list."""
MOST_SHIFTS = 200
WHOLE, BEGINNING, NEARLY = 0.1, 0.1, 0.8
"""What a pair stakes on the whole order, on all shorter beginnings, and on a few places that differ."""
CHOSEN = 0.7
"""What is staked on shifts by whole blocks; without blocks, on multiples of the ratio."""
ON, ROUND = 0.6, 0.4
"""What is staked on an order that goes on to the other one's end, and on one that goes round."""

Pair = tuple[StratumOrder, StratumOrder, Chances]
"""A stratum, the one whose order it may have, and the chances of the first."""


def two_strata_alike(judged: Judged) -> float | None:
    """Two strata have one order from the first place on: all, some of it, or nearly. Pairs stake alike."""
    pairs = list(_pairs(judged))
    if not pairs:
        return None
    return total(_alike(*pair, judged.arms) for pair in pairs) - math.log(len(pairs))


def _pairs(judged: Judged) -> Iterator[Pair]:
    for n, (order, found) in enumerate(judged.pairs):
        yield from ((order, before, found) for before in judged.strata[max(0, n - APART) : n])


def _alike(order: StratumOrder, before: StratumOrder, found: Chances, width: int) -> float:
    parts = (WHOLE, BEGINNING, NEARLY)
    return copied(order.arms, before.arms, found, width, parts, frozenset(ends(order)))


def copied(
    arms: Sequence[int],
    source: Sequence[int],
    found: Chances,
    width: int,
    parts: tuple[float, float, float],
    likely: Collection[int] = (),
) -> float:
    """What is won by bets on a source: its whole order, each shorter beginning of it, and orders near it.

    Of what is staked on beginnings, half is on the `likely` lengths alike, where there are any.
    """
    most = min(len(source), len(arms))
    agree = next((n for n in range(most) if source[n] != arms[n]), most)
    whole, beginning, near = map(math.log, parts)
    won = [near + nearly(arms, found, source, width)]
    if agree == most:
        won.append(whole - found.cumulative[most])
    lengths = [range(1, most), [n for n in likely if 0 < n < most]]
    for each in (lengths := [kind for kind in lengths if kind]):
        begun = total(-found.cumulative[n] for n in each if n <= agree)
        won.append(beginning - math.log(len(each) * len(lengths)) + begun)
    return total(won)


def two_strata_shifted(judged: Judged) -> float | None:
    """A stratum begins where another one is under way, and goes on as that one does to its end."""
    pairs = [*_pairs(judged), *_turned(judged)]
    if not pairs:
        return None
    return total(_shifted(*pair, judged.design.unit) for pair in pairs) - math.log(len(pairs))


def _turned(judged: Judged) -> Iterator[Pair]:
    known = list(judged.pairs)
    for n, (before, _) in enumerate(known):
        yield from ((order, before, found) for order, found in islice(known, max(0, n - APART), n))


def _shifted(order: StratumOrder, before: StratumOrder, found: Chances, unit: int) -> float:
    """The shifts that are likelier share one part of the stake alike, all shifts the rest."""
    arms, source = order.arms, before.arms
    shifts = range(1, min(len(source), MOST_SHIFTS))
    chosen = {*ends(before)} if before.blocked else {*shifts[unit - 1 :: unit]}
    chosen &= {*shifts}
    won = NOTHING
    for by in shifts:
        most = min(len(source) - by, len(arms))
        if arms[0] == source[by] and arms[:most] == source[by : by + most]:
            part = (1 - CHOSEN) / len(shifts) + (CHOSEN / len(chosen) if by in chosen else 0.0)
            won = total((won, math.log(part * ON) - found.cumulative[most]))
            end = min(len(source), len(arms))
            if arms[most:end] == source[: end - most]:
                won = total((won, math.log(part * ROUND) - found.cumulative[end]))
    return won


def ends(order: StratumOrder) -> Iterator[int]:
    """After how many places each block ends."""
    return accumulate(map(len, order.runs_of_blocks()))
