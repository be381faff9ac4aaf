"""Numbers that tell the arm are found; numbers that tell nothing are left alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from randomization.core.chi_square import upper_tail
from randomization.core.lint import lint_numbers
from randomization.core.number_features import FEATURES, thirds
from tests.tools.lint_rates import good_list

Numbering = Callable[[Sequence[str]], list[str]]


def arms(size: int = 36) -> list[str]:
    return good_list(3, size)[1]


def letters_by_arm(held: Sequence[str]) -> list[str]:
    return [f"{arm}-{n:04d}" for n, arm in enumerate(held)]


def suffix_by_arm(held: Sequence[str]) -> list[str]:
    return [f"R-{n:04d}{arm}" for n, arm in enumerate(held)]


def even_for_one_arm(held: Sequence[str]) -> list[str]:
    return [f"R-{2 * n + (arm == 'a')}" for n, arm in enumerate(held, 1000)]


def longer_for_one_arm(held: Sequence[str]) -> list[str]:
    return [f"R-{n:0{5 if arm == 'a' else 4}d}" for n, arm in enumerate(held)]


def ranges_by_arm(held: Sequence[str]) -> list[str]:
    return [f"R-{1000 * 'abc'.index(arm) + n}" for n, arm in enumerate(held, 1000)]


def gaps_by_arm(held: Sequence[str]) -> list[str]:
    """Always upwards; by 10 before one arm, by 3 and 7 before the others."""
    value, numbers = 1000, []
    for arm in held:
        value += {"a": 10, "b": 3, "c": 7}[arm]
        numbers.append(f"R-{value}")
    return numbers


def digit_sum_by_arm(held: Sequence[str]) -> list[str]:
    """The digits sum to 10, 11 or 12."""
    wanted, source = {"a": 10, "b": 11, "c": 12}, random.Random(5)
    found = []
    for arm in held:
        while sum(map(int, digits := f"{source.randrange(10000):04d}")) != wanted[arm]:
            pass
        found.append(f"R-{digits}")
    return found


def remainder_by_arm(divisor: int) -> Numbering:
    def numbers(held: Sequence[str]) -> list[str]:
        source = random.Random(divisor)
        return [f"R-{source.randrange(100, 900) * divisor + 'abc'.index(arm)}" for arm in held]

    numbers.__name__ = f"remainder_by_{divisor}"
    return numbers


LEAKS: list[Numbering] = [
    letters_by_arm,
    suffix_by_arm,
    even_for_one_arm,
    longer_for_one_arm,
    ranges_by_arm,
    gaps_by_arm,
    digit_sum_by_arm,
    *map(remainder_by_arm, range(3, 11)),
]


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
@pytest.mark.parametrize("size", [36, 450])
def test_a_planted_leak_is_found(leak: Numbering, size: int) -> None:
    held = arms(size)
    found = lint_numbers(leak(held), held)
    assert found.telling
    assert max(telling.right for telling in found.telling) > 0.6 * size


@pytest.mark.parametrize("size", [36, 450])
def test_numbers_from_the_stream_tell_nothing(size: int) -> None:
    assert [n for n in range(10) if lint_numbers(*good_list(n, size)).telling] == []


def test_numbers_that_count_tell_nothing() -> None:
    held = arms()
    assert lint_numbers([f"R-{n:04d}" for n in range(36)], held).telling == ()


def test_the_answer_is_the_same_each_time() -> None:
    held = arms()
    numbers = even_for_one_arm(held)
    assert lint_numbers(numbers, held) == lint_numbers(numbers, held)


def test_an_envelope_or_two_have_nothing_to_tell() -> None:
    assert lint_numbers([], []).features == 0
    assert lint_numbers(["R-1", "R-2"], ["a", "b"]).telling == ()


def test_numbers_of_any_text_have_features() -> None:
    numbers = ["", "R", "\u0662\u0663", "AB12CD34", "9" * 30]
    assert all(len(feature(numbers)) == 5 for feature in FEATURES.values())


def test_equal_values_stand_in_one_third() -> None:
    assert thirds([5, 5, 5, 7, 8, 9]) == [0, 0, 0, 1, 2, 2]


TABLE = [(3.841, 1, 0.05), (13.816, 2, 0.001), (29.588, 10, 0.001), (2.558, 10, 0.99), (0, 4, 1)]


@pytest.mark.parametrize(("statistic", "degrees", "tail"), TABLE)
def test_chi_square_agrees_with_the_printed_tables(statistic: float, degrees: int, tail: float) -> None:
    assert upper_tail(statistic, degrees) == pytest.approx(tail, rel=2e-3)
