"""Exact and simulated figures of the methods, side by side: `make designs`; see docs/evidence.md.

Exact: every course of the trial with its probability (`tests/core/exact.py`), which shares no code with the
simulation. Unequal ratios are simulated alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from randomization.core.design import BLOCK_URN, EFRON, MAXIMAL, ArmShare, Design, StratumSize
from randomization.core.simulation import simulate
from randomization.core.tally import Figures
from tests.core import exact

PLACES, RUNS, SEED = 36, 20_000, 1
EQUAL: tuple[tuple[int, ...], ...] = ((1, 1), (1, 1, 1))
UNEQUAL = ((2, 1), (2, 1, 1))
RULES: tuple[tuple[str, dict[str, object]], ...] = (
    ("efron 2/3", {"method": EFRON, "probability": "2/3"}),
    ("efron 4/5", {"method": EFRON, "probability": "4/5"}),
    ("block urn, 2 sets", {"method": BLOCK_URN, "sets": 2}),
    ("block urn, 3 sets", {"method": BLOCK_URN, "sets": 3}),
    ("maximal, limit 2", {"method": MAXIMAL, "max_range": 2}),
    ("maximal, limit 3", {"method": MAXIMAL, "max_range": 3}),
)


def chances_of(parameters: dict[str, object], shares: Sequence[int]) -> exact.Chances:
    """The rule, written apart from the program."""
    if parameters["method"] == EFRON:
        above, below = str(parameters["probability"]).split("/")
        return exact.efron(int(above) / int(below))
    if parameters["method"] == BLOCK_URN:
        return exact.block_urn(int(str(parameters["sets"])), tuple(shares))
    return exact.maximal(int(str(parameters["max_range"])))


def computed(parameters: dict[str, object], shares: Sequence[int]) -> tuple[float, ...]:
    """Guessed, knowing, certain, peak range, final range and balance of equal arms, in the table's order."""
    rule, arms = chances_of(parameters, shares), len(shares)
    *_, (states, won) = exact.steps(rule, PLACES, arms)
    spread = {state: max(state[0]) - min(state[0]) for state in states}
    return (
        won / PLACES,
        exact.knowing(rule, PLACES, arms),
        exact.certain(rule, PLACES, arms),
        sum(peak * p for (_, peak), p in states.items()),
        sum(spread[state] * p for state, p in states.items()),
        sum(p for state, p in states.items() if not spread[state]),
    )


def simulated(parameters: dict[str, object], shares: Sequence[int]) -> Figures:
    """What the program that makes lists shows in RUNS trials."""
    arms = tuple(ArmShare("ABCDEF"[n], share) for n, share in enumerate(shares))
    design = Design(arms, (StratumSize("all", PLACES),), **parameters)  # type: ignore[arg-type]
    return simulate(design, participants=PLACES, runs=RUNS, seed=SEED).overall


def columns(figures: Figures) -> tuple[float, ...]:
    """The same six of a simulation."""
    assert figures.knowing
    estimates = (figures.guessed, figures.knowing, figures.certain)
    ranges = (figures.peak_range, figures.final_range, figures.balanced)
    return tuple(estimate.mean for estimate in (*estimates, *ranges))


def in_words(found: Sequence[float]) -> Iterator[str]:
    """Shares in per cent, ranges as they are."""
    for place, value in enumerate(found):
        yield f"{value:.2f}" if place in (3, 4) else f"{100 * value:.2f}"


def main() -> None:
    """Print a table for the equal ratios, exact and simulated, and one for the unequal, simulated."""
    print("| ratio | design | guessed % | knowing % | certain % | peak range | final range | balanced % |")
    print("|---|---|---|---|---|---|---|---|")
    for shares in (*EQUAL, *UNEQUAL):
        for name, parameters in RULES:
            ours = list(in_words(columns(simulated(parameters, shares))))
            if shares in EQUAL:
                pairs = zip(ours, in_words(computed(parameters, shares)), strict=True)
                ours = [f"{one} ({other})" for one, other in pairs]
            print(f"| {':'.join(map(str, shares))} | {name} | {' | '.join(ours)} |")


if __name__ == "__main__":
    main()
