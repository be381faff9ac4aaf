"""The other methods of making a list: what each promises, and lists that never change."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from randomization.core.blocks import LONGEST_RUN, runs
from randomization.core.design import (
    BIG_STICK,
    BLOCK_URN,
    COMPLETE,
    EFRON,
    MAXIMAL,
    ONE_BLOCK,
    PERMUTED_BLOCKS,
    URN,
    ArmShare,
    Design,
    DesignFault,
    StratumSize,
)
from randomization.core.making import make_records
from randomization.core.methods import allocations
from randomization.core.weighted import urn
from tests.core.exact import whole_list

SEED = bytes(range(32))
ARMS = (ArmShare("A", 1), ArmShare("B", 1), ArmShare("C", 1))
UNEQUAL = (ArmShare("A", 2), ArmShare("B", 1), ArmShare("C", 1))
LIST = Design(arms=ARMS, strata=(StratumSize("all", 36, reserve=6),), method=COMPLETE)

DESIGNS = {
    "complete": LIST,
    "complete 2:1:1": replace(LIST, arms=UNEQUAL),
    "one block": replace(LIST, method=ONE_BLOCK),
    "one block 2:1:1": replace(LIST, arms=UNEQUAL, method=ONE_BLOCK, strata=(StratumSize("all", 36, 8),)),
    "big stick 3": replace(LIST, method=BIG_STICK, max_range=3),
    "urn 1, 1": replace(LIST, method=URN, alpha=1, beta=1),
    "urn 0, 1, 2:1:1": replace(LIST, arms=UNEQUAL, method=URN, alpha=0, beta=1),
    "efron 2/3": replace(LIST, method=EFRON, probability="2/3"),
    "efron 9/10, 2:1:1": replace(LIST, arms=UNEQUAL, method=EFRON, probability="9/10"),
    "block urn 2": replace(LIST, method=BLOCK_URN, sets=2),
    "block urn 2, 2:1:1": replace(LIST, arms=UNEQUAL, method=BLOCK_URN, sets=2),
    "maximal 3": replace(LIST, method=MAXIMAL, max_range=3),
    "maximal 2, 2:1:1": replace(
        LIST, arms=UNEQUAL, method=MAXIMAL, max_range=2, strata=(StratumSize("all", 36, 8),)
    ),
    "blocks cut": replace(LIST, method=PERMUTED_BLOCKS, block_sizes=(3, 6, 9), exact=False),
}

GOLDEN = {
    "complete": "ACCBABBCCCBACBCCCAABCBCABBBAACBBBBCA BBACAB",
    "complete 2:1:1": "ABBACCAACABBBAABABBCBACAACBCCABAACAC CAAABA",
    "one block": "ABCBCCAABABCCBCAACCBBCACAABBACBABBAC BACACB",
    "one block 2:1:1": "AACACBAABAACCBCAACCBBBACAAAAABBAABAC ACCABABA",
    "big stick 3": "ACCBABBCCCBACBACBAAABCBCABBBAACBBCCA BCACAB",
    "urn 1, 1": "ABCCBABABCCBCACABACAABABCBACCCCAACCA ACACCA",
    "urn 0, 1, 2:1:1": "ACACAAACAABCCAAAACCCAACABBAABBACABBA ACBBAA",
    "efron 2/3": "ABCBCCABAACBCABABCCBACABCACBABCBABAB CBCBCA",
    "efron 9/10, 2:1:1": "ACBCABBAAACACABABCAAACBAACABBCAAABCA ACABBC",
    "block urn 2": "ABBACCABCACBCBACBBABACCABCABCAABCBAC BACCAB",
    "block urn 2, 2:1:1": "ACABAACABABAACCBBBCAAAABACBACCBCAAAA ACCABB",
    "maximal 3": "BABCBBCACCAAABBCACACBCAABBBCACCCBABA AACBBC",
    "maximal 2, 2:1:1": "AABACCCAABABBABACACCABACAAAABCBAACBA AABCCBAA",
    "blocks cut": "CACBBBACABACCBACAABBACCBCBBACACABCBA ACCABA",
}


def word(design: Design) -> str:
    """The arms of the list as one word, a space before the reserve."""
    arms = "".join(row.arm for row in whole_list(design, SEED))
    return f"{arms[:36]} {arms[36:]}"


@pytest.mark.parametrize("name", DESIGNS)
def test_the_list_of_this_seed_and_design_never_changes(name: str) -> None:
    """If this fails, old lists can no longer be made again: add a version instead."""
    assert word(DESIGNS[name]) == GOLDEN[name]


@pytest.mark.parametrize("name", DESIGNS)
def test_a_reserve_does_not_move_the_main_part(name: str) -> None:
    short = replace(DESIGNS[name], strata=(StratumSize("all", 36),))
    assert whole_list(DESIGNS[name], SEED)[:36] == whole_list(short, SEED)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_survives_being_written_and_read(name: str) -> None:
    assert Design.from_json(DESIGNS[name].as_json()) == DESIGNS[name]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(1, 4), st.binary(min_size=32, max_size=32))
def test_the_big_stick_never_lets_the_range_pass_its_limit(arms: int, limit: int, seed: bytes) -> None:
    shares = tuple(ArmShare(str(n), 1) for n in range(arms))
    design = Design(shares, (StratumSize("all", 40, 20),), BIG_STICK, max_range=limit)
    counts = dict.fromkeys([arm.code for arm in shares], 0)
    for row in whole_list(design, seed):
        counts[row.arm] += 1
        assert max(counts.values()) - min(counts.values()) <= limit
        assert row.block == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.integers(1, 9),
    st.binary(min_size=32, max_size=32),
)
def test_one_block_has_the_ratio_exactly_in_target_and_reserve(
    shares: list[int], times: int, seed: bytes
) -> None:
    arms = tuple(ArmShare(str(n), share) for n, share in enumerate(shares))
    strata = (StratumSize("all", times * sum(shares), sum(shares)),)
    rows = whole_list(Design(arms, strata, ONE_BLOCK), seed)
    for block, factor in ((1, times), (2, 1)):
        counts = Counter(row.arm for row in rows if row.block == block)
        assert counts == {arm.code: arm.share * factor for arm in arms}


def test_the_urn_keeps_the_ratio_at_every_place() -> None:
    """Over all courses of the first four places, weighed exactly, every place has 2:1:1 (alpha 1, beta 2)."""
    design = replace(LIST, arms=UNEQUAL, method=URN, alpha=1, beta=2)
    states = {(0, 0, 0): Fraction(1)}
    for _ in range(4):
        place, following = [Fraction(0)] * 3, Counter[tuple[int, ...]]()
        for counts, probability in states.items():
            weights = urn(design, counts, 0)
            for arm, weight in enumerate(weights):
                chance = probability * Fraction(weight, sum(weights))
                place[arm] += chance
                following[(*counts[:arm], counts[arm] + 1, *counts[arm + 1 :])] += chance
        assert place == [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
        states = following


def test_a_cut_block_is_the_start_of_a_whole_one() -> None:
    """36 places from blocks of 9 and a target of 40: the fifth block gives its first four."""
    exact = replace(DESIGNS["blocks cut"], block_sizes=(9,), strata=(StratumSize("all", 45),), exact=True)
    cut = replace(exact, exact=False, strata=(StratumSize("all", 40),))
    assert whole_list(cut, SEED) == whole_list(exact, SEED)[:40]


@pytest.mark.parametrize("sizes", [(3,), (6, 9), (3, 6, 9), (12, 18, 27)])
def test_a_long_stratum_is_made_in_runs_that_fit(sizes: tuple[int, ...]) -> None:
    for total in (LONGEST_RUN + 6, 60_012, 1_000_002):
        parts = runs(total, sizes)
        assert sum(parts) == total
        assert max(parts) <= LONGEST_RUN
        assert len(set(parts[:-1])) == 1
        assert not any(parts[0] % size for size in sizes)


def test_a_long_list_is_balanced_exactly_and_numbered_with_more_digits() -> None:
    design = Design(ARMS, (StratumSize("all", 30_006),), block_sizes=(3, 6, 9))
    assert set(Counter(row.arm for row in allocations(design, SEED)).values()) == {10_002}
    from uuid import UUID

    record = next(make_records(design, list_id=UUID(int=1), environment="live", seed=SEED))
    assert len(record.number) == len("R-") + 6 + 1


BAD = [
    (replace(LIST, block_sizes=(3,)), "block_sizes is no parameter of complete. Its parameters are: none"),
    (replace(LIST, method=BIG_STICK, max_range=3, exact=False), "exact is no parameter of big_stick"),
    (replace(LIST, method=BIG_STICK), "max_range is missing"),
    (replace(LIST, method=BIG_STICK, max_range=0), "max_range is missing or below 1"),
    (replace(LIST, method=BIG_STICK, max_range=3, arms=UNEQUAL), "the ratio is unequal"),
    (replace(LIST, method=URN, alpha=1), "alpha and beta are both needed"),
    (replace(LIST, method=URN, alpha=0, beta=0), "alpha and beta are both 0"),
    (replace(LIST, method=URN, alpha=1, beta=1, max_range=3), "max_range is no parameter of urn"),
    (replace(LIST, method=ONE_BLOCK, strata=(StratumSize("a", 10),)), "target of stratum a is 10, .* Use 12"),
    (replace(LIST, method=ONE_BLOCK, strata=(StratumSize("a", 9, 4),)), "reserve of stratum a is 4"),
]


@pytest.mark.parametrize(("design", "sentence"), BAD)
def test_a_parameter_that_does_not_fit_is_named(design: Design, sentence: str) -> None:
    with pytest.raises(DesignFault, match=sentence):
        whole_list(design, SEED)
