"""Judges whether each number that is typed has a plausible range, without which nothing is asked about."""

from __future__ import annotations

from decimal import Decimal

from trial.core.criteria_reader import BOUNDS, leaves
from trial.core.faults import Place
from trial.core.protocol import CriterionKind, Protocol

MAY_BE_BELOW = ("°C", "mmol/L")
"""Units of values that may lie below 0 although no bound does: temperatures, a base excess."""
MOST = {"%": Decimal(1000), "years": Decimal(130), "months": Decimal(1560)}
"""What nobody has more of, by unit: in the others MOST_TIMES the greatest bound."""
MOST_TIMES = 10_000


def judge_plausible(root: Place, protocol: Protocol) -> None:
    """Note every number criterion, or part of one, that has no plausible range."""
    for row in root.rows("criteria"):
        for leaf in leaves(row):
            if leaf.get("kind") != CriterionKind.NUMBER:
                continue
            if "plausible" not in leaf:
                leaf.fault("is a number without a plausible range; write plausible = [lowest, highest].")
            else:
                _judge_range(leaf)


def _judge_range(leaf: Place) -> None:
    """A range in which every misprint would lie asks about nothing."""
    low, high = (Decimal(str(end)) for end in leaf.get("plausible"))
    bounds = [abs(Decimal(str(leaf.get(key)))) for key in BOUNDS if key in leaf]
    below = any(Decimal(str(leaf.get(key))) < 0 for key in BOUNDS if key in leaf)
    unit = str(leaf.get("unit", ""))
    if low < 0 and not below and unit not in MAY_BE_BELOW:
        leaf.fault("begins below 0, where no such value is; narrow it.", "plausible")
    most = MOST.get(unit, max(bounds, default=Decimal(0)) * MOST_TIMES)
    if most and max(high, -low) > most:
        leaf.fault(
            "is so wide that no misprint would be asked about; end it at %(most)s or less.",
            "plausible",
            most=f"{most:f}",
        )
