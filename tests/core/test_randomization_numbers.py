"""Randomisation numbers: distinct, checkable, and telling nothing."""

from __future__ import annotations

from itertools import islice

import pytest

from randomization.core.numbers import digits_for, draw_numbers
from trial.core.numbers import check_digit

SEED = bytes(range(32))


def test_numbers_are_distinct_and_carry_a_check_digit() -> None:
    numbers = list(draw_numbers(500, "live", SEED))
    assert len(set(numbers)) == 500
    assert {check_digit(number.removeprefix("R-")) for number in numbers} == {"0"}


@pytest.mark.parametrize(("environment", "prefix"), [("live", "R-"), ("training", "T-"), ("test", "X-")])
def test_a_number_shows_what_it_is_for(environment: str, prefix: str) -> None:
    assert all(number.startswith(prefix) for number in draw_numbers(20, environment, SEED))


def test_taken_numbers_are_passed_over_and_the_others_stay() -> None:
    free = list(draw_numbers(20, "live", SEED))
    around = list(draw_numbers(20, "live", SEED, taken={free[0], free[3]}))
    assert around[:18] == [number for number in free if number not in {free[0], free[3]}]


@pytest.mark.parametrize(("count", "digits"), [(1, 4), (36, 4), (500, 4), (501, 5), (1_000_000, 8)])
def test_there_is_room_for_twenty_numbers_per_envelope(count: int, digits: int) -> None:
    assert digits_for(count) == digits


def test_numbers_come_from_nothing_but_the_seed() -> None:
    assert list(islice(draw_numbers(100, "live", SEED), 36)) == list(draw_numbers(36, "live", SEED))


def test_the_numbers_of_this_seed_never_change() -> None:
    assert list(islice(draw_numbers(36, "live", SEED), 4)) == ["R-83392", "R-71187", "R-00646", "R-31802"]


def test_numbers_in_use_need_room_as_well() -> None:
    taken = list(draw_numbers(500, "live", SEED))
    assert [len(number) for number in draw_numbers(1, "live", SEED[::-1], taken)] == [len("R-123456")]


def test_what_could_not_be_drawn_here_takes_no_number_away() -> None:
    """Another letter, another length, no digits; and the greatest number of all has its place."""
    free = list(draw_numbers(20, "live", SEED))
    strange = [f"T{free[0][1:]}", f"{free[1]}0", "R-abcde", free[2].replace("-", ""), "R-99999"]
    assert list(draw_numbers(20, "live", SEED, strange)) == free
