"""The chance of the first places of an order, under the declared design or whatever it leaves open.

For each stratum two rows of logarithms. `cumulative[n]` is that of the greatest chance that any design
left open by the declaration gives to the first n places, so it is never below the truth. `free[n]` is that of
the arm at place n + 1 in a fixed model of the places that a rule does not name: the design itself where it
is declared, the ratio where it is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, repeat
from typing import Any

from randomization.core.design import BIG_STICK, BLOCK_URN, EFRON, URN, Design, StratumSize
from randomization.core.methods import METHODS

from .drawn import arm_chances
from .places import StratumOrder

MORE = 12
"""Sizes of a cut block that are tried, in multiples of the ratio; beyond them a block without end."""
NEVER = -700.0
"""For an arm that the declared design cannot give there; e^-700 is as little as a float holds."""
OPEN: tuple[tuple[str, dict[str, Any]], ...] = (
    (URN, {"alpha": 0, "beta": 1}),
    (URN, {"alpha": 1, "beta": 1}),
    *((BIG_STICK, {"max_range": limit}) for limit in range(1, 7)),
    *((BLOCK_URN, {"sets": sets}) for sets in (2, 3, 4)),
    *((EFRON, {"probability": chance}) for chance in ("2/3", "3/4", "4/5")),
)
"""Beside blocks of any sizes, what a list without blocks may have come from."""
OF_ANY_RATIO = (URN, BLOCK_URN)
"""Of these, the methods that take any ratio without being told how its parts came."""


@dataclass(frozen=True)
class Chances:
    """What the design says of one stratum's order; see above."""

    cumulative: Sequence[float]
    free: Sequence[float]
    even: bool = False
    """Whether no order in these blocks has a greater chance: each holds the ratio, as far as is known."""

    @cached_property
    def after(self) -> Sequence[float]:
        """The logarithm of the chance of the places up to each one, itself counted."""
        return self.cumulative[1:]

    @property
    def whole(self) -> float:
        """The logarithm of the chance of all its places."""
        return self.cumulative[-1]


def chances_of(order: StratumOrder, design: Design) -> Chances:
    """The chances of one stratum's places."""
    if order.blocked:
        return _blocked(order, design)
    return _drawn(order, design) if drawn_by_place(design) else _open(order, design)


def drawn_by_place(design: Design) -> bool:
    """Whether the declared method has a chance for each arm at each place."""
    method = METHODS.get(design.method)
    return method is not None and method.weights is not None


def _drawn(order: StratumOrder, design: Design) -> Chances:
    """A declared method that draws place by place."""
    places = list(_by_weights(order, design, _size(order, design)))
    places += [NEVER] * (len(order.arms) - len(places))
    return Chances(list(accumulate(places, initial=0.0)), places)


def _size(order: StratumOrder, design: Design) -> StratumSize:
    declared = next((stratum for stratum in design.strata if stratum.key == order.key), None)
    return declared or StratumSize(order.key, order.places)


def _by_weights(order: StratumOrder, design: Design, size: StratumSize) -> Iterator[float]:
    """The logarithm of each arm's chance, given those before it, as far as the method could give them."""
    chances = arm_chances(order.arms, design, size)
    for arm, found in zip(order.arms, chances, strict=False):
        yield math.log(found[arm]) if found[arm] else NEVER


def _blocked(order: StratumOrder, design: Design) -> Chances:
    """Blocks that are declared, or stand in the file: within each, every order is equally likely."""
    shares = [arm.share for arm in design.arms]
    cumulative, free = [0.0], list[float]()
    ends = _ends(order, design)
    for arms in order.runs_of_blocks():
        end = len(cumulative) - 1 + len(arms)
        rows = [_in_block(arms, shares, times) for times in _sizes(arms, design, end in ends)]
        if len(rows) == 1:
            free += rows[0]
        else:
            free += [_ratio(arm, shares) for arm in arms]
        base = cumulative[-1]
        cumulative += [base + max(found) for found in zip(*(accumulate(row) for row in rows), strict=True)]
    return Chances(cumulative, free, all(map(_in_ratio, order.runs_of_blocks(), repeat(shares))))


def _in_ratio(arms: Sequence[int], shares: Sequence[int]) -> bool:
    return all(arms.count(n) * sum(shares) == len(arms) * share for n, share in enumerate(shares))


def _ends(order: StratumOrder, design: Design) -> set[int]:
    """After how many places a block may have been cut: at the end of the target, and of the stratum."""
    if design.method in METHODS and design.exact:
        return set()
    size = _size(order, design)
    return {size.target, order.places}


def _sizes(arms: Sequence[int], design: Design, may_be_cut: bool) -> list[float]:
    """The sizes that a block may have had, in multiples of the ratio: its own, unless it may be cut."""
    fewest = max(-(-arms.count(n) // arm.share) for n, arm in enumerate(design.arms))
    if len(arms) == fewest * design.unit and not may_be_cut:
        return [fewest]
    known = [size // design.unit for size in design.block_sizes if size >= fewest * design.unit]
    return [*known] or [*range(fewest, fewest + MORE), math.inf]


def _in_block(arms: Sequence[int], shares: Sequence[int], times: float) -> list[float]:
    """The logarithm of each arm's chance in a block of so many times the ratio."""
    if times == math.inf:
        return [_ratio(arm, shares) for arm in arms]
    rest = [share * int(times) for share in shares]
    left, found = sum(rest), []
    for arm in arms:
        found.append(math.log(rest[arm] / left))
        rest[arm] -= 1
        left -= 1
    return found


def _ratio(arm: int, shares: Sequence[int]) -> float:
    return math.log(shares[arm] / sum(shares))


def _open(order: StratumOrder, design: Design) -> Chances:
    """A list without blocks whose method nobody declared: the greatest chance that any of them gives."""
    shares = [arm.share for arm in design.arms]
    rows = [any_blocks(order.arms, shares), *other_rows(order, design)]
    length = len(order.arms)
    cumulative = [max(row[n] for row in rows if n < len(row)) for n in range(length + 1)]
    return Chances(cumulative, [_ratio(arm, shares) for arm in order.arms])


def other_rows(order: StratumOrder, design: Design) -> Iterator[list[float]]:
    """The methods of OPEN that treat these arms, each as far as it could have given this order."""
    alike = len({arm.share for arm in design.arms}) == 1
    size = StratumSize(order.key, order.places)
    for method, parameters in OPEN:
        if alike or method in OF_ANY_RATIO:
            declared = replace(design, method=method, **parameters)
            row = [0.0]
            for place in _by_weights(order, declared, size):
                if place == NEVER:
                    break
                row.append(row[-1] + place)
            yield row


def any_blocks(arms: Sequence[int], shares: Sequence[int]) -> list[float]:
    """The greatest chance that permuted blocks of any sizes give, cut or not.

    The chance of a whole is greatest where it is cut at every place where the ratio holds. A block that is
    under way may have any size; one without end is complete randomisation.
    """
    row, begun = [0.0], 0
    for end in balanced(arms, shares):
        row += _under_way(arms[begun:end], shares, row[-1])
        begun = end
    return row + _under_way(arms[begun:], shares, row[-1])


def balanced(arms: Sequence[int], shares: Sequence[int]) -> Iterator[int]:
    """After how many places the ratio holds, as far as each arm is one of the design's."""
    counts, unit = [0] * len(shares), sum(shares)
    for place, arm in enumerate(arms, 1):
        if arm < 0:
            return
        counts[arm] += 1
        times = place // unit
        if place == times * unit and all(
            count == share * times for count, share in zip(counts, shares, strict=True)
        ):
            yield place


def _under_way(arms: Sequence[int], shares: Sequence[int], base: float) -> list[float]:
    """For each place of a block, the greatest chance up to there that any size of it gives."""
    own = -(-len(arms) // sum(shares))
    best = list(accumulate(_ratio(arm, shares) for arm in arms))
    for times in {*range(1, min(own, MORE) + 1), own}:
        for place, so_far in enumerate(_as_far_as_it_goes(arms, shares, times)):
            best[place] = max(best[place], so_far)
    return [base + found for found in best]


def _as_far_as_it_goes(arms: Sequence[int], shares: Sequence[int], times: int) -> Iterator[float]:
    rest = [share * times for share in shares]
    left, so_far = sum(rest), 0.0
    for arm in arms:
        if not rest[arm]:
            return
        so_far += math.log(rest[arm] / left)
        rest[arm] -= 1
        left -= 1
        yield so_far
