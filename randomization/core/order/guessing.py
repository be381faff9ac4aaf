"""How well the very list can be guessed, place by place, by whoever knows its earlier arms.

The designs' own figures are averages over all their lists (`tally`); these are one list's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.methods import METHODS
from randomization.core.tally import new_path

from .drawn import arm_chances

SURE = 1 - 1e-9


@dataclass(frozen=True)
class Guesses:
    """What three observers name rightly of so many places; ties are broken by lot, and the mean is counted.

    `guessed`: bets on the arm that lacks most until the ratio holds again, or, where that wins more, always
    on the greatest share. `knowing`: knows the design and the size of the present block as well, and bets on
    the likeliest arm. `certain`: the places at which no other arm was left (deterministic assignments). Both
    are None where the list has no blocks and its method is not known.
    """

    places: int
    guessed: float
    knowing: float | None
    certain: int | None


def guesses(arms: Sequence[int], blocks: Sequence[int], design: Design, key: str) -> Guesses:
    """The figures of one stratum: the arms as indices in the design, and their blocks (0 without)."""
    knowing, certain, known = 0.0, 0, 0
    for chances, arm in zip(_chances(arms, blocks, design, key), arms, strict=False):
        knowing += _bet(chances, arm)
        certain += max(chances) >= sum(chances) * SURE
        known += 1
    guessed = _guessed(arms, design.arms)
    return Guesses(len(arms), guessed, knowing if known else None, certain if known else None)


def together(parts: Sequence[Guesses]) -> Guesses:
    """The figures of all strata."""
    known = [(part.knowing, part.certain) for part in parts]
    all_known = all(knowing is not None for knowing, _ in known)
    return Guesses(
        places=sum(part.places for part in parts),
        guessed=sum(part.guessed for part in parts),
        knowing=sum(knowing or 0.0 for knowing, _ in known) if all_known else None,
        certain=sum(certain or 0 for _, certain in known) if all_known else None,
    )


def _guessed(arms: Sequence[int], shares: Sequence[ArmShare]) -> float:
    common = math.lcm(*(share.share for share in shares))
    path = new_path([common // share.share for share in shares])
    for arm in arms:
        path.follow(arm, 0.0)
    most = max(share.share for share in shares)
    greatest = [n for n, share in enumerate(shares) if share.share == most]
    steady = sum(arms.count(n) for n in greatest) / len(greatest)
    return max(path.hits, steady) if len(greatest) < len(shares) else path.hits


def _bet(chances: Sequence[float], arm: int) -> float:
    """What a bet on the likeliest arm wins. Equal chances may differ in their last digit."""
    tied = [n for n, chance in enumerate(chances) if chance >= max(chances) * SURE]
    return 1 / len(tied) if arm in tied else 0.0


def _chances(
    arms: Sequence[int], blocks: Sequence[int], design: Design, key: str
) -> Iterator[Sequence[float]]:
    """At each place the chances of the arms, or their weights; nothing where they are not known."""
    if blocks and all(blocks):
        yield from _in_blocks(arms, blocks, design)
    elif design.method in METHODS and METHODS[design.method].weights:
        size = next((stratum for stratum in design.strata if stratum.key == key), None)
        yield from arm_chances(arms, design, size or StratumSize(key, len(arms)))


def _in_blocks(arms: Sequence[int], blocks: Sequence[int], design: Design) -> Iterator[list[int]]:
    """What is left of each arm in the block. A cut block is taken as the smallest that it can be."""
    place = 0
    while place < len(arms):
        size = 1
        while place + size < len(arms) and blocks[place + size] == blocks[place]:
            size += 1
        held = arms[place : place + size]
        times = max(-(-held.count(n) // arm.share) for n, arm in enumerate(design.arms))
        rest = [times * arm.share for arm in design.arms]
        for arm in held:
            yield list(rest)
            rest[arm] -= 1
        place += size
