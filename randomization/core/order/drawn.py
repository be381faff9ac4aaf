"""The chances of the arms at each place of a method that draws place by place, given the arms before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from randomization.core.design import ONE_BLOCK, Design, StratumSize
from randomization.core.drawing import parts_of
from randomization.core.methods import METHODS

States = dict[tuple[int, ...], float]
"""What the counts of the parts may be, and how likely each is: which of two parts came, nobody sees."""


def arm_chances(arms: Sequence[int], design: Design, size: StratumSize) -> Iterator[Sequence[float]]:
    """At each place of one stratum the chance of every arm, to whoever knows the design and all arms before.

    Ends early where the design could not have given the arms.
    """
    names = parts_of(design.arms) if METHODS[design.method].parted else tuple(range(len(design.arms)))
    seen = len(names) == len(design.arms)
    yield from _of_arms(arms, design, size) if seen else _of_parts(arms, design, size, names)


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


def _of_parts(
    arms: Sequence[int], design: Design, size: StratumSize, names: Sequence[int]
) -> Iterator[Sequence[float]]:
    """Where an arm has several parts, all ways in which they may have come are followed."""
    given = iter(arms)
    states: States = {(0,) * len(names): 1.0}
    for _, total in size.parts:
        for left, arm in zip(range(total, 0, -1), given, strict=False):
            following = _one_more(states, design, names, left)
            chances = [sum(states.values()) for states in following]
            yield chances
            if not chances[arm]:
                return
            states = {counts: chance / chances[arm] for counts, chance in following[arm].items()}


def _weights(design: Design, counts: Sequence[int], left: int) -> Sequence[int]:
    weights = METHODS[design.method].weights
    assert weights is not None  # noqa: S101 - the caller chose such a method
    return weights(design, counts, left)


def _one_more(states: States, design: Design, names: Sequence[int], left: int) -> list[States]:
    """For each arm the states after it, with their chances."""
    following: list[defaultdict[tuple[int, ...], float]] = [defaultdict(float) for _ in design.arms]
    for counts, chance in states.items():
        found = _weights(design, counts, left)
        whole = sum(found)
        for part, weight in enumerate(found):
            if weight:
                more = (*counts[:part], counts[part] + 1, *counts[part + 1 :])
                following[names[part]][more] += chance * weight / whole
    return list(map(dict, following))
