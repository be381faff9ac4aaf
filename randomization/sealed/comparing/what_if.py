"""Simulating candidate designs for a protocol. For the unblinded statistician: block sizes show here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from randomization.core.design import ArmShare
from randomization.core.design_file import MINIMIZATION, Plan, design_for, minimization_for
from randomization.core.simulation import Progress, Simulation, simulate, simulate_minimization
from randomization.core.tally import Estimate, Figures
from trial.core.protocol import Protocol


@dataclass(frozen=True)
class Candidate:
    """A design under a name, and what its simulation showed."""

    name: str
    simulation: Simulation


def what_if(
    protocol: Protocol, plan: Plan, *, runs: int, seed: int, progress: Progress = lambda done: None
) -> Simulation:
    """Simulate a plan in this protocol's trial: its arms, ratio, strata and target. Raises DesignFault."""
    arms, people = [ArmShare(arm.code, arm.ratio) for arm in protocol.arms], protocol.target
    if plan.method == MINIMIZATION:
        strata = {factor.code: [level.code for level in factor.levels] for factor in protocol.strata}
        design = minimization_for(plan, arms, strata)
        return simulate_minimization(design, participants=people, runs=runs, seed=seed, progress=progress)
    listed = design_for(plan, arms, protocol.stratum_keys(), people)
    return simulate(listed, participants=people, runs=runs, seed=seed, progress=progress)


COLUMNS = (
    "n",
    "guessed %",
    "knowing %",
    "greatest %",
    "certain %",
    "peak range",
    "final range",
    "95 %",
    "balanced %",
)


def row(figures: Figures) -> tuple[str, ...]:
    """The figures as texts, in the order of COLUMNS."""
    return (
        f"{figures.participants:.1f}".removesuffix(".0"),
        _percent(figures.guessed),
        _percent(figures.knowing),
        _percent(figures.greatest),
        _percent(figures.certain),
        f"{figures.peak_range.mean:.2f}",
        f"{figures.final_range.mean:.2f}",
        f"{figures.final_range_95:g}",
        _percent(figures.balanced),
    )


def as_table(candidates: Sequence[Candidate]) -> str:
    """One line for each design, and one for each of its strata where there are several."""
    lines: list[tuple[str, ...]] = [("design", *COLUMNS)]
    for candidate in candidates:
        found = candidate.simulation
        lines.append((candidate.name, *row(found.overall)))
        if len(found.strata) > 1:
            lines += [(f"  {name}", *row(figures)) for name, figures in found.strata]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = [_line(line, widths) for line in lines]
    return "\n".join([*table, "", _legend(candidates[0].simulation)])


def as_json(candidates: Sequence[Candidate]) -> str:
    """Every figure with its standard error, as shares and not per cent."""
    data = [
        {"design": one.name}
        | asdict(one.simulation)
        | {"strata": {name: asdict(figures) for name, figures in one.simulation.strata}}
        for one in candidates
    ]
    return json.dumps(data, indent=2, ensure_ascii=False)


FORMATS = {"table": as_table, "json": as_json}


def _legend(found: Simulation) -> str:
    return "\n".join(
        (
            f"{found.runs:,} trials of {found.participants}, seed {found.seed}.",
            "guessed: by an observer who knows all earlier arms and bets on the one most missing for the "
            f"ratio, or always on the greatest share ({100 * found.chance:.1f} %) where that wins more",
            "knowing: by an observer who also knows the design and the size of the present block and bets "
            "on the likeliest arm; where an unequal ratio is minimised over equal parts, who knows these too",
            "greatest: the greatest share that any of them guesses",
            "certain: known in advance to whoever knows the design and the size of the present block",
            "range: largest arm less smallest, each for its share; the highest on the way, the one at the "
            "end, and the one that 95 % of trials do not pass at the end",
            "balanced: the ratio exactly at the end",
        )
    )


def _percent(estimate: Estimate | None) -> str:
    return "-" if estimate is None else f"{100 * estimate.mean:.1f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if not place else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *rest])
