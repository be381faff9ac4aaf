"""The figures of the acceptance report, on a list that can be counted by hand."""

from __future__ import annotations

from uuid import UUID

from randomization.core.acceptance import Acceptance, acceptance_of
from randomization.core.design import IMPORTED, ArmShare, Design
from randomization.core.sealed_record import SealedRecord
from trial.core.sentences import Sentence

ARMS = (ArmShare("A", 2), ArmShare("B", 1))


def report(**strata: str) -> Acceptance:
    """The report on strata given as blocks of arms: "AAB BAA"."""
    records, number = [], 0
    for key, blocks in strata.items():
        places = [(arm, n) for n, block in enumerate(blocks.split(), 1) for arm in block]
        for position, (arm, block) in enumerate(places, 1):
            number += 1
            facts = {"position": position, "number": f"R-{number}", "arm": arm, "block": block}
            records.append(
                SealedRecord(environment="live", list_id=UUID(int=1), stratum=key, salt=bytes(32), **facts)  # type: ignore[arg-type]
            )
    return acceptance_of(records, Design(ARMS, (), IMPORTED), Sentence("Made here."))


def test_arms_blocks_and_runs_are_counted_in_each_stratum() -> None:
    women, men = report(women="AAB BAAAAB", men="ABA").strata
    assert (women.arms, women.block_sizes, women.runs) == ({"A": 6, "B": 3}, {3: 1, 6: 1}, {1: 1, 2: 2, 4: 1})
    assert (men.key, men.envelopes, men.block_sizes) == ("men", 3, {3: 1})


def test_the_largest_lead_is_in_multiples_of_the_ratio() -> None:
    assert report(all="AAAABB").strata[0].peak_range == 2


def test_a_block_off_the_ratio_is_counted() -> None:
    assert report(all="AAB ABB AA").strata[0].uneven_blocks == 2


def test_the_whole_list_is_the_sum_of_its_strata() -> None:
    assert report(women="AAB", men="BAA AAB").arms == {"A": 6, "B": 3}


def test_an_arm_that_is_missing_counts_nought() -> None:
    assert report(all="AAA").strata[0].arms == {"A": 3, "B": 0}
