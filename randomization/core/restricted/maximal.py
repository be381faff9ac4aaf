"""The maximal procedure of Berger, Ivanova and Knoll (2003): all orders within a limit, equally likely.

Of all orders of a stratum's target that end with the ratio and whose range (largest count less smallest)
never passes `max_range`, each has the same chance. One draw chooses the rank of the order among all of
them, in the order of the alphabet; the order is then read off the numbers of ways to go on. Unequal shares
are taken over equal parts that bear the arms' names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from randomization.core.design import PARTS, Design, DesignFault, StratumSize
from randomization.core.drawing import Place, Source, likeliest, parts_of

State = tuple[int, ...]
"""How far each part is ahead of the one that came least, in ascending order. All parts are alike."""

MOST_BITS = 5 * 10**8
"""Of all the numbers of ways together: some 60 MB. They grow with the square of the number of envelopes."""
MOST_RANGE = 99


def places(design: Design, stratum: StratumSize, source: Source) -> Iterator[Place]:
    """The places of one stratum: those of the target, then those of the reserve; each ends with the ratio."""
    names, ways = parts_of(design.arms), _ways(design)
    for part, total in stratum.parts:
        ahead, draws = (0,) * len(names), source("order", part, stratum.key)
        rank = draws.below(ways[total][ahead])
        for left in range(total - 1, -1, -1):
            chances = _chances(ways[left], ahead)
            drawn = 0
            while rank >= chances[drawn]:
                rank -= chances[drawn]
                drawn += 1
            ahead = _after(ahead, drawn)
            yield names[drawn], 0, likeliest(names, chances)


def weights(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """In how many ways one can go on with each part, `left` places before the end."""
    return _chances(_ways(design)[left - 1], tuple(counts))


def _ways(design: Design) -> Sequence[dict[State, int]]:
    longest = max(total for stratum in design.strata for _, total in stratum.parts)
    return ways_to_end(len(parts_of(design.arms)), design.max_range or 0, longest)


def _chances(ways: dict[State, int], ahead: State) -> list[int]:
    return [ways.get(tuple(sorted(_after(ahead, drawn))), 0) for drawn in range(len(ahead))]


def check(design: Design) -> None:
    """Raise DesignFault without a limit, for a part that cannot end with the ratio, or for one too long."""
    if design.max_range is None or not 1 <= design.max_range <= MOST_RANGE:
        raise DesignFault(
            "max_range is missing, below 1 or above %(most)s. Say by how much one arm may lead: 3, say.",
            most=MOST_RANGE,
        )
    parts = len(parts_of(design.arms))
    longest = longest_part(parts, design.max_range)
    for stratum in design.strata:
        for name, total in stratum.parts:
            if total % parts:
                raise DesignFault(
                    "The %(part)s of stratum %(stratum)s is %(total)s, which is no multiple of %(unit)s, "
                    "the sum of the ratio. Use %(better)s, or another method.",
                    part=PARTS[name],
                    stratum=stratum.key,
                    total=total,
                    unit=parts,
                    better=total // parts * parts + parts,
                )
            if total > longest:
                raise DesignFault(
                    "The %(part)s of stratum %(stratum)s is %(total)s. The maximal procedure counts all its "
                    "orders, which with this ratio and max_range it does up to %(longest)s. Use "
                    "block_urn.",
                    part=PARTS[name],
                    stratum=stratum.key,
                    total=f"{total:,}",
                    longest=f"{longest:,}",
                )


def longest_part(parts: int, limit: int) -> int:
    """The greatest number of places for which the numbers of ways fit into MOST_BITS.

    A state is followed by those with one more place, so at each place one in `parts` of the states occurs;
    a number of ways has on average half as many bits as there are places, times those of `parts`.
    """
    states = math.comb(limit + parts - 1, parts - 1)
    return math.isqrt(2 * MOST_BITS * parts // (states * parts.bit_length()))


@lru_cache(maxsize=2)
def ways_to_end(parts: int, limit: int, longest: int) -> Sequence[dict[State, int]]:
    """For every number of places left, and every state from which the end can be reached: in how many ways.

    At the end all parts have come equally often.
    """
    ways: list[dict[State, int]] = [{(0,) * parts: 1}]
    for _ in range(longest):
        ways.append(_one_place_more(ways[-1], limit))
    return ways


def _one_place_more(after: dict[State, int], limit: int) -> dict[State, int]:
    """The ways from every state that lies one place before those of `after`."""
    found = {}
    for state in {before for one in after for before in _before(one, limit)}:
        following = (tuple(sorted(_after(state, drawn))) for drawn in range(len(state)))
        found[state] = sum(after.get(one, 0) for one in following)
    return found


def _after(ahead: State, drawn: int) -> State:
    """How far each part is ahead when one more has come."""
    grown = [count + (part == drawn) for part, count in enumerate(ahead)]
    least = min(grown)
    return tuple(count - least for count in grown)


def _before(state: State, limit: int) -> Iterator[State]:
    """The states from which this one is reached by one more of some part, within the limit."""
    for part in range(len(state)):
        fewer = [count - (place == part) for place, count in enumerate(state)]
        least = min(fewer)
        if max(fewer) - least <= limit:
            yield tuple(sorted(count - least for count in fewer))
