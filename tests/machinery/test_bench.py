"""A benchmark measures work that was really done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from tests.bench import Result, calendars, growing, lists, measure, minimization, simulations


@pytest.mark.parametrize("make", [lists, simulations, partial(minimization, 1000), partial(calendars, 500)])
def test_ours_and_the_limit_do_the_same_amount(make) -> None:
    case = make()

    assert case.ours() == case.limit() == case.count
    assert measure(case, rounds=1).ratio > 0


def test_a_benchmark_that_does_less_than_it_says_fails() -> None:
    with pytest.raises(AssertionError, match="not 3601"):
        measure(replace(lists(), count=3601), rounds=1)


def test_a_draw_that_grows_with_the_number_enrolled_fails_the_benchmark() -> None:
    found = [Result(name, "", ratio, 0, 0, 0, "") for name, ratio in SPEEDS]
    assert growing(found) == ["minimise after 9: a draw takes 1.25 times as long as with 100, more than 1.2"]


SPEEDS = [("lists", 0.1), ("minimise after 7", 0.84), ("minimise after 9", 0.8)]
