"""The random numbers of a simulation: SHAKE-256 (FIPS 202), read as 32-bit words.

A simulation needs millions of draws that anyone can repeat, and no secrecy. The list's own stream
costs ten times as much; Python's `random` promises only `random()` to stay as it is. SHAKE-256 is a
standard, in most languages' libraries, and one call gives a large piece. Piece n (from 0) has
PIECE_BYTES bytes: the answer to `velum/simulation/1/SEED/n` in ASCII; words are little-endian.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar

Item = TypeVar("Item")

PIECE_BYTES = 65_536
_WORDS = struct.Struct(f"<{PIECE_BYTES // 4}I")


class FastDraws:
    """Uniform draws from a whole-number seed. Not for lists: the seed can be guessed."""

    def __init__(self, seed: int) -> None:
        self._next = _words(seed).__next__

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound` - 1: the word times the bound, less its last 32 bits.

        Not free of bias, but by less than bound / 2^32, far below what any number of runs can show. A
        bound of more than 16 bits takes as many words, the first being the highest, as give 64 bits more
        than it has.
        """
        if bound < 65_536:
            return self._next() * bound >> 32
        words, value = -(-(bound.bit_length() + 64) // 32), 0
        for _ in range(words):
            value = value << 32 | self._next()
        return value * bound >> 32 * words

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in random order (Fisher-Yates, from the last place down), as `Stream.shuffled` does."""
        order, word = list(items), self._next
        if len(order) >= 65_536:
            return self._long_shuffled(order)
        for last in range(len(order) - 1, 0, -1):
            other = word() * (last + 1) >> 32
            order[last], order[other] = order[other], order[last]
        return order

    def _long_shuffled(self, order: list[Item]) -> list[Item]:
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def _words(seed: int) -> Iterator[int]:
    for piece in count():
        label = f"velum/simulation/1/{seed}/{piece}".encode()
        yield from _WORDS.unpack(hashlib.shake_256(label).digest(PIECE_BYTES))
