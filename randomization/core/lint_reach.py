"""Whether a list is long enough for the check of its numbers to find a leak.

A short list has few orders: where each of two values of a digit stands for one of two arms, 1 order of
462 does so by chance at twelve envelopes, far from the level that a feature is held to. A list that
passes such a test has not been cleared by it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

MOST_VALUES = 10
"""A decimal digit has so many. The more values, the sooner each stands for one arm by chance."""
MARGIN = 100
"""By how much the chance must lie below the level: the permutations then miss a full leak 1 time in 100."""


def long_enough(arms: Sequence[int], tests: int) -> bool:
    """Whether a leak in every envelope would be found. `arms` are the counts of the arms that occur,
    `tests` is one over the level."""
    if len(arms) < 2:
        return True
    orders = math.lgamma(sum(arms) + 1) - sum(math.lgamma(count + 1) for count in arms)
    return math.log(most_telling(arms) * tests * MARGIN) <= orders


def most_telling(arms: Sequence[int]) -> int:
    """In how many orders of the arms each value of a feature stands for one arm alone.

    Of the features thought of: values that are the arms themselves, or two to ten values that occur
    equally often. The one for which it is most, and so the hardest to find, is counted.
    """
    itself = math.prod(map(math.factorial, Counter(arms).values()))
    values = range(2, min(MOST_VALUES, sum(arms)) + 1)
    return max(itself, *(_shared_out(tuple(arms), sum(arms), count) for count in values))


def _shared_out(arms: tuple[int, ...], envelopes: int, values: int) -> int:
    """The ways to give whole values to arms: `values` in all, of equal size or one apart."""
    size, longer = divmod(envelopes, values)

    @cache
    def ways(place: int, short: int, long: int) -> int:
        if place == len(arms):
            return int(short == long == 0)
        found = 0
        for taken in range(long + 1):
            rest = arms[place] - taken * (size + 1)
            if rest >= 0 and rest % size == 0 and rest // size <= short:
                times = math.comb(long, taken) * math.comb(short, rest // size)
                found += times * ways(place + 1, short - rest // size, long - taken)
        return found

    return ways(0, values - longer, longer)
