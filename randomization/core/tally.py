"""Counting what happens in simulated trials: one path at a time, and what all of them amount to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A mean over the simulated trials, and its standard error."""

    mean: float
    error: float


@dataclass(frozen=True)
class Figures:
    """What a design does, overall or in one stratum.

    `participants` is the mean number. A range is the largest count less the smallest, each count
    divided by its arm's share; `peak_range` is the greatest on the way, `final_range` that at the end, and
    95 of 100 trials end with `final_range_95` or less. `balanced` is the share of trials that end with the
    ratio exactly. `guessed` is the share of arms that an observer guesses who knows all earlier arms and
    bets on the one of which most is missing until the ratio holds again, which for equal shares is the one
    with the smallest count (the convergence strategy of Blackwell and Hodges 1957). Of arms that tie, the
    one with the greatest share is taken; of those, one at random, and its expected value is counted. With
    unequal shares, whoever always bets on the greatest share may win more: then that is counted.
    `knowing` is what an observer guesses who also knows the design and the size of the present block and
    bets on the likeliest arm; `certain` is the share of arms that this observer can name. `greatest` is the
    greatest of the shares guessed. Both are None in answers that were kept from before they were counted.
    """

    participants: float
    peak_range: Estimate
    final_range: Estimate
    final_range_95: float
    balanced: Estimate
    guessed: Estimate
    certain: Estimate
    knowing: Estimate | None = None
    greatest: Estimate | None = None


class Path:
    """One trial, or one stratum of it, participant by participant.

    `steps` say by how much the count of each arm grows: the less, the greater its share. `likeliest` is
    the chance of the likeliest arm to whoever knows the design and the size of the present block.
    """

    __slots__ = ("certain", "counts", "hits", "knowing", "participants", "peak", "steps")

    def __init__(self, steps: Sequence[int]) -> None:
        self.steps, self.counts = steps, [0] * len(steps)
        self.participants = self.peak = 0
        self.hits = self.certain = self.knowing = 0.0

    def follow(self, arm: int, likeliest: float) -> None:
        """One participant more: what a bet on the smallest count wins on average, then the count."""
        counts = self.counts
        least = min(counts)
        if counts[arm] == least:
            tied = counts.count(least)
            self.hits += 1 / tied
            counts[arm] += self.steps[arm]
            if tied == 1:
                least = min(counts)
        else:
            counts[arm] += self.steps[arm]
        self.knowing += likeliest
        self.certain += likeliest == 1
        self._passed(max(counts) - least)

    def count(self, arm: int) -> None:
        """One participant more of the whole trial, on whom somebody bet in the strata."""
        self.counts[arm] += self.steps[arm]
        self._passed(max(self.counts) - min(self.counts))

    def bet(self, hits: float, knowing: float, certain: float) -> None:
        """Note what bets won, what the best bets win on average, and how many were certain."""
        self.hits += hits
        self.knowing += knowing
        self.certain += certain

    def _passed(self, spread: int) -> None:
        self.participants += 1
        if spread > self.peak:
            self.peak = spread


class UnequalPath(Path):
    """A path for unequal shares: a bet is on the arm that lacks most until the ratio holds again.

    `_rank` has, for each arm, how many it lacks, and then its share to break ties, in one whole number.
    """

    __slots__ = ("_base", "_rank", "_unit", "_whole")

    def __init__(self, steps: Sequence[int]) -> None:
        super().__init__(steps)
        shares = shares_of(steps)
        self._unit, self._base = sum(shares), max(shares) + 1
        self._whole = [self._base * share for share in shares]
        self._rank = [whole + share for whole, share in zip(self._whole, shares, strict=True)]

    def follow(self, arm: int, likeliest: float) -> None:
        """One participant more: what the bet wins on average, then the count."""
        rank = self._rank
        most = max(rank)
        if rank[arm] == most:
            self.hits += 1 / rank.count(most)
        rank[arm] -= self._base
        self.knowing += likeliest
        self.certain += likeliest == 1
        self.count(arm)
        if not self.participants % self._unit:
            self._rank = [lacks + whole for lacks, whole in zip(rank, self._whole, strict=True)]


def new_path(steps: Sequence[int]) -> Path:
    """A path of the kind that these shares need."""
    return Path(steps) if len(set(steps)) == 1 else UnequalPath(steps)


def shares_of(steps: Sequence[int]) -> list[int]:
    """The shares that lead to these steps, in lowest terms."""
    common = math.lcm(*steps)
    return [common // step for step in steps]


class Tally:
    """All the paths of one stratum, or of the whole trial, added up.

    `steady` is the part that always betting on the greatest share wins. Under a rule that keeps the ratio
    at every place it is the greatest share itself, and known without a simulation. Under a rule that does
    not (`None`) it is counted, from the arms that came. For equal shares every strategy wins as much or
    more, and it is 0.
    """

    def __init__(self, scale: int, steady: float | None = 0.0) -> None:
        self._scale, self._steady = scale, None if steady is None else Estimate(steady, 0.0)
        self._peak: Counter[int] = Counter()
        self._final: Counter[int] = Counter()
        self._hits, self._certain, self._knowing, self._greatest_share = (_Ratio() for _ in range(4))
        self._participants = 0

    def add(self, path: Path) -> None:
        """Count one finished path."""
        self._peak[path.peak] += 1
        self._final[max(path.counts) - min(path.counts)] += 1
        self._participants += path.participants
        self._hits.add(path.hits, path.participants)
        self._certain.add(path.certain, path.participants)
        self._knowing.add(path.knowing, path.participants)
        if self._steady is None:
            self._greatest_share.add(_steady_hits(path), path.participants)

    def figures(self) -> Figures:
        """The figures of all counted paths."""
        runs, final = self._final.total(), self._final
        share = final[0] / runs
        steady = self._steady or self._greatest_share.estimate()
        guessed, knowing = max(self._hits.estimate(), steady, key=_mean_of), self._knowing.estimate()
        return Figures(
            participants=self._participants / runs,
            peak_range=_mean(self._peak, self._scale),
            final_range=_mean(final, self._scale),
            final_range_95=_percentile(final, 0.95) / self._scale,
            balanced=Estimate(share, math.sqrt(share * (1 - share) / runs)),
            guessed=guessed,
            certain=self._certain.estimate(),
            knowing=knowing,
            greatest=max(guessed, knowing, key=_mean_of),
        )


def _steady_hits(path: Path) -> float:
    """What always betting on the greatest share has won on this path; of equal ones, on one at random."""
    least = min(path.steps)
    greatest = [arm for arm, step in enumerate(path.steps) if step == least]
    return sum(path.counts[arm] for arm in greatest) / least / len(greatest)


def _mean_of(estimate: Estimate) -> float:
    return estimate.mean


class _Ratio:
    """A ratio of two sums over the runs, and its standard error (delta method)."""

    def __init__(self) -> None:
        self._runs = 0
        self._x = self._n = self._xx = self._xn = self._nn = 0.0

    def add(self, x: float, n: int) -> None:
        self._runs += 1
        self._x += x
        self._n += n
        self._xx += x * x
        self._xn += x * n
        self._nn += n * n

    def estimate(self) -> Estimate:
        if not self._n:
            return Estimate(0.0, 0.0)
        ratio = self._x / self._n
        squares = self._xx - 2 * ratio * self._xn + ratio * ratio * self._nn
        return Estimate(ratio, math.sqrt(max(squares, 0.0)) / self._n)


def _mean(found: Counter[int], scale: int) -> Estimate:
    runs = found.total()
    mean = sum(value * times for value, times in found.items()) / runs
    squares = sum((value - mean) ** 2 * times for value, times in found.items())
    return Estimate(mean / scale, math.sqrt(squares) / runs / scale)


def _percentile(found: Counter[int], share: float) -> int:
    seen, runs = 0, found.total()
    for value in sorted(found):
        seen += found[value]
        if seen >= share * runs:
            return value
    raise ValueError("There is no run to take a percentile of.")
