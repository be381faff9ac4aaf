"""Minimisation with a random element: Pocock and Simon 1975, for unequal ratios over equal parts.

Each arm gets a score: how uneven the participant's factor levels would be if the arm were theirs. The
arm with the smallest score is preferred, not certain: ICH E9 2.3.2 advises against rules that leave
nothing to chance.

An unequal ratio is minimised over equal parts that bear the arms' names (Kuznetsova and Tymofyeyev 2012):
1:2 is three parts, one of the first arm and two of the second, and all parts are treated alike. Since no
rule tells one part from another, each has the same chance at every place, and so every place has the ratio.
The older rule of this program, `shares`, divides counts by the shares (Han, Enas and McEntegart 2009).
It keeps the ratio in the long run and not at every place: with 1:2 and a probability of 0.9 the small arm has
5.0, 85.8, 13.1 and 5.8 % at places 1 to 4. Whoever knows the place then knows the likely arm. It is kept so
that old simulations can be made again; for equal shares both rules are one.

A minimiser sees what the arms so far are, so it never makes a list in advance. Here are the rule and
its running totals; the live service, behind the pharmacy door, is still to come. It will keep the
rows of `Totals` sealed, lock them for a draw, call `Minimizer.draw` with the stream
`minimization/N` for the N-th participant, and write the answer as the N-th envelope.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from trial.core.sentences import Sentence

from .design import ArmShare, DesignFault
from .drawing import Draws, parts_of, weighted


@dataclass(frozen=True)
class Factor:
    """What the arms are balanced over: sex, say, and its levels. `weight` is its part in the score.

    `frequencies` say how often each level occurs, as whole-number shares; only a simulation asks.
    """

    name: str
    levels: tuple[str, ...]
    weight: int = 1
    frequencies: tuple[int, ...] = ()


BY_PARTS, BY_SHARES = "parts", "shares"
"""The rules for an unequal ratio, by their names in a design file."""


@dataclass(frozen=True)
class MinimizationDesign:
    """`probability` is that of the preferred part; under the rule `shares`, of the arm with the least share
    when it is preferred."""

    arms: tuple[ArmShare, ...]
    factors: tuple[Factor, ...]
    probability: Fraction = Fraction(4, 5)
    measure: str = "range"
    rule: str = BY_PARTS

    @property
    def parts(self) -> tuple[int, ...]:
        """The arm's index of each thing that is scored: of equal parts, or of the arms themselves."""
        return tuple(range(len(self.arms))) if self.rule == BY_SHARES else parts_of(self.arms)

    @property
    def keeps_the_ratio(self) -> bool:
        """Whether every place taken alone has the ratio."""
        return self.rule == BY_PARTS or len({arm.share for arm in self.arms}) == 1 or self._by_chance_alone

    @property
    def _by_chance_alone(self) -> bool:
        return self.probability == least_probability(self)


@dataclass
class Totals:
    """How many participants each part has at each level of each factor: `counts[factor][level][part]`.

    With equal shares the parts are the arms. All that a draw needs to know of the past, so its time does not
    depend on how many came before.
    """

    counts: list[list[list[int]]] = field(repr=False)

    @classmethod
    def empty(cls, design: MinimizationDesign) -> Totals:
        """Before the first participant."""
        return cls([[[0] * len(design.parts) for _ in factor.levels] for factor in design.factors])

    def add(self, levels: Sequence[int], part: int) -> None:
        """Count one participant more. `levels` has the index of the participant's level for each factor."""
        for factor, level in zip(self.counts, levels, strict=True):
            factor[level][part] += 1


class Minimizer:
    """The rule of one design. Raises DesignFault for a design that has none."""

    def __init__(self, design: MinimizationDesign) -> None:
        check(design)
        self.design = design
        shares = [arm.share for arm in design.arms] if design.rule == BY_SHARES else [1] * len(design.parts)
        self._shares = shares
        self._parts = design.parts
        self._steps = [math.lcm(*shares) // share for share in shares]
        self._chances = _chances(shares, design.probability)
        self._weights = [factor.weight for factor in design.factors]
        self._spreads = _SPREADS[design.measure]

    def scores(self, totals: Totals, levels: Sequence[int]) -> list[int]:
        """The score of each part: the weighted sum over the factors of how uneven the level would become.

        Counts are divided by the shares and multiplied by the shares' least common multiple; a variance
        is multiplied by the square of the number of arms: whole numbers in the same order.
        """
        steps, scores = self._steps, [0] * len(self._steps)
        for counts, level, weight in zip(totals.counts, levels, self._weights, strict=True):
            row = [count * step for count, step in zip(counts[level], steps, strict=True)]
            for part, spread in enumerate(self._spreads(row, steps)):
                scores[part] += weight * spread
        return scores

    def chances(self, scores: Sequence[int]) -> list[int]:
        """The parts' chances as whole-number weights. Parts that tie for the smallest share the preference.

        Among tied parts each is preferred with the same chance; under the rule `shares`, in proportion to its
        share.
        """
        least = min(scores)
        tied = [part for part, score in enumerate(scores) if score == least]
        if len(tied) == 1:
            return self._chances[tied[0]]
        rows = [(self._shares[part], self._chances[part]) for part in tied]
        return [sum(share * row[part] for share, row in rows) for part in range(len(scores))]

    def draw(self, totals: Totals, levels: Sequence[int], draws: Draws) -> int:
        """The arm's index for the next participant; the totals then count its part. One draw is made."""
        part = weighted(self.chances(self.scores(totals, levels)), draws)
        totals.add(levels, part)
        return self._parts[part]


def check(design: MinimizationDesign) -> None:
    """Raise DesignFault with the field at fault."""
    if len(design.arms) < 2 or any(arm.share < 1 for arm in design.arms):
        raise DesignFault("Minimisation needs two arms or more, each with a share of at least 1.")
    if not design.factors:
        raise DesignFault("factors is empty and the protocol has no strata. Name what is to be balanced.")
    for factor in design.factors:
        _check_factor(factor)
    one, other = _SPREADS
    if design.measure not in _SPREADS:
        raise DesignFault(
            "measure is %(measure)s. Use %(known)s.",
            measure=repr(design.measure),
            known=Sentence("%(one)s or %(other)s", one=one, other=other),
        )
    if design.rule not in (BY_PARTS, BY_SHARES):
        raise DesignFault(
            "rule is %(rule)s. Use %(known)s.",
            rule=repr(design.rule),
            known=Sentence("%(one)s or %(other)s", one=BY_PARTS, other=BY_SHARES),
        )
    _check_probability(design)


def _check_probability(design: MinimizationDesign) -> None:
    least = least_probability(design)
    if not least <= design.probability <= 1:
        raise DesignFault(
            "probability is %(probability)s. It lies between %(least)s (chance) and 1: 0.8, say.",
            probability=f"{float(design.probability):g}",
            least=str(least),
        )


def least_probability(design: MinimizationDesign) -> Fraction:
    """The preferred one's chance if nothing is preferred: then every draw is by the ratio."""
    if design.rule == BY_PARTS:
        return Fraction(1, len(design.parts))
    return Fraction(min(arm.share for arm in design.arms), sum(arm.share for arm in design.arms))


def _check_factor(factor: Factor) -> None:
    name = f"factors.{factor.name}"
    if not factor.levels or len(set(factor.levels)) != len(factor.levels):
        raise DesignFault("%(place)s.levels needs levels that are all different.", place=name)
    if factor.weight < 1:
        raise DesignFault("%(place)s.weight must be at least 1.", place=name)
    if factor.frequencies and (len(factor.frequencies) != len(factor.levels) or not any(factor.frequencies)):
        raise DesignFault(
            "%(place)s.frequencies needs one whole number for each level, not all of them 0.", place=name
        )


def _chances(shares: Sequence[int], probability: Fraction) -> list[list[int]]:
    """Row k: the chances of all when k is preferred, over one denominator for all rows.

    For equal shares, and for equal parts, Pocock and Simon's p for the preferred and (1 - p) / (K - 1) for
    each other. For unequal shares, Han 2009: with p for the least share r1, an arm j that is not preferred
    has r[j] (1 - p) / (R - r1), where R is the sum of the shares; the preferred arm has the rest.
    """
    other = (1 - probability) / (sum(shares) - min(shares))
    rows = [[share * other for share in shares] for _ in shares]
    for preferred, row in enumerate(rows):
        row[preferred] = 1 - (sum(row) - row[preferred])
    common = math.lcm(*(chance.denominator for row in rows for chance in row))
    return [[int(chance * common) for chance in row] for row in rows]


def _ranges(row: list[int], steps: Sequence[int]) -> list[int]:
    """For each arm, the range if its count grew by its step. The second smallest bounds the new smallest."""
    least, second = sorted(row)[:2]
    most = max(row)
    found = []
    for count, step in zip(row, steps, strict=True):
        grown = count + step
        lowest = min(grown, second) if count == least else least
        found.append((grown if grown > most else most) - lowest)
    return found


def _variances(row: list[int], steps: Sequence[int]) -> list[int]:
    """For each arm, the variance if its count grew by its step, times the square of the number of arms."""
    found = []
    for arm, step in enumerate(steps):
        grown = [count + step * (arm == place) for place, count in enumerate(row)]
        found.append(len(row) * sum(count * count for count in grown) - sum(grown) ** 2)
    return found


_SPREADS = {"range": _ranges, "variance": _variances}
"""How uneven a level is, by the measure's name in a design file."""
