"""The verdict on the order of every case: sorted and copied ones are stopped, good ones are taken."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from randomization.core.brought.list_csv import ImportedList
from randomization.core.order.places import strata_of
from randomization.core.order.verdict import Verdict, verdict_on
from tests.brought.test_brought_files import BY_ITS_COUNT, FILES, said_of, taken

STOPPED = {
    "h01_sorted_by_arm.csv": "it is sorted by arm",
    "h02_random_codes_sorted_by_arm.csv": "it is sorted by arm",
    "h03_identical_strata_mirocals.csv": "all its strata have one and the same order",
    "order-all-a-then-b-then-c.csv": "it is sorted by arm",
    "order-blockrand-sorted-in-blocks.csv": "its blocks are sorted by arm",
}


def verdict(brought: ImportedList, *earlier: ImportedList) -> Verdict:
    """What the import asks: the order of a file beside those of earlier lists."""
    arms = brought.design.arms
    orders = [{one.key: one.arms for one in strata_of(_places(other), arms)} for other in earlier]
    return verdict_on(brought.design, strata_of(_places(brought), arms), orders)


def _places(brought: ImportedList) -> list[tuple[str, str, int]]:
    contents = iter(brought.contents)
    return [
        (stratum.key, arm, block)
        for stratum in brought.design.strata
        for arm, block, _ in islice(contents, stratum.target)
    ]


ORDERS = [path for path in FILES if path.name not in BY_ITS_COUNT]


@pytest.mark.parametrize("path", ORDERS, ids=lambda path: path.name)
def test_the_order_of_a_case_is_judged_as_it_should_be(path: Path) -> None:
    found = verdict(taken(path.read_bytes(), said_of(path)))
    assert (found.refused, str(found.seen or "")) == (path.name in STOPPED, STOPPED.get(path.name, ""))
    assert found.refused or not found.needs_reason


def test_a_case_is_no_other_list_beside_another_program_and_the_same_beside_its_own() -> None:
    """The thirty-six places of one program stand in many forms: each is the same order again."""
    by_name = {path.name: taken(path.read_bytes(), said_of(path)) for path in ORDERS}
    list_, ralloc = by_name["05_blockrand_norownames.csv"], by_name["h07_ralloc.csv"]
    assert not verdict(ralloc, list_).seen
    assert verdict(by_name["25_nci.csv"], list_).refused
    assert verdict(by_name["31_proc_plan_export.csv"], ralloc, list_).refused
