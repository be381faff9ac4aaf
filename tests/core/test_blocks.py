"""Permuted blocks: exact sums, equally likely sequences, and lists that never change."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import groupby
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from randomization.core.blocks import check, cut_sizes, draw_sizes, places, runs, sequences
from randomization.core.commitments import design_commitment, envelope_commitment, list_root
from randomization.core.design import Allocation, ArmShare, Design, DesignFault, StratumSize
from randomization.core.making import design_salt, make_records
from randomization.core.stream import Stream
from tests.core.exact import whole_list

SEED = bytes(range(32))
ARMS = (ArmShare("A", 1), ArmShare("B", 1), ArmShare("C", 1))
IMODALS = Design(arms=ARMS, strata=(StratumSize("all", 36),), block_sizes=(3, 6, 9))


def blocks_of(allocations: tuple[Allocation, ...]) -> list[str]:
    """The arms of each block, as one word a block."""
    key = lambda row: (row.stratum, row.block)  # noqa: E731
    return ["".join(row.arm for row in rows) for _, rows in groupby(allocations, key=key)]


def test_there_are_927_sequences_of_3_6_and_9_that_sum_to_36() -> None:
    assert sequences(36, (3, 6, 9))[36] == 927
    assert sequences(36, (6, 9))[36] == 12


def test_every_sequence_of_sizes_is_as_likely_as_the_others() -> None:
    """The 12 sequences of {6, 9} to 36, drawn 12,000 times: chi-square below 31.3 (11 d.f., p = 0.001)."""
    counts = Counter(tuple(draw_sizes(36, (6, 9), Stream(SEED, "blocks", str(run)))) for run in range(12_000))
    assert len(counts) == 12
    assert sum((count - 1000) ** 2 / 1000 for count in counts.values()) < 31.3


def test_every_filling_of_a_block_of_six_occurs() -> None:
    """90 distinct orders of AABBCC, each equally likely; 9,000 draws, chi-square below 135 (89 d.f.)."""
    design = replace(IMODALS, strata=(StratumSize("all", 54_000 // 2),), block_sizes=(6,))
    counts = Counter(blocks_of(whole_list(design, SEED)) + blocks_of(whole_list(design, SEED[::-1])))
    assert len(counts) == 90
    assert sum((count - 100) ** 2 / 100 for count in counts.values()) < 135


ratios = st.lists(st.integers(1, 3), min_size=2, max_size=5)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """Any ratio, any strata, any sizes that can reach the targets."""
    ratio = draw(ratios)
    unit = sum(ratio)
    sizes = sorted(draw(st.sets(st.integers(1, 4), min_size=1, max_size=3)) | {1})
    targets = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    return Design(
        arms=tuple(ArmShare(f"arm-{n}", share) for n, share in enumerate(ratio)),
        strata=tuple(StratumSize(f"s{n}", unit * k, reserve=unit * (k % 3)) for n, k in enumerate(targets)),
        block_sizes=tuple(unit * k for k in sizes),
    )


@settings(max_examples=60, deadline=None)
@given(designs(), st.binary(min_size=32, max_size=32))
def test_every_stratum_is_balanced_exactly_and_so_is_every_block(design: Design, seed: bytes) -> None:
    allocations = whole_list(design, seed)
    for stratum in design.strata:
        rows = [row for row in allocations if row.stratum == stratum.key]
        assert [row.position for row in rows] == list(range(1, stratum.target + stratum.reserve + 1))
        for part in (rows[: stratum.target], rows):
            shares = {arm.code: arm.share * len(part) // design.unit for arm in design.arms}
            assert Counter(row.arm for row in part) == shares
    for _, block in groupby(allocations, key=lambda row: (row.stratum, row.block)):
        arms = Counter(row.arm for row in block)
        assert {arms[arm.code] * design.unit == arms.total() * arm.share for arm in design.arms} == {True}


def test_a_reserve_does_not_move_the_main_part() -> None:
    with_reserve = replace(IMODALS, strata=(StratumSize("all", 36, reserve=9),))
    assert whole_list(with_reserve, SEED)[:36] == whole_list(IMODALS, SEED)


def test_one_stratum_does_not_move_another() -> None:
    two = replace(IMODALS, strata=(StratumSize("other", 36), StratumSize("all", 36)))
    assert whole_list(two, SEED)[36:] == whole_list(IMODALS, SEED)


def test_the_list_of_this_seed_never_changes() -> None:
    """The golden list. If this fails, old lists can no longer be made again: add a version instead."""
    assert blocks_of(whole_list(IMODALS, SEED)) == GOLDEN_BLOCKS


def test_the_records_of_this_seed_never_change() -> None:
    """Numbers, salts and encodings as well, by the root of the commitments."""
    records = list(make_records(IMODALS, list_id=UUID(int=1), environment="live", seed=SEED))
    assert [record.number for record in records[:4]] == ["R-83392", "R-71187", "R-00646", "R-31802"]
    assert list_root(map(envelope_commitment, records)).hex() == GOLDEN_ROOT
    assert design_commitment(IMODALS, design_salt(SEED)).hex() == GOLDEN_DESIGN


def test_a_ratio_of_two_to_one_with_strata_never_changes_either() -> None:
    design = Design(
        arms=(ArmShare("treated", 2), ArmShare("placebo", 1)),
        strata=(StratumSize("fr/bulbar", 9), StratumSize("fr/limb", 6, reserve=3)),
        block_sizes=(3, 6),
    )
    words = [(row.stratum, row.arm[0], row.block) for row in whole_list(design, SEED)]
    assert "".join(f"{arm}{block}" for _, arm, block in words) == GOLDEN_STRATA


BAD = [
    (replace(IMODALS, block_sizes=()), "block_sizes is empty"),
    (replace(IMODALS, block_sizes=(3, 4)), "4, which is no multiple of 3"),
    (replace(IMODALS, block_sizes=(3, 3)), "names a size twice"),
    (replace(IMODALS, block_sizes=(0,)), "0, which is no multiple of 3.*sizes such as 3, 6 or 9"),
    (replace(IMODALS, block_sizes=(-3,)), "-3, which is no multiple"),
    (replace(IMODALS, block_sizes=(10_002,)), "has 10,002. A block has 10,000 places at most"),
    (replace(IMODALS, block_sizes=tuple(range(3, 306, 3))), "has 101 sizes. Give 100 at most"),
    (replace(IMODALS, block_sizes=(9,), strata=(StratumSize("all", 30),)), "sum to the 30 envelopes"),
    (replace(IMODALS, strata=()), "target of at least 1"),
    (replace(IMODALS, strata=(StratumSize("all", 36), StratumSize("all", 36))), "all different"),
    (replace(IMODALS, arms=ARMS[:1]), "fewer than two arms"),
    (replace(IMODALS, arms=(*ARMS, ArmShare("A", 1))), "same code"),
    (replace(IMODALS, arms=(ArmShare("A", 0), ArmShare("B", 3))), "share of at least 1"),
    (
        replace(IMODALS, method="coin"),
        "knows big_stick, block_urn, complete, efron, maximal, one_block, permuted_blocks, urn",
    ),
    (
        replace(IMODALS, block_sizes=(9_999, 9_000), strata=(StratumSize("all", 300_000),)),
        "multiple 9999000",
    ),
]


@pytest.mark.parametrize(("design", "sentence"), BAD)
def test_a_design_that_gives_no_list_is_refused_in_words(design: Design, sentence: str) -> None:
    with pytest.raises(DesignFault, match=sentence):
        whole_list(design, SEED)


def test_the_longest_block_and_the_most_sizes_are_allowed() -> None:
    two = (ArmShare("A", 1), ArmShare("B", 1))
    check(Design(two, (StratumSize("all", 10_000),), block_sizes=(10_000,)))
    check(replace(IMODALS, block_sizes=tuple(range(3, 303, 3))))
    check(Design((ArmShare("A", 1),), (StratumSize("all", 1),), block_sizes=(1,)))


def test_sizes_are_drawn_at_once_up_to_30000_places_and_in_equal_runs_beyond() -> None:
    """By `docs/randomization.md`: runs of the greatest multiple up to half, a longer one at the end."""
    assert runs(30_000, (3, 6, 9)) == [30_000]
    assert runs(30_003, (3, 6, 9)) == [14_994, 15_009]
    assert runs(60_000, (3, 6, 9)) == [14_994] * 3 + [15_018]
    assert runs(30_001, (10_000, 5_000)) == [10_000, 10_000, 10_001]


def test_blocks_cut_at_the_target_go_on_until_it_is_reached() -> None:
    assert list(cut_sizes(0, (2,), Stream(SEED, "x"))) == []
    assert list(cut_sizes(1, (2,), Stream(SEED, "x"))) == [2]
    assert list(cut_sizes(4, (2,), Stream(SEED, "x"))) == [2, 2]


@given(designs(), st.binary(min_size=32, max_size=32))
@settings(max_examples=60, deadline=None)
def test_an_arm_is_certain_where_its_block_has_no_other_left(design: Design, seed: bytes) -> None:
    for stratum in design.strata:
        found = list(places(design, stratum, partial(Stream, seed)))
        for _block, group in groupby(found, key=lambda place: place[1]):
            arms, _blocks, likeliest = zip(*group, strict=True)
            left = [Counter(arms[place:]) for place in range(len(arms))]
            assert list(likeliest) == [max(arm.values()) / arm.total() for arm in left]
            assert [chance == 1 for chance in likeliest] == [len(arm) == 1 for arm in left]


def test_a_design_survives_being_written_and_read() -> None:
    assert Design.from_json(IMODALS.as_json()) == IMODALS


GOLDEN_BLOCKS = ["CACBBBACA", "BACCBA", "ABC", "BAC", "BAC", "CAABBC", "CBA", "ACB"]
GOLDEN_ROOT = "c2e8a2514ae665e64ff7af2301a8f77b4202ab95b027e56e101c7ce3ce290131"
GOLDEN_DESIGN = "39fd65ad15ba33fca32012cb9640e9ff885e37baf8d96bcaec2440f5564119fb"
GOLDEN_STRATA = "p1t1p1t1t1t1t2t2p2t1p1t1t2p2t2p3t3t3"
