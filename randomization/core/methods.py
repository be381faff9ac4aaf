"""The methods that make a list, by name. A new one is a `check` and a `places`, entered here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from trial.core.sentences import Sentence

from . import blocks, weighted
from .design import (
    BIG_STICK,
    BLOCK_URN,
    COMPLETE,
    EFRON,
    MAXIMAL,
    ONE_BLOCK,
    PARAMETERS,
    PERMUTED_BLOCKS,
    URN,
    Allocation,
    Design,
    DesignFault,
)
from .drawing import Draws, Places
from .restricted import block_urn, efron, maximal
from .stream import Stream
from .weighted import Weights

MOST_ENVELOPES = 5_000_000
"""In one list. One bit is kept in memory for each of the 10^8 numbers that they are drawn from."""


@dataclass(frozen=True)
class Method:
    """`check` raises DesignFault; `places` yields one stratum's places in order; `parameters` are its own.

    `weights` has the chances of a method that draws place by place: of the arms, or where `parted` of the
    equal parts that bear their names (`drawing.parts_of`), which with equal shares are the arms.
    `keeps_the_ratio`: every place taken alone has it, also where the ratio is unequal.
    """

    check: Callable[[Design], None]
    places: Places
    parameters: tuple[str, ...] = ()
    weights: Weights | None = None
    parted: bool = False
    keeps_the_ratio: bool = True


def _nothing_to_check(design: Design) -> None:
    """Complete randomisation takes any ratio and any target."""


def _by_weights(check: Callable[[Design], None], weights: Weights, *parameters: str) -> Method:
    """A method that draws each place by the weights of the arms."""
    return Method(check, weighted.places_by(weights), parameters, weights)


METHODS = {
    PERMUTED_BLOCKS: Method(blocks.check, blocks.places, ("block_sizes", "exact")),
    ONE_BLOCK: _by_weights(weighted.check_one_block, weighted.one_block),
    BIG_STICK: _by_weights(weighted.check_big_stick, weighted.big_stick, "max_range"),
    URN: _by_weights(weighted.check_urn, weighted.urn, "alpha", "beta"),
    COMPLETE: _by_weights(_nothing_to_check, weighted.complete),
    EFRON: Method(efron.check, efron.places, ("probability",), efron.weights, parted=True),
    BLOCK_URN: replace(_by_weights(block_urn.check, block_urn.weights, "sets"), keeps_the_ratio=False),
    MAXIMAL: Method(maximal.check, maximal.places, ("max_range",), maximal.weights, parted=True),
}


def allocations(design: Design, seed: bytes) -> Iterator[Allocation]:
    """Every allocation of the list, strata in the design's order, positions from 1, in constant memory.

    The same design and seed give the same list for ever (`docs/randomization.md`; golden vectors in
    `tests/core/test_blocks.py` and `test_methods.py`). Raises DesignFault before the first is asked for.
    """
    method = check_design(design)

    def source(*label: str) -> Draws:
        return Stream(seed, *label)

    codes = [arm.code for arm in design.arms]
    return (
        Allocation(stratum.key, position, codes[arm], block)
        for stratum in design.strata
        for position, (arm, block, _) in enumerate(method.places(design, stratum, source), 1)
    )


def check_design(design: Design) -> Method:
    """The design's method, if a list can be made from it. Raises DesignFault."""
    _check_arms(design)
    _check_strata(design)
    if design.method not in METHODS:
        raise DesignFault(
            "method is %(method)s. This program knows %(known)s.",
            method=repr(design.method),
            known=", ".join(sorted(METHODS)),
        )
    method = METHODS[design.method]
    _check_parameters(design, method)
    method.check(design)
    return method


def _check_parameters(design: Design, method: Method) -> None:
    given = {"block_sizes": design.block_sizes != (), "exact": not design.exact}
    given |= {name: getattr(design, name) is not None for name in PARAMETERS}
    for name, is_given in given.items():
        if is_given and name not in method.parameters:
            known = ", ".join(method.parameters) or Sentence("none")
            raise DesignFault(
                "%(name)s is no parameter of %(method)s. Its parameters are: %(known)s. Take it out.",
                name=name,
                method=design.method,
                known=known,
            )


def _check_arms(design: Design) -> None:
    codes = [arm.code for arm in design.arms]
    if len(codes) < 2:
        raise DesignFault("There are fewer than two arms, so there is nothing to randomise.")
    if len(set(codes)) != len(codes):
        raise DesignFault("Two arms have the same code. Give each its own.")
    if any(arm.share < 1 for arm in design.arms):
        raise DesignFault("Every arm needs a share of at least 1 in the ratio.")


def _check_strata(design: Design) -> None:
    """A stratum without envelopes is for a reserve that serves some strata alone; `make_list` sees to it."""
    keys = [stratum.key for stratum in design.strata]
    if len(set(keys)) != len(keys) or not all(keys):
        raise DesignFault("Strata need keys that are all different and not empty.")
    if any(s.target < 0 or s.reserve < 0 for s in design.strata) or not design.size:
        raise DesignFault("A list needs a target of at least 1 in some stratum, and nowhere less than 0.")
    if any(s.reserve and not s.target for s in design.strata):
        raise DesignFault("A stratum with a target of 0 has no reserve either. Give it a target.")
    if design.size > MOST_ENVELOPES:
        raise DesignFault(
            "The list would have %(size)s envelopes. A list has %(most)s at most: lower targets or reserve.",
            size=f"{design.size:,}",
            most=f"{MOST_ENVELOPES:,}",
        )
