"""What-if, before anything is sealed: thousands of trials with one design, and what they show.

ICH E9 2.3.1 and 2.3.2 want the next arm unpredictable and the groups comparable; each design pays for
one with the other. The places come from the very functions that make lists (`methods`,
`minimization`); only the source of random numbers is a faster one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

from .design import ArmShare, Design
from .drawing import Draws, weighted
from .fast_draws import FastDraws
from .methods import check_design
from .minimization import Factor, MinimizationDesign, Minimizer, Totals
from .tally import Figures, Path, Tally, new_path, shares_of

Progress = Callable[[int], None]
REPORTED = 1000
"""Runs between two reports of progress."""


@dataclass(frozen=True)
class Simulation:
    """What `runs` trials of `participants` showed. The same arguments give the same figures.

    `chance` is what betting on the arm with the greatest share wins. `strata` holds the strata of a list,
    or the levels of the factors of a minimisation.
    """

    method: str
    runs: int
    seed: int
    participants: int
    chance: float
    overall: Figures
    strata: tuple[tuple[str, Figures], ...]


def simulate(
    design: Design, *, participants: int, runs: int, seed: int, progress: Progress = lambda done: None
) -> Simulation:
    """Simulate trials that draw from lists of this design.

    People come in random order from the places of all strata (their targets; a reserve is not used),
    until `participants` have come or every place is taken. With fewer people than places, strata end
    part-filled, as they do in life. Raises DesignFault.
    """
    method, draws = check_design(design), FastDraws(seed)
    strata = [replace(stratum, reserve=0) for stratum in design.strata]
    places = [index for index, stratum in enumerate(strata) for _ in range(stratum.target)]
    people = min(participants, len(places))
    ledger = _Ledger(design.arms, [stratum.key for stratum in strata])

    def source(*label: str) -> Draws:
        return draws

    for run in range(1, runs + 1):
        coming = repeat(0, people) if len(strata) == 1 else draws.shuffled(places)[:people]
        paths, whole = ledger.new_paths()
        lists = [method.places(design, stratum, source) for stratum in strata]
        for stratum in coming:
            path = paths[stratum]
            arm, _, certain = next(lists[stratum])
            path.follow(arm, certain)
            if whole is not path:
                whole.count(arm)
        if whole is not paths[0]:
            whole.bet(sum(path.hits for path in paths), sum(path.certain for path in paths))
        ledger.close(paths, whole)
        if not run % REPORTED:
            progress(run)
    return ledger.simulation(design.method, runs, seed, people)


def simulate_minimization(
    design: MinimizationDesign,
    *,
    participants: int,
    runs: int,
    seed: int,
    progress: Progress = lambda done: None,
) -> Simulation:
    """Simulate trials that minimise. Levels come independently, with the factors' frequencies.

    The observer here knows the participant's levels as well and bets on the smallest score, of those that
    tie on the greatest share, which is what the convergence strategy comes to under minimisation. Raises
    DesignFault.
    """
    minimizer, draws = Minimizer(design), FastDraws(seed)
    levels_of = [list(_frequencies(factor)) for factor in design.factors]
    starts = [0, *_running(len(factor.levels) for factor in design.factors)]
    names = [f"{factor.name}/{level}" for factor in design.factors for level in factor.levels]
    ledger = _Ledger(design.arms, names)
    shares = shares_of(ledger.steps)
    for run in range(1, runs + 1):
        totals = Totals.empty(design)
        paths, _ = ledger.new_paths()
        whole = new_path(ledger.steps)
        for _ in range(participants):
            levels = [weighted(weights, draws) for weights in levels_of]
            scores = minimizer.scores(totals, levels)
            chances = minimizer.chances(scores)
            arm = weighted(chances, draws)
            totals.add(levels, arm)
            hits, certain = _bet(scores, shares, arm), chances.count(0) == len(chances) - 1
            for path in (
                whole,
                *(paths[start + level] for start, level in zip(starts, levels, strict=False)),
            ):
                path.bet(hits, certain)
                path.count(arm)
        ledger.close(paths, whole)
        if not run % REPORTED:
            progress(run)
    return ledger.simulation("minimization", runs, seed, participants)


class _Ledger:
    """The tallies of one simulation: one for each stratum, and one for the whole."""

    def __init__(self, arms: Sequence[ArmShare], names: Sequence[str]) -> None:
        common = math.lcm(*(arm.share for arm in arms))
        self.steps = [common // arm.share for arm in arms]
        self._chance = max(arm.share for arm in arms) / sum(arm.share for arm in arms)
        self._names = names
        steady = self._chance if len(set(self.steps)) > 1 else 0.0
        self._tallies, self._whole = [Tally(common, steady) for _ in names], Tally(common, steady)

    def new_paths(self) -> tuple[list[Path], Path]:
        """A path for each stratum and one for the whole; a single stratum is the whole."""
        paths = [new_path(self.steps) for _ in self._names]
        return paths, paths[0] if len(paths) == 1 else new_path(self.steps)

    def close(self, paths: Sequence[Path], whole: Path) -> None:
        """Count a finished trial."""
        for path, tally in zip(paths, self._tallies, strict=True):
            tally.add(path)
        self._whole.add(whole)

    def simulation(self, method: str, runs: int, seed: int, participants: int) -> Simulation:
        """Everything that was counted."""
        strata = tuple(
            (name, tally.figures()) for name, tally in zip(self._names, self._tallies, strict=True)
        )
        return Simulation(method, runs, seed, participants, self._chance, self._whole.figures(), strata)


def _bet(scores: Sequence[int], shares: Sequence[int], arm: int) -> float:
    ranks = [(-score, share) for score, share in zip(scores, shares, strict=True)]
    best = max(ranks)
    return 1 / ranks.count(best) if ranks[arm] == best else 0.0


def _frequencies(factor: Factor) -> Sequence[int]:
    return factor.frequencies or [1] * len(factor.levels)


def _running(lengths: Iterator[int]) -> Iterator[int]:
    total = 0
    for length in lengths:
        total += length
        yield total
