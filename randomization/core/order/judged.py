"""What every rule is told: the order, its chances, and the earlier lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from randomization.core.design import Design

from .chances import Chances, chances_of
from .onward import Onward, onward_of
from .places import Earlier, StratumOrder


@dataclass(frozen=True, repr=False)
class Judged:
    """A list before its verdict. Names arms: never printed."""

    design: Design
    strata: tuple[StratumOrder, ...]
    chances: tuple[Chances, ...]
    earlier: tuple[Earlier, ...]

    @property
    def pairs(self) -> Iterator[tuple[StratumOrder, Chances]]:
        """Each stratum with its chances."""
        return zip(self.strata, self.chances, strict=True)

    @cached_property
    def onwards(self) -> tuple[Onward, ...]:
        """Where passages may begin in each stratum."""
        return tuple(onward_of(order, self.design, found) for order, found in self.pairs)

    @property
    def blocked(self) -> bool:
        """Whether all places are in blocks."""
        return all(stratum.blocked for stratum in self.strata)

    @property
    def arms(self) -> int:
        """How many arms the design has."""
        return len(self.design.arms)


def judged(design: Design, strata: Sequence[StratumOrder], earlier: Sequence[Earlier]) -> Judged:
    """The order with its chances; strata without places are left out."""
    filled = tuple(stratum for stratum in strata if stratum.arms)
    return Judged(design, filled, tuple(chances_of(one, design) for one in filled), tuple(earlier))
