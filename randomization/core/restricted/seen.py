"""What whoever sees arms, and not the parts behind them, can expect of the next place.

Where an unequal ratio is drawn over equal parts, the rule knows which part of an arm came and nobody else
does. To whoever knows the design and all earlier arms, every state of the parts that fits them has a
chance. With each arm that comes the chances are weighed again (Bayes), so the likeliest next arm is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, chain, pairwise, tee

from randomization.core.design import Design, StratumSize
from randomization.core.drawing import Place, likeliest, parts_of

from .parted import Weights

State = tuple[int, ...]
"""How far each part is ahead of the one that came least; the parts of one arm in ascending order."""

Move = tuple[int, State, float]
"""The arm that comes, the state that follows, and the chance."""

FEW, RARE = 64, 1e-12
"""Of more states than FEW, those rarer than RARE are let go. Only a coin has as many."""


def as_seen(design: Design, weights: Weights) -> Callable[[StratumSize, Iterator[Place]], Iterator[Place]]:
    """Puts beside a stratum's places the chance of the likeliest arm to whoever sees arms alone."""
    chances_of = seen_chances(design, weights)
    every = range(len(design.arms))

    def seen(stratum: StratumSize, places: Iterator[Place]) -> Iterator[Place]:
        places, drawn = tee(places)
        chances = chances_of(stratum, (arm for arm, _, _ in drawn))
        for (arm, block, _), found in zip(places, chances, strict=False):
            yield arm, block, likeliest(every, found)

    return seen


def seen_chances(
    design: Design, weights: Weights
) -> Callable[[StratumSize, Iterable[int]], Iterator[list[float]]]:
    """At each place of a stratum the chance of every arm, to whoever sees the arms before it alone.

    Ends early where the design could not have given an arm.
    """
    moves, parts = _moves_of(design, weights), len(parts_of(design.arms))

    def chances(stratum: StratumSize, arms: Iterable[int]) -> Iterator[list[float]]:
        states: dict[State, float] = {(0,) * parts: 1.0}
        lefts = chain.from_iterable(range(total, 0, -1) for _, total in stratum.parts)
        for left, arm in zip(lefts, arms, strict=False):
            by_arm = _following(states, left, moves, len(design.arms))
            yield [sum(following.values()) for following in by_arm]
            if not by_arm[arm]:
                return
            states = _weighed(by_arm[arm])

    return chances


def _following(
    states: dict[State, float], left: int, moves: Callable[[State, int], list[Move]], arms: int
) -> list[dict[State, float]]:
    """For each arm, the states that follow if it comes, with their chances: together they make 1."""
    by_arm: list[dict[State, float]] = [defaultdict(float) for _ in range(arms)]
    for state, probability in states.items():
        for arm, following, chance in moves(state, left):
            by_arm[arm][following] += probability * chance
    return by_arm


def _weighed(states: dict[State, float]) -> dict[State, float]:
    whole = sum(states.values())
    found = {state: chance / whole for state, chance in states.items()}
    if len(found) <= FEW:
        return found
    return {state: chance for state, chance in found.items() if chance >= RARE}


def _moves_of(design: Design, weights: Weights) -> Callable[[State, int], list[Move]]:
    """The moves from a state so many places before the end, each worked out once."""
    names, known = parts_of(design.arms), {}
    ends = list(accumulate((names.count(arm) for arm in range(len(design.arms))), initial=0))

    def ordered(counts: list[int]) -> State:
        least = min(counts)
        groups = (sorted(counts[start:end]) for start, end in pairwise(ends))
        return tuple(count - least for group in groups for count in group)

    def moves(state: State, left: int) -> list[Move]:
        if (state, left) not in known:
            chances = weights(design, state, left)
            known[state, left] = [
                (names[part], ordered([n + (p == part) for p, n in enumerate(state)]), chance / sum(chances))
                for part, chance in enumerate(chances)
                if chance
            ]
        return known[state, left]

    return moves
