"""What every method has in common: from draws to places, for a list and for a simulated one alike.

A method takes its randomness from whatever offers these draws. A list gives it the stream of its
seed; a simulation gives it a faster source. So what is simulated is what would be made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from .design import ArmShare, Design, StratumSize

Item = TypeVar("Item")


class Draws(Protocol):
    """A source of uniform draws."""

    def below(self, bound: int) -> int:
        """A uniform integer from 0 to `bound` - 1."""

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in uniformly random order."""


Source = Callable[..., Draws]
"""Gives the draws of one purpose; called with the parts of the stream's label after the seed."""

Place = tuple[int, int, float]
"""The arm's index in the design, the block (0 without blocks), and the chance of the likeliest arm.

That chance is what the best possible bet wins: the bet of whoever knows the design, the size of the
present block and all earlier arms of the stratum. It is 1.0 exactly where that person could name the
arm before it was drawn, and below 1.0 everywhere else.
"""

Places = Callable[[Design, StratumSize, Source], Iterator[Place]]


def weighted(weights: Sequence[int], draws: Draws) -> int:
    """The index that one draw below the sum of the weights falls on, in the order of the weights."""
    rank = draws.below(sum(weights))
    for index, weight in enumerate(weights):
        if rank < weight:
            return index
        rank -= weight
    raise ValueError("Weights must be whole numbers that are not negative.")


def parts_of(arms: Sequence[ArmShare]) -> tuple[int, ...]:
    """Equal parts that bear the arms' names, each by its arm's index: as many as the share in lowest terms.

    1:2 gives 0, 1, 1; 2:2 gives 0, 1. A rule that treats all parts alike gives each the same chance at every
    place, and so keeps the ratio there (Kuznetsova and Tymofyeyev 2012).
    """
    common = math.gcd(*(arm.share for arm in arms))
    return tuple(index for index, arm in enumerate(arms) for _ in range(arm.share // common))


def likeliest(names: Sequence[int], weights: Sequence[float]) -> float:
    """The chance of the likeliest arm, where `names` has the arm's index of each part that is weighed.

    Below 1.0 wherever another arm has a chance, however small.
    """
    arms: list[float] = [0] * (names[-1] + 1)
    for arm, weight in zip(names, weights, strict=True):
        arms[arm] += weight
    most, total = max(arms), sum(arms)
    return 1.0 if most == total else min(most / total, math.nextafter(1, 0))
