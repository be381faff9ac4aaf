"""A benchmark measures work that was really done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from tests.bench import calendars, lists, measure, minimization, simulations


@pytest.mark.parametrize("make", [lists, simulations, partial(minimization, 1000), partial(calendars, 500)])
def test_ours_and_the_limit_do_the_same_amount(make) -> None:
    case = make()

    assert case.ours() == case.limit() == case.count
    assert measure(case, rounds=1).ratio > 0


def test_a_benchmark_that_does_less_than_it_says_fails() -> None:
    with pytest.raises(AssertionError, match="not 3601"):
        measure(replace(lists(), count=3601), rounds=1)
