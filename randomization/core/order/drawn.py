"""The chances of the arms at each place of a method that draws place by place, given the arms before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from randomization.core.design import ONE_BLOCK, Design, StratumSize
from randomization.core.drawing import parts_of
from randomization.core.methods import METHODS
from randomization.core.restricted.seen import seen_chances


def arm_chances(arms: Sequence[int], design: Design, size: StratumSize) -> Iterator[Sequence[float]]:
    """At each place of one stratum the chance of every arm, to whoever knows the design and all arms before.

    Ends early where the design could not have given the arms. Where an arm has several parts, nobody sees
    which of them came (`restricted.seen`).
    """
    names = parts_of(design.arms) if METHODS[design.method].parted else tuple(range(len(design.arms)))
    if len(names) == len(design.arms):
        return _of_arms(arms, design, size)
    return seen_chances(design, _weights)(size, arms)


def _of_arms(arms: Sequence[int], design: Design, size: StratumSize) -> Iterator[Sequence[float]]:
    """Where the parts are the arms, their counts are known."""
    given, counts = iter(arms), [0] * len(design.arms)
    for _, total in size.parts:
        if design.method == ONE_BLOCK:
            counts = [0] * len(design.arms)
        for left, arm in zip(range(total, 0, -1), given, strict=False):
            found = _weights(design, counts, left)
            whole = sum(found)
            yield [weight / whole for weight in found]
            if not found[arm]:
                return
            counts[arm] += 1


def _weights(design: Design, counts: Sequence[int], left: int) -> list[int]:
    weights = METHODS[design.method].weights
    assert weights is not None  # noqa: S101 - the caller chose such a method
    return weights(design, counts, left)
