"""Sizes of a list that are unlikely for the trial's target."""

from __future__ import annotations

import pytest

from randomization.core.list_sizes import doubtful_blocks, doubtful_first, doubtful_sizes


def fields(*doubts: object) -> list[tuple[str, str]]:
    return [(doubt.field, doubt.value) for doubt in doubts]  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [1, 12, 36, 39, 45, 72])
def test_up_to_twice_the_target_is_not_asked_about(size: int) -> None:
    assert doubtful_sizes({"all": size}, 36) == ()


@pytest.mark.parametrize("size", [73, 360, 3600, 36_000])
def test_more_than_twice_the_target_is_asked_about(size: int) -> None:
    (doubt,) = doubtful_sizes({"all": size}, 36)
    assert (doubt.field, doubt.value) == ("all", str(size))
    assert str(doubt.asks) == f"Envelopes of stratum all: {size}. The trial’s target is 36. Is it right?"


def test_each_of_several_strata_may_have_the_whole_target() -> None:
    sizes = {"FR/LIMB": 220, "UK/LIMB": 110, "FR/BULBAR": 221, "UK/BULBAR": 2200}
    found = doubtful_sizes(sizes, 220)
    assert fields(*found) == [("FR/BULBAR", "221"), ("UK/BULBAR", "2200")]


@pytest.mark.parametrize(("sizes", "asked"), [((3, 6, 9), []), ((18,), []), ((3, 69), ["69"]), ((), [])])
def test_a_block_of_many_times_the_ratio_is_asked_about(sizes: tuple[int, ...], asked: list[str]) -> None:
    assert [doubt.value for doubt in doubtful_blocks(sizes, 3)] == asked


@pytest.mark.parametrize(
    ("first", "asked"), [(None, []), (0, []), (1001, []), (99_999, []), (10**6, ["1000000"])]
)
def test_a_count_that_begins_very_high_is_asked_about(first: int | None, asked: list[str]) -> None:
    assert [doubt.value for doubt in doubtful_first(first)] == asked
