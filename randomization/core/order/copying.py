"""How far an order follows a rule that names each next arm, and how rare that is.

A rule names an arm for a place from what stands before it in the list, in other strata or in earlier lists.
Whoever bets on it under the declared design wins, where it is right, one over that arm's chance. So what the
bets come to is how rare such an order is: of good lists, at most one in N wins N (Markov's inequality).

`strictly`: the rule holds at every place that it names. `loosely`: it may end, and err now and then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .chances import Chances

NOTHING = -math.inf
"""The logarithm of what was won by a rule that does not hold."""
ERRS = ENDS = math.log(1 / 100)
"""What a loose rule stakes at each place on an error, and on its own end."""
GOES_ON = math.log(1 - 2 / 100)
HOPELESS = -10.0
"""A loose rule that has lost so much is given up: at random, most have after three places."""

Named = Sequence[int | None]
"""The arm that a rule names at each place; None where it names none. May be shorter than the stratum."""


def strictly(arms: Sequence[int], chances: Chances, named: Iterable[int | None]) -> float:
    """What is won if the rule holds at every place that it names, and nothing otherwise; a logarithm."""
    staked, places = 0.0, 0
    for arm, name, free in zip(arms, named, chances.free, strict=False):
        places += 1
        if name is None:
            staked += free
        elif name != arm:
            return NOTHING
    return staked - chances.cumulative[places]


def loosely(arms: Sequence[int], chances: Chances, named: Iterable[int | None]) -> float:
    """What is won by the rule if it may err and end; the best end is counted. A logarithm."""
    staked = best = won = 0.0
    for arm, name, free, cumulative in zip(arms, named, chances.free, chances.after, strict=False):
        if name is None:
            staked += free
        elif name == arm:
            staked += GOES_ON
        else:
            staked += ERRS + free
        won = staked - cumulative
        if won > best:
            best = won
        elif won < HOPELESS:
            break
    return max(best + ENDS, won)


def sharing(won: Iterable[float]) -> float:
    """What is won in all strata if half of the stake is kept in each: one without the rule costs little."""
    return sum(math.log(0.5) + _added(0.0, best) for best in won)


def _added(first: float, second: float) -> float:
    """The logarithm of the sum of two numbers that are given by theirs."""
    high, low = (first, second) if first > second else (second, first)
    return high + math.log1p(math.exp(low - high)) if low > NOTHING else high


def total(parts: Iterable[float]) -> float:
    """The logarithm of the sum of these numbers, given by theirs."""
    found = NOTHING
    for part in parts:
        found = _added(found, part)
    return found
