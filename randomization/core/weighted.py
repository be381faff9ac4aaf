"""Methods that draw place by place: each arm has a whole-number weight, and one draw decides.

complete    the shares of the ratio, whatever came before
one_block   the shares that are left: one permuted block as long as the whole
big_stick   1, and 0 for an arm that would stretch the range beyond the limit (Soares and Wu 1983)
urn         Wei's urn UD(alpha, beta), 1977: each arm drawn adds balls of all the others
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .design import ONE_BLOCK, PARTS, Design, DesignFault, StratumSize
from .drawing import Place, Source, weighted

Weights = Callable[[Design, Sequence[int], int], list[int]]
"""From the design, the counts of the arms so far and the places still to fill, to the arms' weights."""


def complete(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """The ratio itself: every place is a draw of its own."""
    return [arm.share for arm in design.arms]


def one_block(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """What is left of each arm: of all orders with the exact ratio, each is equally likely."""
    total = sum(counts) + left
    return [arm.share * total // design.unit - count for arm, count in zip(design.arms, counts, strict=True)]


def big_stick(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """All arms alike, except those that would put the range (largest less smallest count) above the limit.

    With two arms this is the rule of Soares and Wu: a fair coin until one arm is ahead by the limit,
    then the other arm. An arm is left out only when it is `max_range` above the smallest.
    """
    assert design.max_range is not None  # noqa: S101 - `check` saw to it
    highest = min(counts) + design.max_range
    return [int(count < highest) for count in counts]


def urn(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """Wei's urn: alpha balls of each arm at first; after each draw, beta more of every other arm.

    An arm with a share of 2 counts as two arms of share 1 that bear one name, so that every place
    taken alone has the ratio: its weight is share * (alpha + beta * drawn) - beta * its own count.
    Where alpha is 0 the urn starts empty, and the first place is a draw by the ratio.
    """
    assert design.alpha is not None  # noqa: S101 - `check` saw to it
    assert design.beta is not None  # noqa: S101
    balls = design.alpha + design.beta * sum(counts)
    if not balls:
        return complete(design, counts, left)
    return [arm.share * balls - design.beta * count for arm, count in zip(design.arms, counts, strict=True)]


def places_by(weights: Weights) -> Callable[[Design, StratumSize, Source], Iterator[Place]]:
    """The places of one stratum under this rule of weights."""

    def places(design: Design, stratum: StratumSize, source: Source) -> Iterator[Place]:
        counts, blocked = [0] * len(design.arms), design.method == ONE_BLOCK
        for block, (part, total) in enumerate(stratum.parts, 1):
            if blocked:
                counts = [0] * len(design.arms)
            draws = source("order", part, stratum.key)
            for left in range(total, 0, -1):
                chances = weights(design, counts, left)
                arm = weighted(chances, draws)
                yield arm, block if blocked else 0, max(chances) / sum(chances)
                counts[arm] += 1

    return places


def check_one_block(design: Design) -> None:
    """Raise DesignFault unless the ratio divides every target and reserve."""
    for stratum in design.strata:
        for name, total in stratum.parts:
            if total % design.unit:
                raise DesignFault(
                    "The %(part)s of stratum %(stratum)s is %(total)s, which is no multiple of %(unit)s, "
                    "the sum of the ratio. Use %(better)s, or another method.",
                    part=PARTS[name],
                    stratum=stratum.key,
                    total=total,
                    unit=design.unit,
                    better=total // design.unit * design.unit + design.unit,
                )


def check_big_stick(design: Design) -> None:
    """Raise DesignFault for unequal shares, or without a limit.

    The rule compares plain counts and treats all arms alike, so it has no form for unequal shares:
    with counts divided by the shares the ratio would no longer hold at every place.
    """
    if design.max_range is None or design.max_range < 1:
        raise DesignFault("max_range is missing or below 1. Say by how much one arm may lead: 3, say.")
    if len({arm.share for arm in design.arms}) > 1:
        raise DesignFault(
            "method is big_stick, which treats all arms alike, and the ratio is unequal. Use "
            "permuted_blocks, one_block, urn or complete."
        )


def check_urn(design: Design) -> None:
    """Raise DesignFault unless alpha and beta are there and not both 0."""
    if design.alpha is None or design.beta is None:
        raise DesignFault("alpha and beta are both needed by the urn: 1 and 1, or 0 and 1, say.")
    if design.alpha == design.beta == 0:
        raise DesignFault("alpha and beta are both 0, so no ball is ever in the urn. Make one of them 1.")
