"""What-if, before anything is sealed: thousands of trials with one design, and what they show.

ICH E9 2.3.2 wants the next arm unpredictable and the groups comparable; each design pays for one with the
other. The places come from the very functions that make lists (`methods`,
`minimization`); only the source of random numbers is a faster one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import repeat

from .design import ArmShare, Design, StratumSize
from .drawing import Draws, Place, parts_of, weighted
from .drawing import likeliest as chance_of_likeliest
from .fast_draws import FastDraws
from .methods import Method, check_design
from .minimization import BY_SHARES, Factor, MinimizationDesign, Minimizer, Totals
from .restricted.seen import as_seen
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
    seen, names = _as_seen(design, method), [stratum.key for stratum in strata]
    ledger = _Ledger(design.arms, names, ratio_holds=method.keeps_the_ratio)

    def source(*label: str) -> Draws:
        return draws

    for run in range(1, runs + 1):
        coming = repeat(0, people) if len(strata) == 1 else draws.shuffled(places)[:people]
        paths, whole = ledger.new_paths()
        lists = [seen(stratum, method.places(design, stratum, source)) for stratum in strata]
        for stratum in coming:
            path = paths[stratum]
            arm, _, likeliest = next(lists[stratum])
            path.follow(arm, likeliest)
            if whole is not path:
                whole.count(arm)
        if whole is not paths[0]:
            whole.bet(*(sum(column) for column in zip(*map(_won, paths), strict=True)))
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
    tie on the greatest share, which is what the convergence strategy comes to under minimisation. The one
    who bets on the likeliest arm knows the equal parts of an unequal ratio too, which nobody is told: an
    upper bound. Raises DesignFault.
    """
    minimizer, draws = Minimizer(design), FastDraws(seed)
    seen, parts = _Seen(design), design.parts
    levels_of = [list(_frequencies(factor)) for factor in design.factors]
    starts = [0, *_running(len(factor.levels) for factor in design.factors)]
    names = [f"{factor.name}/{level}" for factor in design.factors for level in factor.levels]
    ledger = _Ledger(design.arms, names, ratio_holds=design.keeps_the_ratio)
    shares = shares_of(ledger.steps)
    for run in range(1, runs + 1):
        totals, arms_so_far = Totals.empty(design), seen.nothing()
        paths, _ = ledger.new_paths()
        whole = new_path(ledger.steps)
        for _ in range(participants):
            levels = [weighted(weights, draws) for weights in levels_of]
            scores = minimizer.scores(totals, levels)
            chances = minimizer.chances(scores)
            part = weighted(chances, draws)
            arm, likeliest = parts[part], chance_of_likeliest(parts, chances)
            hits = _bet(seen.scores(arms_so_far, levels, scores), shares, arm)
            totals.add(levels, part)
            seen.add(arms_so_far, levels, arm)
            for path in (
                whole,
                *(paths[start + level] for start, level in zip(starts, levels, strict=False)),
            ):
                path.bet(hits, likeliest, float(likeliest == 1))
                path.count(arm)
        ledger.close(paths, whole)
        if not run % REPORTED:
            progress(run)
    return ledger.simulation("minimization", runs, seed, participants)


def _as_seen(design: Design, method: Method) -> Callable[[StratumSize, Iterator[Place]], Iterator[Place]]:
    """Places as an observer of arms sees them: another view only where parts stand behind the arms."""
    if method.weights and method.parted and len(parts_of(design.arms)) > len(design.arms):
        return as_seen(design, method.weights)
    return lambda stratum, places: places


class _Seen:
    """What an observer sees of a minimisation: arms. With equal shares that is what the rule itself sees.

    With an unequal ratio the observer does not see the parts, and scores the arms with counts divided by
    their shares.
    """

    def __init__(self, design: MinimizationDesign) -> None:
        self._design = replace(design, rule=BY_SHARES, probability=Fraction(1))
        self._minimizer = None if self._design.parts == design.parts else Minimizer(self._design)

    def nothing(self) -> Totals:
        """Before the first participant."""
        return Totals.empty(self._design)

    def scores(self, totals: Totals, levels: Sequence[int], scores: list[int]) -> list[int]:
        """The arms' scores; `scores` are the rule's own."""
        return self._minimizer.scores(totals, levels) if self._minimizer else scores

    def add(self, totals: Totals, levels: Sequence[int], arm: int) -> None:
        """One participant more."""
        if self._minimizer:
            totals.add(levels, arm)


class _Ledger:
    """The tallies of one simulation: one for each stratum, and one for the whole."""

    def __init__(self, arms: Sequence[ArmShare], names: Sequence[str], *, ratio_holds: bool) -> None:
        common = math.lcm(*(arm.share for arm in arms))
        self.steps = [common // arm.share for arm in arms]
        self._chance = max(arm.share for arm in arms) / sum(arm.share for arm in arms)
        self._names = names
        steady = 0.0 if len(set(self.steps)) == 1 else self._chance if ratio_holds else None
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


def _won(path: Path) -> tuple[float, float, float]:
    return path.hits, path.knowing, path.certain


def _frequencies(factor: Factor) -> Sequence[int]:
    return factor.frequencies or [1] * len(factor.levels)


def _running(lengths: Iterator[int]) -> Iterator[int]:
    total = 0
    for length in lengths:
        total += length
        yield total
