"""The block urn design of Zhao and Weng (2011): a block that fills up again as soon as it is even.

The urn holds `sets` times the ratio in balls. A ball is drawn and laid aside; whenever the balls laid aside
hold the ratio once, those balls go back. So no arm is ever ahead by more than `sets` times its share, and
a place is certain less often than in a block of the same size. With one set it is a permuted block.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from randomization.core.design import Design, DesignFault

MOST_SETS = 10_000


def weights(design: Design, counts: Sequence[int], left: int) -> list[int]:
    """The balls of each arm that are in the urn."""
    assert design.sets is not None  # noqa: S101 - `check` saw to it
    common = math.gcd(*(arm.share for arm in design.arms))
    shares = [arm.share // common for arm in design.arms]
    whole = min(count // share for count, share in zip(counts, shares, strict=True))
    return [share * (design.sets + whole) - count for share, count in zip(shares, counts, strict=True)]


def check(design: Design) -> None:
    """Raise DesignFault unless the urn holds some sets of balls."""
    if design.sets is None or not 1 <= design.sets <= MOST_SETS:
        raise DesignFault(
            "sets is missing, below 1 or above %(most)s. Say how many times the urn holds the ratio: 2, say.",
            most=f"{MOST_SETS:,}",
        )
