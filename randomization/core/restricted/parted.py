"""Drawing over equal parts that bear the arms' names, for rules that treat all alike.

1:2 is three parts: one of the first arm, two of the second. Such a rule knows no shares, and cannot tell
one part from another, so each part has the same chance at every place and every place has the ratio
(Kuznetsova and Tymofyeyev 2012). With equal shares the parts are the arms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from randomization.core.design import Design, StratumSize
from randomization.core.drawing import Place, Source, likeliest, parts_of, weighted

Weights = Callable[[Design, Sequence[int], int], list[int]]
"""From the design, the counts of the parts so far and the places still to fill, to the parts' weights."""


def places_by(weights: Weights) -> Callable[[Design, StratumSize, Source], Iterator[Place]]:
    """The places of one stratum under this rule; the reserve goes on with the counts of the target."""

    def places(design: Design, stratum: StratumSize, source: Source) -> Iterator[Place]:
        names = parts_of(design.arms)
        counts = [0] * len(names)
        for part, total in stratum.parts:
            draws = source("order", part, stratum.key)
            for left in range(total, 0, -1):
                chances = weights(design, counts, left)
                drawn = weighted(chances, draws)
                counts[drawn] += 1
                yield names[drawn], 0, likeliest(names, chances)

    return places
