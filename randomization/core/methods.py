"""The methods that make a list, by name. A new one is a module with `check` and `allocate`, entered here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import blocks
from .design import PERMUTED_BLOCKS, Allocation, Design, DesignFault, StratumSize


@dataclass(frozen=True)
class Method:
    """`check` raises DesignFault; `allocate` yields one stratum's allocations in order."""

    check: Callable[[Design], None]
    allocate: Callable[[Design, StratumSize, bytes], Iterator[Allocation]]


METHODS = {PERMUTED_BLOCKS: Method(blocks.check, blocks.allocate)}


def make_allocations(design: Design, seed: bytes) -> tuple[Allocation, ...]:
    """Every allocation of the list, strata in the design's order, positions from 1.

    The same design and seed give the same list for ever (`docs/randomization.md`; golden vectors in
    `tests/core/test_blocks.py`). Raises DesignFault.
    """
    method = check_design(design)
    return tuple(row for stratum in design.strata for row in method.allocate(design, stratum, seed))


def check_design(design: Design) -> Method:
    """The design's method, if a list can be made from it. Raises DesignFault."""
    _check_arms(design)
    _check_strata(design)
    if design.method not in METHODS:
        raise DesignFault(f"method is {design.method!r}. This program knows {', '.join(sorted(METHODS))}.")
    METHODS[design.method].check(design)
    return METHODS[design.method]


def _check_arms(design: Design) -> None:
    codes = [arm.code for arm in design.arms]
    if len(codes) < 2:
        raise DesignFault("There are fewer than two arms, so there is nothing to randomise.")
    if len(set(codes)) != len(codes):
        raise DesignFault("Two arms have the same code. Give each its own.")
    if any(arm.share < 1 for arm in design.arms):
        raise DesignFault("Every arm needs a share of at least 1 in the ratio.")


def _check_strata(design: Design) -> None:
    keys = [stratum.key for stratum in design.strata]
    if len(set(keys)) != len(keys) or not all(keys):
        raise DesignFault("Strata need keys that are all different and not empty.")
    if not keys or any(s.target < 1 or s.reserve < 0 for s in design.strata):
        raise DesignFault("Every stratum needs a target of at least 1, and a reserve of 0 or more.")
