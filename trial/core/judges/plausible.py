"""Judges whether each number that is typed has a plausible range, without which nothing is asked about."""

from __future__ import annotations

from trial.core.criteria_reader import leaves
from trial.core.faults import Place
from trial.core.protocol import CriterionKind, Protocol


def judge_plausible(root: Place, protocol: Protocol) -> None:
    """Note every number criterion, or part of one, that has no plausible range."""
    for row in root.rows("criteria"):
        for leaf in leaves(row):
            if leaf.get("kind") == CriterionKind.NUMBER and "plausible" not in leaf:
                leaf.fault("is a number without a plausible range; write plausible = [lowest, highest].")
