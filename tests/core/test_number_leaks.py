"""Numbers that tell the arm are found; numbers that tell nothing are left alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import permutations, product

import pytest

from randomization.core.chi_square import upper_tail
from randomization.core.lint_reach import most_telling
from randomization.core.number_features import features_of, thirds
from randomization.core.number_leaks import lint_numbers
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


def sign_by_arm(place: int, digits: int = 6) -> Numbering:
    """Random digits, but one of them spells the arm."""

    def numbers(held: Sequence[str]) -> list[str]:
        source = random.Random(place)
        found = []
        for arm in held:
            signs = [str(source.randrange(10)) for _ in range(digits)]
            signs[place - 1] = str("abc".index(arm))
            found.append("".join(signs))
        return found

    numbers.__name__ = f"sign_{place}_of_{digits}"
    return numbers


def ten_values_of_the_third_digit_by_arm(held: Sequence[str]) -> list[str]:
    """Three or four digits stand for each arm, in the third place."""
    source = random.Random(6)
    digits = (source.choice(range("abc".index(arm), 10, 3)) for arm in held)
    return [f"{source.randrange(10, 100)}{digit}{source.randrange(1000):03d}" for digit in digits]


LEAKS: list[Numbering] = [
    letters_by_arm,
    suffix_by_arm,
    even_for_one_arm,
    longer_for_one_arm,
    ranges_by_arm,
    gaps_by_arm,
    digit_sum_by_arm,
    ten_values_of_the_third_digit_by_arm,
    *map(sign_by_arm, (3, 4)),
    *map(remainder_by_arm, (3, 4, 7, 9, 10, 11, 12, 13)),
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


SHORT = [(2, 12), (2, 14), (2, 16), (2, 20), (2, 24), (3, 12), (3, 18)]


@pytest.mark.parametrize(("arms", "size"), SHORT)
def test_a_list_too_short_to_show_a_leak_is_never_said_to_be_clear(arms: int, size: int) -> None:
    """The first digit is the arm, and not one list in a thousand that tells nothing looks as bad."""
    held = [n % arms for n in range(size)]
    random.Random(arms * size).shuffle(held)
    lint = lint_numbers(
        [f"{arm + 1}{n * 7919 % 10000:04d}" for n, arm in enumerate(held)], list(map(str, held))
    )
    assert not lint.long_enough


@pytest.mark.parametrize(("arms", "size"), [(2, 34), (3, 30), (4, 32)])
def test_a_list_that_is_long_enough_shows_a_leak_by_a_digit_of_ten_values(arms: int, size: int) -> None:
    for seed in range(5):
        source = random.Random(seed)
        held = [n % arms for n in range(size)]
        source.shuffle(held)
        digits = [f"{source.randrange(10, 100)}{source.choice(range(arm, 10, arms))}" for arm in held]
        numbers = [f"{digit}{source.randrange(1000):03d}" for digit in digits]
        lint = lint_numbers(numbers, list(map(str, held)))
        assert lint.long_enough
        assert lint.telling


def test_the_chance_of_the_most_telling_table_is_counted_as_by_hand() -> None:
    assert most_telling([6, 6]) == by_trial([6, 6])
    assert most_telling([4, 2, 2]) == by_trial([4, 2, 2])


def by_trial(counts: list[int]) -> int:
    """Every way to give values to arms, tried one by one."""
    envelopes, found = sum(counts), [len([o for o in permutations(counts) if list(o) == counts])]
    for values in range(2, min(10, envelopes) + 1):
        sizes = [envelopes // values + (n < envelopes % values) for n in range(values)]
        given = product(range(len(counts)), repeat=values)
        found.append(
            sum(
                [sum(s for s, a in zip(sizes, arms, strict=True) if a == arm) for arm in range(len(counts))]
                == counts
                for arms in given
            )
        )
    return max(found)


def test_the_answer_is_the_same_each_time() -> None:
    held = arms()
    numbers = even_for_one_arm(held)
    assert lint_numbers(numbers, held) == lint_numbers(numbers, held)


def test_an_envelope_or_two_have_nothing_to_tell() -> None:
    assert lint_numbers([], []).features == 0
    assert lint_numbers(["R-1", "R-2"], ["a", "b"]).telling == ()


def test_numbers_of_any_text_have_features() -> None:
    numbers = ["", "R", "\u0662\u0663", "AB12CD34", "9" * 30]
    assert all(len(feature(numbers)) == 5 for _, feature in features_of(numbers))


def test_equal_values_stand_in_one_third() -> None:
    assert thirds([5, 5, 5, 7, 8, 9]) == [0, 0, 0, 1, 2, 2]


TABLE = [(3.841, 1, 0.05), (13.816, 2, 0.001), (29.588, 10, 0.001), (2.558, 10, 0.99), (0, 4, 1)]


@pytest.mark.parametrize(("statistic", "degrees", "tail"), TABLE)
def test_chi_square_agrees_with_the_printed_tables(statistic: float, degrees: int, tail: float) -> None:
    assert upper_tail(statistic, degrees) == pytest.approx(tail, rel=2e-3)
