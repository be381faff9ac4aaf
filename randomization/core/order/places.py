"""An order as the verdict reads it: whole numbers for arms, stratum by stratum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from randomization.core.design import ArmShare

LONGEST = 2_000
"""Places of a stratum that are looked at. What an order copies shows itself long before."""
NO_ARM = -1
"""An arm of an earlier list that this one does not have."""

Place = tuple[str, str, int]
"""Stratum, arm code and block of one envelope; block 0 without blocks."""


@dataclass(frozen=True, repr=False)
class StratumOrder:
    """The first places of one stratum: each arm's index in the design, and its block.

    `places` is how many the stratum has in all. Names arms: never printed.
    """

    key: str
    arms: tuple[int, ...]
    blocks: tuple[int, ...]
    places: int

    @property
    def blocked(self) -> bool:
        """Whether every place is in a block."""
        return bool(self.blocks) and all(self.blocks)

    def runs_of_blocks(self) -> Iterator[tuple[int, ...]]:
        """The arms of each block in turn."""
        place = 0
        for _, block in groupby(self.blocks):
            size = len(list(block))
            yield self.arms[place : place + size]
            place += size


Earlier = Mapping[str, tuple[int, ...]]
"""An earlier list: the first arms of each stratum, as indices of the design that is judged."""


def strata_of(places: Iterable[Place], arms: Sequence[ArmShare]) -> tuple[StratumOrder, ...]:
    """The order of these envelopes, which stand in list order. Of each stratum LONGEST are kept."""
    index = {arm.code: n for n, arm in enumerate(arms)}
    return tuple(_stratum(key, rows, index) for key, rows in groupby(places, key=lambda place: place[0]))


def _stratum(key: str, rows: Iterable[Place], index: Mapping[str, int]) -> StratumOrder:
    held, blocks, count = [], [], 0
    for _, arm, block in rows:
        count += 1
        if count <= LONGEST:
            held.append(index.get(arm, NO_ARM))
            blocks.append(block)
    return StratumOrder(key, tuple(held), tuple(blocks), count)
