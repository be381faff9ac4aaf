"""How often the best guess of the next arm is right for somebody who knows the last few, exactly.

For blocks of sizes that are drawn as `randomization.core.blocks` draws them: every sequence of sizes that
sums to the list equally likely, and within a block every order. Whoever guesses knows the design, the place
in the list and the last arms, as a doctor does who has broken those codes.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from randomization.core.blocks import sequences

Left: TypeAlias = tuple[int, ...]
"""How many of each arm are left in the block that is being given out."""
Known: TypeAlias = dict[Left, Fraction]
"""What may be left, and how likely each is together with what has been seen."""


class Blocks:
    """Lists of `total` places in blocks of `sizes`, with so many equal arms."""

    def __init__(self, total: int, sizes: tuple[int, ...], arms: int = 3) -> None:
        self.total, self.sizes, self.arms = total, sizes, arms
        self.counts = sequences(total, sizes)

    def next_block(self, place: int) -> list[tuple[Left, Fraction]]:
        """The block that begins after `place` places: what it holds, and how likely that is."""
        rest = self.total - place
        return [
            ((size // self.arms,) * self.arms, Fraction(self.counts[rest - size], self.counts[rest]))
            for size in self.sizes
            if size <= rest
        ]

    def given(self, known: Known, place: int) -> list[Known]:
        """For each arm: what is left if that one comes next."""
        after: list[Known] = [{} for _ in range(self.arms)]
        for left, chance in known.items():
            blocks = [(left, Fraction(1))] if any(left) else self.next_block(place)
            for block, likely in blocks:
                for arm, count in enumerate(block):
                    if count:
                        rest = (*block[:arm], count - 1, *block[arm + 1 :])
                        share = chance * likely * Fraction(count, sum(block))
                        after[arm][rest] = after[arm].get(rest, Fraction(0)) + share
        return after

    def guessed(self, known: Known, place: int, seen: int) -> Fraction:
        """How often the best guess is right after `seen` more arms, summed over all that they can be."""
        after = self.given(known, place)
        if not seen:
            return max(sum(one.values(), Fraction(0)) for one in after)
        return sum((self.guessed(one, place + 1, seen - 1) for one in after if one), Fraction(0))

    def before(self) -> list[Known]:
        """What is left before each place, for somebody who has seen nothing."""
        found: list[Known] = [{(0,) * self.arms: Fraction(1)}]
        for place in range(self.total):
            together: Known = {}
            for one in self.given(found[-1], place):
                for left, chance in one.items():
                    together[left] = together.get(left, Fraction(0)) + chance
            found.append(together)
        return found

    def right(self, seen: int) -> Fraction:
        """How often the next arm is guessed right by who knows the last `seen`; the mean over all places."""
        before = self.before()
        places = range(self.total - seen)
        return sum((self.guessed(before[place], place, seen) for place in places), Fraction(0)) / len(places)
