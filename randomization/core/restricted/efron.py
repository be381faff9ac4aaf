"""Efron's biased coin (1971): whichever arm has come least is preferred, with the chance p.

For two equal arms this is Efron's rule: a fair coin while both have come equally often, then p for the
arm that is behind. More than two, and unequal shares over equal parts, are treated as minimisation treats
them: of t parts that tie for the smallest count each is preferred with the chance 1 / t, and those not
preferred share 1 - p alike (Kuznetsova and Tymofyeyev 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from randomization.core.design import Design, DesignFault
from randomization.core.drawing import parts_of

from .parted import places_by


def weights(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """The parts' chances over one denominator, as whole numbers."""
    least = min(counts)
    tied, behind, other = counts.count(least), *_weights(design.probability or "1", len(counts))
    behind += (tied - 1) * other
    return [behind if count == least else tied * other for count in counts]


places = places_by(weights)


def check(design: Design) -> None:
    """Raise DesignFault unless the probability lies between chance and 1, as a fraction in lowest terms."""
    if design.probability is None:
        raise DesignFault('probability is missing. Say how likely the arm is that is behind: "2/3", say.')
    chance, least = Fraction(design.probability), Fraction(1, len(parts_of(design.arms)))
    if not least <= chance <= 1:
        raise DesignFault(
            "probability is %(probability)s. It lies between %(least)s (chance) and 1: 0.8, say.",
            probability=f"{float(chance):g}",
            least=str(least),
        )


@lru_cache(maxsize=64)
def _weights(probability: str, parts: int) -> tuple[int, int]:
    """The weight of a part that alone is behind, and of each other: a (K - 1) and b - a, where p is a / b."""
    chance = Fraction(probability)
    return chance.numerator * (parts - 1), chance.denominator - chance.numerator
