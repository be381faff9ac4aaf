"""No rule promises more than it may: over all lists of a design, what it wins is 1 at most on the average.

The lists are counted out, each with its exact chance, by code that shares nothing with the verdict's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, permutations, product

import pytest

from randomization.core.design import (
    BIG_STICK,
    BLOCK_URN,
    COMPLETE,
    EFRON,
    IMPORTED,
    MAXIMAL,
    ONE_BLOCK,
    PERMUTED_BLOCKS,
    URN,
    ArmShare,
    Design,
    StratumSize,
)
from randomization.core.fast_draws import FastDraws
from randomization.core.methods import check_design
from randomization.core.order import passages
from randomization.core.order.copying import strictly, total
from randomization.core.order.judged import judged
from randomization.core.order.places import Earlier, StratumOrder
from randomization.core.order.verdict import KINDS, Kind

Chanced = Iterator[tuple[tuple[StratumOrder, ...], Fraction]]
EARLIER: tuple[Earlier, ...] = ({"s": (0, 1, 1, 0, 0, 1), "t": (1, 0, 0, 1)}, {"s": (0, 1, -1, 0)})


def orders(share: Sequence[int]) -> list[tuple[int, ...]]:
    """All orders of one block."""
    return sorted(set(permutations([arm for arm, times in enumerate(share) for _ in range(times)])))


def blocks(key: str, sizes: Sequence[int], shares: Sequence[int], cut: int = 0) -> list[StratumOrder]:
    """All orders of blocks of these sizes (in multiples of the ratio), cut by so many places."""
    found = []
    for each in product(*(orders([share * size for share in shares]) for size in sizes)):
        arms = tuple(arm for block in each for arm in block)
        numbers = tuple(n for n, block in enumerate(each, 1) for _ in block)
        end = len(arms) - cut
        found.append(StratumOrder(key, arms[:end], numbers[:end], end))
    return found


def equally_likely(*strata: Sequence[StratumOrder]) -> Chanced:
    """Every combination of these strata's orders, all with one chance."""
    chance = Fraction(1, math.prod(map(len, strata)))
    return ((both, chance) for both in product(*strata))


def unblocked(lists: Chanced) -> Chanced:
    """The same as a file without blocks brings it."""
    for strata, chance in lists:
        yield tuple(StratumOrder(s.key, s.arms, (0,) * len(s.arms), s.places) for s in strata), chance


def coin(places: int, shares: Sequence[int], limit: int = 99) -> Chanced:
    """Complete randomisation, or the big stick with two arms."""

    def grown(arms: tuple[int, ...], chance: Fraction) -> Iterator[tuple[tuple[int, ...], Fraction]]:
        if len(arms) == places:
            yield arms, chance
            return
        counts = [arms.count(n) for n in range(len(shares))]
        weights = [s * (c < min(counts) + limit) for s, c in zip(shares, counts, strict=True)]
        for arm, weight in enumerate(weights):
            if weight:
                yield from grown((*arms, arm), chance * Fraction(weight, sum(weights)))

    for arms, chance in grown((), Fraction(1)):
        yield (StratumOrder("s", arms, (0,) * places, places),), chance


def drawn(method: str, shares: Sequence[int], places: int, **more: object) -> Chanced:
    """What a method gives, counted out by its own code for drawing: every draw has each of its answers."""
    declared = design(method, shares, places, **more)
    known: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    _follow(declared, [], Fraction(1), known)
    for arms, chance in known.items():
        yield (StratumOrder("s", arms, (0,) * places, places),), chance


class Asked(Exception):
    """So many answers are possible."""


class Answered(FastDraws):
    """Draws with these answers; how many the next one has is asked."""

    def __init__(self, answers: list[int]) -> None:
        self.answers = iter(answers)

    def below(self, bound: int) -> int:
        answer = next(self.answers, None)
        if answer is None:
            raise Asked(bound)
        return answer


def _follow(
    declared: Design, answers: list[int], chance: Fraction, known: dict[tuple[int, ...], Fraction]
) -> None:
    method, draws = check_design(declared), Answered(answers)
    try:
        places = list(method.places(declared, declared.strata[0], lambda *label: draws))
    except Asked as asked:
        for answer in range(asked.args[0]):
            _follow(declared, [*answers, answer], chance / asked.args[0], known)
    else:
        known[tuple(arm for arm, _, _ in places)] += chance


def mixed(*worlds: Chanced) -> Chanced:
    """Each of these worlds with one chance: block sizes are drawn first."""
    kept = [list(world) for world in worlds]
    for world in kept:
        for strata, chance in world:
            yield strata, chance / len(kept)


def design(method: str, shares: Sequence[int], places: int, **more: object) -> Design:
    arms = tuple(ArmShare("ABC"[n], share) for n, share in enumerate(shares))
    return Design(arms, (StratumSize("s", places),), method, **more)  # type: ignore[arg-type]


TWO, THREE, DOUBLE = (1, 1), (1, 1, 1), (2, 1)
WORLDS = {
    "one block of 8": (design(ONE_BLOCK, TWO, 8), lambda: equally_likely(blocks("s", [4], TWO))),
    "blocks of 4": (
        design(PERMUTED_BLOCKS, TWO, 8, block_sizes=(4,)),
        lambda: equally_likely(blocks("s", [2, 2], TWO)),
    ),
    "blocks of 2 in two strata": (
        design(PERMUTED_BLOCKS, TWO, 6, block_sizes=(2,)),
        lambda: equally_likely(blocks("s", [1, 1, 1], TWO), blocks("t", [1, 1, 1], TWO)),
    ),
    "blocks of 3": (
        design(PERMUTED_BLOCKS, THREE, 9, block_sizes=(3,)),
        lambda: equally_likely(blocks("s", [1, 1, 1], THREE)),
    ),
    "2:1": (
        design(PERMUTED_BLOCKS, DOUBLE, 9, block_sizes=(3,)),
        lambda: equally_likely(blocks("s", [1, 1, 1], DOUBLE)),
    ),
    "sizes 2 and 4, cut": (
        design(PERMUTED_BLOCKS, TWO, 5, block_sizes=(2, 4), exact=False),
        lambda: mixed(
            equally_likely(blocks("s", [1, 1, 1], TWO, 1)),
            equally_likely(blocks("s", [1, 2], TWO, 1)),
            equally_likely(blocks("s", [2, 1], TWO, 1)),
            equally_likely(blocks("s", [2, 2], TWO, 3)),
        ),
    ),
    "complete": (design(COMPLETE, TWO, 8), lambda: coin(8, TWO)),
    "complete 2:1": (design(COMPLETE, DOUBLE, 7), lambda: coin(7, DOUBLE)),
    "big stick": (design(BIG_STICK, TWO, 8, max_range=2), lambda: coin(8, TWO, 2)),
    "brought with blocks": (design(IMPORTED, TWO, 8), lambda: equally_likely(blocks("s", [2, 1, 1], TWO))),
    "brought with a cut block": (
        design(IMPORTED, TWO, 7),
        lambda: equally_likely(blocks("s", [1, 1, 3], TWO, 3)),
    ),
    "brought without: blocks of 2": (
        design(IMPORTED, TWO, 8),
        lambda: unblocked(equally_likely(blocks("s", [1] * 4, TWO))),
    ),
    "brought without: 2 and 4": (
        design(IMPORTED, TWO, 8),
        lambda: unblocked(equally_likely(blocks("s", [1, 2, 1], TWO))),
    ),
    "brought without: one block": (
        design(IMPORTED, TWO, 8),
        lambda: unblocked(equally_likely(blocks("s", [4], TWO))),
    ),
    "brought without: cut": (
        design(IMPORTED, TWO, 7),
        lambda: unblocked(equally_likely(blocks("s", [2, 2], TWO, 1))),
    ),
    "brought without: three arms": (
        design(IMPORTED, THREE, 9),
        lambda: unblocked(equally_likely(blocks("s", [1] * 3, THREE))),
    ),
    "brought without: six of three arms": (
        design(IMPORTED, THREE, 6),
        lambda: unblocked(equally_likely(blocks("s", [2], THREE))),
    ),
    "brought without: two strata": (
        design(IMPORTED, TWO, 6),
        lambda: unblocked(equally_likely(blocks("s", [1, 2], TWO), blocks("t", [2], TWO))),
    ),
    "three strata of blocks of 2": (
        design(PERMUTED_BLOCKS, TWO, 4, block_sizes=(2,)),
        lambda: equally_likely(*(blocks(key, [1, 1], TWO) for key in "stu")),
    ),
    "four strata of blocks of 2": (
        design(PERMUTED_BLOCKS, TWO, 4, block_sizes=(2,)),
        lambda: equally_likely(*(blocks(key, [1, 1], TWO) for key in "stuv")),
    ),
    "three strata, of other lengths": (
        design(IMPORTED, TWO, 4),
        lambda: equally_likely(blocks("s", [1, 1], TWO), blocks("t", [2], TWO), blocks("u", [2], TWO, 1)),
    ),
    "brought without: three strata": (
        design(IMPORTED, TWO, 4),
        lambda: unblocked(equally_likely(*(blocks(key, [1, 1], TWO) for key in "stu"))),
    ),
    "brought without: three strata of one block": (
        design(IMPORTED, TWO, 4),
        lambda: unblocked(equally_likely(*(blocks(key, [2], TWO) for key in "stu"))),
    ),
    "brought without: long": (
        design(IMPORTED, TWO, 10),
        lambda: unblocked(equally_likely(blocks("s", [1, 2, 2], TWO))),
    ),
    "brought without: complete": (design(IMPORTED, TWO, 8), lambda: coin(8, TWO)),
    "brought without: complete 2:1": (design(IMPORTED, DOUBLE, 7), lambda: coin(7, DOUBLE)),
    "Efron": (design(EFRON, TWO, 6, probability="2/3"), lambda: drawn(EFRON, TWO, 6, probability="2/3")),
    "Efron 2:1": (
        design(EFRON, DOUBLE, 4, probability="2/3"),
        lambda: drawn(EFRON, DOUBLE, 4, probability="2/3"),
    ),
    "block urn 2:1": (design(BLOCK_URN, DOUBLE, 6, sets=2), lambda: drawn(BLOCK_URN, DOUBLE, 6, sets=2)),
    "maximal procedure": (design(MAXIMAL, TWO, 8, max_range=2), lambda: drawn(MAXIMAL, TWO, 8, max_range=2)),
    "maximal procedure 2:1": (
        design(MAXIMAL, DOUBLE, 6, max_range=1),
        lambda: drawn(MAXIMAL, DOUBLE, 6, max_range=1),
    ),
    "urn": (design(URN, THREE, 5, alpha=0, beta=1), lambda: drawn(URN, THREE, 5, alpha=0, beta=1)),
    "brought without: Efron": (design(IMPORTED, TWO, 6), lambda: drawn(EFRON, TWO, 6, probability="2/3")),
    "brought without: block urn": (design(IMPORTED, THREE, 6), lambda: drawn(BLOCK_URN, THREE, 6, sets=2)),
    "brought without: urn": (design(IMPORTED, THREE, 5), lambda: drawn(URN, THREE, 5, alpha=0, beta=1)),
    "brought without: maximal, 2": (design(IMPORTED, TWO, 8), lambda: drawn(MAXIMAL, TWO, 8, max_range=2)),
    "brought without: maximal, 3": (design(IMPORTED, TWO, 10), lambda: drawn(MAXIMAL, TWO, 10, max_range=3)),
    "brought without: big stick": (design(IMPORTED, TWO, 8), lambda: coin(8, TWO, 2)),
}


@pytest.fixture(autouse=True)
def _every_passage_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """In lists as short as these none would be; of two places, they are."""
    monkeypatch.setattr(passages, "LEAST_RARE", 4)
    monkeypatch.setattr(passages, "IN_EACH", 2)


@pytest.mark.parametrize("world", WORLDS)
def test_no_rule_promises_more_than_it_may(world: str) -> None:
    """What a bet wins is 1 at most on the average; what comes once in N lists comes in one of N at most."""
    declared, lists = WORLDS[world]
    won: list[list[tuple[float, float]]] = [[] for _ in KINDS]
    chances = Fraction(0)
    for strata, chance in lists():
        known = judged(declared, strata, EARLIER)
        chances += chance
        for n, kind in enumerate(KINDS):
            found = kind.rule(known)
            if found is not None:
                won[n].append((math.exp(found), float(chance)))
    assert chances == 1
    promised = {str(kind.seen): _promised(kind, found) for kind, found in zip(KINDS, won, strict=True)}
    assert {seen: kept for seen, kept in promised.items() if kept > 1 + 1e-9} == {}


def _promised(kind: Kind, won: list[tuple[float, float]]) -> float:
    """For a bet the mean; for a chance the greatest part of all lists with at least this N, times N."""
    if not kind.chance:
        return sum(found * chance for found, chance in won)
    ordered = sorted(won, reverse=True)
    so_far = accumulate(chance for _, chance in ordered)
    return max((found * part for (found, _), part in zip(ordered, so_far, strict=True)), default=0.0)


def test_the_sum_of_logarithms_is_that_of_the_numbers() -> None:
    assert total([math.log(2), math.log(3), -math.inf]) == pytest.approx(math.log(5))


def test_a_rule_that_pays_for_nothing_would_be_caught() -> None:
    """A period that is chosen when the list is known, and not staked on before, wins too much."""
    declared, lists = WORLDS["complete"]
    mean = 0.0
    for strata, chance in lists():
        arms, found = strata[0].arms, judged(declared, strata, ()).chances[0]
        named = ([None] * period + list(arms) for period in range(1, 5))
        mean += float(chance) * max(math.exp(strictly(arms, found, name)) for name in named)
    assert mean > 1
