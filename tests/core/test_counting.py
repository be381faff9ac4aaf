"""Numbers of rows and of blocks that count must count wholly, whatever stands around the count."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from randomization.core.brought.counting import block_order_faults, order_faults
from trial.core.numbers import with_check_digit

FORMS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "a decimal point": lambda n: f"{n}.0",
    "a decimal comma": lambda n: f"{n},0",
    "a letter behind": lambda n: f"{n:03}A",
    "a country behind": lambda n: f"{n:03}-FR",
    "a country before": lambda n: f"FR-{n:03}",
    "of all": lambda n: f"{n}/36",
    "brackets": lambda n: f"({n})",
    "a check digit behind a hyphen": lambda n: f"{n:04}-{with_check_digit(f'{n:04}')[-1]}",
    "a letter that differs": lambda n: f"{n:03}{'KXW'[n * n % 3]}",
    "a letter before that differs": lambda n: f"{'KXW'[n * n % 3]}{n:03}",
    "a year before": lambda n: f"2026-{n:03}",
    "site and year around it": lambda n: f"FR01/{n:03}/2026",
    "words": lambda n: f"No. {n} of 36",
    "full-width digits": lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "one hundred and one": lambda n: str(100 + n),
}


def rules(numbers: Sequence[str]) -> set[str]:
    """The rules that these numbers, a row below the other, break."""
    return {fault.rule for fault in order_faults([list(enumerate(numbers, 2))])}


@pytest.mark.parametrize("form", FORMS)
def test_whatever_stands_around_it_a_count_is_a_count(form: str) -> None:
    numbers = [FORMS[form](n) for n in range(1, 37)]
    assert rules(numbers) == set()
    assert "order" in rules([*numbers[:5], numbers[7], numbers[6], numbers[5], *numbers[8:]])
    assert "gap" in rules([*numbers[:5], *numbers[6:]])
    assert "order" in rules(random.Random(7).sample(numbers, 36))


@pytest.mark.parametrize("form", FORMS)
def test_rows_sorted_by_arm_are_seen_by_their_numbers(form: str) -> None:
    arms = random.Random(1).sample("AB" * 18, 36)
    by_arm = sorted(range(1, 37), key=lambda n: arms[n - 1])
    assert "order" in rules([FORMS[form](n) for n in by_arm])


CODES: dict[str, Callable[[random.Random], str]] = {
    "two letters and two digits": lambda draw: "".join(draw.choices("ABDEK", k=2)) + str(draw.randrange(100)),
    "a digit and letters": lambda draw: str(draw.randrange(10)) + "".join(draw.choices("KXWZQ", k=3)),
    "two digits and letters": lambda draw: str(draw.randrange(100)) + "".join(draw.choices("KXWZQ", k=3)),
    "five digits": lambda draw: str(draw.randrange(10_000, 100_000)),
    "a letter, four digits, a letter": lambda draw: f"R{draw.randrange(10_000):04}{draw.choice('ABC')}",
    "three digits, a hyphen, two": lambda draw: f"{draw.randrange(1000):03}-{draw.randrange(100):02}",
}


@pytest.mark.parametrize("form", CODES)
@pytest.mark.parametrize("rows", [6, 12, 24, 36, 90])
def test_codes_at_random_do_not_count(form: str, rows: int) -> None:
    draw = random.Random(rows)
    lists = [list(dict.fromkeys(CODES[form](draw) for _ in range(rows))) for _ in range(60)]
    assert sum(bool(rules(numbers)) for numbers in lists) == 0


def block_rules(*strata: Sequence[str]) -> set[str]:
    """The rules that the names of these strata's blocks break; a block has three rows."""
    rows = iter(range(2, 9999, 3))
    return {fault.rule for fault in block_order_faults([[(next(rows), n) for n in s] for s in strata])}


COUNTED = [str(n) for n in range(1, 13)]


def test_blocks_may_count_in_each_stratum_or_through_the_file() -> None:
    assert block_rules(COUNTED) == block_rules(COUNTED, COUNTED) == set()
    assert block_rules(COUNTED[:5], COUNTED[5:]) == block_rules(["1"], ["2", "3"], ["4"]) == set()
    assert block_rules([f"A0{n}" for n in (1, 2, 3)], [f"B0{n}" for n in (1, 2, 3)]) == set()
    assert block_rules([f"{n}.0" for n in range(5)]) == set()


@pytest.mark.parametrize("form", FORMS)
def test_blocks_sorted_as_text_are_refused(form: str) -> None:
    assert "order" in block_rules([FORMS[form](n) for n in (1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9)])


@pytest.mark.parametrize(
    "names",
    [COUNTED[::-1], COUNTED[1:], [*COUNTED[:4], *COUNTED[5:]], [*COUNTED[:4], *COUNTED[6:], *COUNTED[4:6]]],
    ids=["reversed", "the first is missing", "one is missing", "two at the end"],
)
def test_blocks_out_of_order_or_missing_are_refused(names: list[str]) -> None:
    assert block_rules(names)
    assert block_rules(COUNTED, names)


def test_names_of_blocks_that_do_not_count_may_stand_as_they_are() -> None:
    assert block_rules(["red", "blue", "green"]) == block_rules(["17", "803", "411", "52"]) == set()
    assert block_rules(["7"], ["9"]) == set()
