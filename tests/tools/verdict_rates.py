"""How often the verdict on an order errs: `make verdict`; the figures stand in docs/evidence.md.

Good lists of each design are judged as they are declared, beside an earlier good list, and once more as
a file without block columns brings them. Spoiled lists are judged as they are brought, with blocks and
without.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from randomization.core.design import Design
from randomization.core.fast_draws import FastDraws
from randomization.core.order.verdict import Verdict, verdict_on
from tests.tools.verdict_lists import (
    APART,
    DESIGNS,
    KINDS,
    Planted,
    as_earlier,
    brought,
    fits,
    good,
    without_blocks,
)

GOOD, PLANTED = 20_000, 1_000


def good_verdicts(design: Design, lists: int, seed: int) -> Iterator[tuple[Verdict, Verdict]]:
    """The verdicts on good lists: as declared, and as brought without blocks."""
    draws = FastDraws(seed)
    before = as_earlier(good(design, draws))
    for _ in range(lists):
        strata = good(design, draws)
        yield (
            verdict_on(design, strata, [before]),
            verdict_on(brought(design), without_blocks(strata), [before]),
        )
        before = as_earlier(strata)


def planted_verdicts(kind: str, design: Design, lists: int, seed: int) -> Iterator[tuple[Verdict, Verdict]]:
    """The verdicts on spoiled lists: as brought, with the blocks that are left, and without any."""
    draws = FastDraws(seed)
    for _ in range(lists):
        spoiled: Planted = KINDS[kind](design, draws)
        yield (
            verdict_on(brought(design), spoiled.strata, spoiled.earlier),
            verdict_on(brought(design), without_blocks(spoiled.strata), spoiled.earlier),
        )


def counted(verdicts: Iterator[tuple[Verdict, Verdict]]) -> str:
    """How many are refused and how many need a reason, in each of the two ways."""
    found: Counter[tuple[int, str]] = Counter()
    for pair in verdicts:
        for way, verdict in enumerate(pair):
            found[way, "refused"] += verdict.refused
            found[way, "reason"] += verdict.needs_reason
    return " | ".join(f"{found[way, 'refused']} | {found[way, 'reason']}" for way in (0, 1))


def main(good_lists: int = GOOD, planted: int = PLANTED) -> None:
    """Print both tables, as docs/evidence.md has them."""
    print("| design | refused | reason | without blocks: refused | reason |\n|---|---|---|---|---|")
    for seed, (name, design) in enumerate(DESIGNS.items()):
        print(f"| {name} | {counted(good_verdicts(design, good_lists, seed))} |", flush=True)
    print(
        "| kind | design | refused | reason | without blocks: refused | reason |\n|---|---|---|---|---|---|"
    )
    for seed, kind in enumerate(KINDS):
        for name in sorted(DESIGNS, key=lambda name: name in APART):
            if fits(kind, DESIGNS[name]):
                print(
                    f"| {kind} | {name} | {counted(planted_verdicts(kind, DESIGNS[name], planted, seed))} |",
                    flush=True,
                )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
