"""How often the verdict on an order errs: `make verdict`; the figures stand in docs/evidence.md.

Good lists of each design are judged as they are declared, beside an earlier good list, and once more as
a file without block columns brings them. Spoiled lists are judged as they are brought, with blocks and
without.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from randomization.core.design import Design
from randomization.core.fast_draws import FastDraws
from randomization.core.order import chances
from randomization.core.order.judged import judged
from randomization.core.order.places import Earlier
from randomization.core.order.verdict import REASON_FROM, Verdict, verdict_on
from tests.tools.verdict_limits import AT_BEST
from tests.tools.verdict_lists import (
    APART,
    DESIGNS,
    KINDS,
    Orders,
    Planted,
    as_earlier,
    brought,
    fits,
    good,
    without_blocks,
)

GOOD, PLANTED = 20_000, 1_000
WAYS = "| refused | reason | without blocks: refused | reason |"


def without_method(design: Design, strata: Orders, earlier: Sequence[Earlier]) -> Verdict:
    """The verdict on a file without blocks.

    Every method that is left open makes an order likelier and no list rarer; so a list that is common beside
    blocks of any sizes alone is not judged beside the others, which take most of the time.
    """
    left_open, chances.OPEN = chances.OPEN, ()
    try:
        least = verdict_on(brought(design), without_blocks(strata), earlier)
    finally:
        chances.OPEN = left_open
    if not (least.refused or least.needs_reason):
        return least
    return verdict_on(brought(design), without_blocks(strata), earlier)


def good_verdicts(design: Design, lists: int, seed: int) -> Iterator[tuple[Verdict, Verdict]]:
    """The verdicts on good lists: as declared, and as brought without blocks."""
    draws = FastDraws(seed)
    before = as_earlier(good(design, draws))
    for _ in range(lists):
        strata = good(design, draws)
        yield (
            verdict_on(design, strata, [before]),
            without_method(design, strata, [before]),
        )
        before = as_earlier(strata)


def planted_verdicts(kind: str, design: Design, lists: int, seed: int) -> Iterator[tuple[Verdict, Verdict]]:
    """The verdicts on spoiled lists: as brought, with the blocks that are left, and without any."""
    draws = FastDraws(seed)
    for _ in range(lists):
        spoiled: Planted = KINDS[kind](design, draws)
        without = without_method(design, spoiled.strata, spoiled.earlier)
        blocked = all(stratum.blocked for stratum in spoiled.strata)
        yield (
            verdict_on(brought(design), spoiled.strata, spoiled.earlier) if blocked else without,
            without,
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
    """Print the tables, as docs/evidence.md has them: good lists, spoiled ones, and those reported apart."""
    usual = [name for name in DESIGNS if name not in APART]
    good_table(usual, good_lists)
    planted_table(usual, planted)
    good_table(APART, good_lists // 10)
    planted_table(APART, planted // 10)


def good_table(names: Sequence[str], lists: int) -> None:
    """How many of so many good lists of each design are refused, or need a reason."""
    print(f"| design | lists {WAYS}\n|---|---|---|---|---|---|")
    for name in names:
        found = counted(good_verdicts(DESIGNS[name], lists, list(DESIGNS).index(name)))
        print(f"| {name} | {lists} | {found} |", flush=True)


def planted_table(names: Sequence[str], lists: int) -> None:
    """The same of so many spoiled lists of each kind, shared out among the designs that can be spoiled so."""
    print(f"| kind | design | lists {WAYS} noticed at best |\n|---|---|---|---|---|---|---|---|")
    for seed, kind in enumerate(KINDS):
        fitting = [name for name in names if fits(kind, DESIGNS[name])]
        for name in fitting:
            each = -(-lists // len(fitting))
            found = counted(planted_verdicts(kind, DESIGNS[name], each, seed))
            best = most_noticed(kind, DESIGNS[name], each, seed)
            print(f"| {kind} | {name} | {each} | {found} | {best} |", flush=True)


def most_noticed(kind: str, design: Design, lists: int, seed: int) -> str:
    """How many of these lists could be noticed at best, without blocks, by a bet on this very slip alone."""
    if kind not in AT_BEST:
        return "–"
    draws, noticed = FastDraws(seed), 0
    for _ in range(lists):
        spoiled = KINDS[kind](design, draws)
        known = judged(brought(design), without_blocks(spoiled.strata), spoiled.earlier)
        noticed += AT_BEST[kind](known, design) > math.log(REASON_FROM)
    return str(noticed)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
