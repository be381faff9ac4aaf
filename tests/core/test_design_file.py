"""Design files: the recommended default, what they may say, and each fault in words."""

from __future__ import annotations

import pytest

from randomization.core.design import ArmShare, DesignFault, StratumSize
from randomization.core.design_file import Plan, design_for, read_plan

ARMS = (ArmShare("A", 1), ArmShare("B", 1), ArmShare("C", 1))


def test_without_a_file_the_recommended_design_is_taken() -> None:
    design = design_for(Plan(), ARMS, ["all"], 36)
    assert design.block_sizes == (3, 6, 9)
    assert design.strata == (StratumSize("all", 36),)


def test_a_file_names_sizes_targets_and_a_reserve() -> None:
    plan = read_plan('block_sizes = [6]\nreserve = 6\n[targets]\n"fr/limb" = 12\n"fr/bulbar" = 6\n')
    design = design_for(plan, ARMS, ["fr/bulbar", "fr/limb"], 36)
    assert design.strata == (StratumSize("fr/bulbar", 6, 6), StratumSize("fr/limb", 12, 6))


FAULTS = [
    ("block_sizes = [", "not valid TOML"),
    ("seed = 7", "seed is no field"),
    ('block_sizes = "3"', "block_sizes must be a list"),
    ("block_sizes = [3.0]", "3.0 where a whole number"),
    ("block_sizes = [true]", "True where a whole number"),
    ("reserve = -3", "-3 where a whole number"),
    ("block_sizes = [4]", "no multiple of 3"),
    ("[targets]\nmoon = 3", "stratum moon"),
    ("[targets]\nall = 0", "target of at least 1"),
    ("[targets]\nall = 999999999999", "999,999,999,999 envelopes. A list has 5,000,000 at most"),
    ("reserve = 5000000", "A list has 5,000,000 at most"),
    ("block_sizes = [3, 3000000000]\nexact = false", "block_sizes has 3,000,000,000. A block has 10,000"),
    (f"block_sizes = {list(range(3, 306, 3))}", "block_sizes has 101 sizes. Give 100 at most"),
    ("[targets]\nall = 10", "sum to the 10 envelopes"),
    ('method = "stick"', "method is 'stick'. This program knows"),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_fault_names_the_field(text: str, sentence: str) -> None:
    with pytest.raises(DesignFault, match=sentence):
        design_for(read_plan(text), ARMS, ["all"], 36)


def test_a_trial_with_strata_needs_a_target_for_each() -> None:
    with pytest.raises(DesignFault, match="lacks the stratum b"):
        design_for(read_plan("[targets]\na = 6"), ARMS, ["a", "b"], 36)


def test_a_reserve_may_serve_one_stratum_alone_and_a_list_of_none_is_refused() -> None:
    design = design_for(read_plan("[targets]\na = 6\nb = 0"), ARMS, ["a", "b"], 36)
    assert [stratum.target for stratum in design.strata] == [6, 0]
    with pytest.raises(DesignFault, match="target of at least 1 in some stratum"):
        design_for(read_plan("[targets]\na = 0\nb = 0"), ARMS, ["a", "b"], 36)
    with pytest.raises(DesignFault, match="target of 0 has no reserve"):
        design_for(read_plan("reserve = 3\n[targets]\na = 6\nb = 0"), ARMS, ["a", "b"], 36)
