"""What past arms tell of the next one: the figures of docs/blinding.md, exactly, for lists of Velum's."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from itertools import permutations, product

import pytest

from randomization.core.blocks import draw_sizes, sequences
from tests.core.past_arms import Blocks
from tests.lanes import TESTS

PAGE = (TESTS.parent / "docs" / "blinding.md").read_text()
SIZES, PLACES = (3, 6, 9), 36


class Ranks:
    """Stands in for the stream: the rank of the sequence that is wanted."""

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def below(self, bound: int) -> int:
        assert self.rank < bound
        return self.rank


def test_every_sequence_of_sizes_is_made_once() -> None:
    """This is what the arithmetic takes for granted of the lists that Velum makes."""
    count = sequences(PLACES, SIZES)[PLACES]
    made = Counter(tuple(draw_sizes(PLACES, SIZES, Ranks(rank))) for rank in range(count))  # type: ignore[arg-type]
    assert (len(made), set(made.values()), count) == (927, {1}, 927)


def by_hand(total: int, sizes: tuple[int, ...], arms: int, seen: int) -> Fraction:
    """The same by writing down every list, for lists that are short."""
    ways = [way for n in range(1, total + 1) for way in product(sizes, repeat=n) if sum(way) == total]
    hits, places = Fraction(0), total - seen
    for place in range(places):
        chances: dict[tuple[int, ...], Counter[int]] = {}
        for way in ways:
            orders = [set(permutations([*range(arms)] * (size // arms))) for size in way]
            share = Fraction(1, len(ways))
            for order in orders:
                share /= len(order)
            for blocks in product(*orders):
                arm = [one for block in blocks for one in block]
                known = chances.setdefault(tuple(arm[place : place + seen]), Counter())
                known[arm[place + seen]] += share  # type: ignore[assignment]
        hits += sum(max(known.values()) for known in chances.values())
    return hits / places


@pytest.mark.parametrize("seen", [0, 1, 2, 3])
def test_short_lists_agree_with_writing_every_one_down(seen: int) -> None:
    assert Blocks(6, (2, 4), arms=2).right(seen) == by_hand(6, (2, 4), 2, seen)


@pytest.mark.parametrize(("seen", "percent"), [(0, 33), (1, 41), (2, 51), (3, 51), (5, 55)])
def test_the_page_says_how_often_the_next_arm_is_guessed(seen: int, percent: int) -> None:
    assert round(100 * Blocks(PLACES, SIZES).right(seen)) == percent
    line = re.search(rf"^\| {seen or 'none'} \| (\d+) % \|", PAGE, re.MULTILINE)
    assert line is not None and int(line[1]) == percent
