"""`make bench`: how near the cores come to what Python itself can do, as ratios of one run.

Absolute times depend on the machine and the hour. So each round measures ours and the bare limit
one after the other, the ratio is taken inside the round, and the median of the rounds counts:
1 means as fast as the limit, 0.1 a tenth of it. Writes bench.json.
"""

from __future__ import annotations

import json
import platform
import random
import statistics
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice

from dosing.core.planning import plan
from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.fast_draws import FastDraws
from randomization.core.minimization import Factor, MinimizationDesign, Minimizer, Totals
from randomization.core.simulation import simulate
from tests.core.exact import whole_list
from tests.lanes import TESTS
from trial.protocol.files import PROTOCOLS, load_protocol

ROUNDS = 7
MINIMISE = "minimise after"
ARMS = ("A", "B", "C")
FIRST = date(2015, 10, 5)


@dataclass(frozen=True)
class Benchmark:
    """Ours beside a limit; both do the same `count` of `unit`, and say how many when asked."""

    name: str
    limit_is: str
    unit: str
    count: int
    ours: Callable[[], int]
    limit: Callable[[], int]


@dataclass(frozen=True)
class Result:
    """What came of one benchmark; `ratio` is the median over the rounds of limit time by our time."""

    name: str
    limit_is: str
    ratio: float
    lowest: float
    highest: float
    per_second: float
    unit: str


def seconds(work: Callable[[], int], count: int) -> float:
    """How long the work takes. Fails when it has not done all of it."""
    started = time.perf_counter()
    done = work()
    took = time.perf_counter() - started
    if done != count:
        raise AssertionError(f"{done} were made, not {count}.")
    return took


def measure(case: Benchmark, rounds: int = ROUNDS) -> Result:
    """Warm up once, then take the rounds, ours and the limit in turn."""
    seconds(case.ours, case.count)
    seconds(case.limit, case.count)
    pairs = [(seconds(case.ours, case.count), seconds(case.limit, case.count)) for _ in range(rounds)]
    ratios = sorted(limit / ours for ours, limit in pairs)
    per_second = case.count / statistics.median(ours for ours, _ in pairs)
    median = statistics.median(ratios)
    return Result(case.name, case.limit_is, median, ratios[0], ratios[-1], per_second, case.unit)


def lists() -> Benchmark:
    """Permuted blocks from the list's own cryptographic stream, beside the standard library's shuffle."""
    strata = tuple(StratumSize(f"s{number}", 36) for number in range(100))
    design = Design(tuple(ArmShare(arm, 1) for arm in ARMS), strata, block_sizes=(3, 6, 9))

    def ours() -> int:
        return len(whole_list(design, bytes(32)))

    def limit() -> int:
        source = random.Random(1)
        made: list[tuple[str, int, str, int]] = []
        for stratum in strata:
            for block in range(6):
                filling = list(ARMS) * 2
                source.shuffle(filling)
                made += [(stratum.key, block * 6 + place, arm, block) for place, arm in enumerate(filling)]
        return len(made)

    return Benchmark("make a list", "random.shuffle, not fit for concealment", "envelopes", 3600, ours, limit)


def simulations() -> Benchmark:
    """Simulated draws, counted in every respect, beside nothing but as many draws of the standard library."""
    design = Design(tuple(ArmShare(arm, 1) for arm in ARMS), (StratumSize("all", 36),), block_sizes=(3, 6, 9))

    def ours() -> int:
        return simulate(design, participants=36, runs=500, seed=1).runs * 36

    def limit() -> int:
        source = random.Random(1)
        return len([source.random() for _ in range(500 * 36)])

    return Benchmark("simulate", "bare random()", "arms", 500 * 36, ours, limit)


FEW, MANY, VERY_MANY = 100, 10_000, 1_000_000
"""Participants that are enrolled when a draw by minimisation is timed."""
GROWTH = 1.2
"""By how much a draw may take longer with many enrolled than with few."""


def minimization(enrolled: int = VERY_MANY) -> Benchmark:
    """A draw by minimisation with so many enrolled, beside one with a hundred: 1 if it does not matter."""
    levels = (2, 4, 5, 8)
    factors = tuple(Factor(str(n), tuple(map(str, range(size)))) for n, size in enumerate(levels))
    minimizer = Minimizer(MinimizationDesign(tuple(ArmShare(arm, 1) for arm in ARMS), factors))
    people = [
        tuple(n * step % size for step, size in zip((1, 3, 7, 5), levels, strict=True)) for n in range(840)
    ]
    few, many = enroll(minimizer, people, FEW), enroll(minimizer, people, enrolled)

    def draws(start: Totals) -> int:
        totals, source = deepcopy(start), FastDraws(2)
        return len([minimizer.draw(totals, person, source) for person in people * 5])

    count = 5 * len(people)
    name, limit_is = f"{MINIMISE} {enrolled:,}", f"the same with {FEW} enrolled"
    return Benchmark(name, limit_is, "arms", count, lambda: draws(many), lambda: draws(few))


def enroll(minimizer: Minimizer, people: Sequence[tuple[int, ...]], count: int) -> Totals:
    """The running totals after `count` participants, each drawn."""
    totals, source = Totals.empty(minimizer.design), FastDraws(1)
    for person in islice(cycle(people), count):
        minimizer.draw(totals, person, source)
    return totals


def calendars(participants: int = 100_000) -> Benchmark:
    """Whole calendars with windows, notes and reasons, beside nothing but date additions."""
    protocol = load_protocol(PROTOCOLS / "nct02059759.toml").protocol
    first = plan(protocol, first_injection=FIRST)
    events = (*first.injections, *first.visits)
    offsets = [[day - FIRST for day in (one.date, one.earliest, one.latest)] for one in events]
    starts = [FIRST + timedelta(days=number % 1000) for number in range(participants)]

    def ours() -> int:
        found = (plan(protocol, first_injection=day) for day in starts)
        return sum(len(one.injections) + len(one.visits) == len(events) for one in found)

    def limit() -> int:
        found = ([[day + part for part in parts] for parts in offsets] for day in starts)
        return sum(len(one) == len(events) for one in found)

    return Benchmark("plan calendars", "bare date additions", "participants", participants, ours, limit)


def table(results: list[Result]) -> str:
    """The results, one line each."""
    head = f"{'benchmark':<25}{'ratio':>7}{'lowest':>8}{'highest':>9}{'a second':>12}  limit"
    lines = [
        f"{one.name:<25}{one.ratio:>7.2f}{one.lowest:>8.2f}{one.highest:>9.2f}"
        f"{one.per_second:>12,.0f}  {one.limit_is} ({one.unit})"
        for one in results
    ]
    return "\n".join([head, *lines])


def growing(results: Sequence[Result]) -> list[str]:
    """The minimisations whose draws grow with the number enrolled, in words."""
    return [
        f"{one.name}: a draw takes {1 / one.ratio:.2f} times as long as with {FEW}, more than {GROWTH}"
        for one in results
        if one.name.startswith(MINIMISE) and one.ratio * GROWTH < 1
    ]


def main() -> None:
    """Measure everything, print the table, write bench.json. Exits with 1 when minimisation slows down."""
    from tests.bench_today import today  # needs a door of its own, and so comes last

    minimizations = (partial(minimization, MANY), partial(minimization, VERY_MANY))
    results = [measure(make()) for make in (lists, simulations, *minimizations, calendars)]
    with today() as case:
        results.append(measure(case))
    found = {
        "python": platform.python_version(),
        "rounds": ROUNDS,
        "results": [asdict(one) for one in results],
    }
    (TESTS.parent / "bench.json").write_text(json.dumps(found, indent=2) + "\n")
    print(table(results))
    print("Written to bench.json.")
    if slow := growing(results):
        raise SystemExit("\n".join(slow))


if __name__ == "__main__":
    main()
