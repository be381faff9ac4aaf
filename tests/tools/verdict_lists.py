"""Good lists of some designs, and lists spoiled as lists have been: for the verdict's rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from randomization.core.design import (
    BIG_STICK,
    COMPLETE,
    IMPORTED,
    ONE_BLOCK,
    PERMUTED_BLOCKS,
    URN,
    ArmShare,
    Design,
    StratumSize,
)
from randomization.core.fast_draws import FastDraws
from randomization.core.methods import check_design
from randomization.core.order.places import Earlier, StratumOrder

THREE = tuple(ArmShare(code, 1) for code in "ABC")
TWO = tuple(ArmShare(code, 1) for code in "AB")
DOUBLE = (ArmShare("A", 2), ArmShare("B", 1), ArmShare("C", 1))
ALL = (StratumSize("all", 36),)
FOUR = tuple(StratumSize(key, 12) for key in ("FR/BULBAR", "FR/SPINAL", "UK/BULBAR", "UK/SPINAL"))
SIX = tuple(StratumSize(f"site {n}", 36) for n in range(6))


def _blocks(
    sizes: tuple[int, ...], arms: tuple[ArmShare, ...], strata: tuple[StratumSize, ...], **more: object
) -> Design:
    return Design(arms, strata, PERMUTED_BLOCKS, sizes, **more)  # type: ignore[arg-type]


DESIGNS = {
    "{3, 6, 9} to 36": _blocks((3, 6, 9), THREE, ALL),
    "{6, 9} cut at 36": _blocks((6, 9), THREE, ALL, exact=False),
    "blocks of 6": _blocks((6,), THREE, ALL),
    "one block of 36": Design(THREE, ALL, ONE_BLOCK),
    "complete": Design(THREE, ALL, COMPLETE),
    "big stick 3, two arms": Design(TWO, ALL, BIG_STICK, max_range=3),
    "2:1:1, blocks of 4 and 8": _blocks((4, 8), DOUBLE, ALL),
    "two arms, blocks of 4 and 6, six strata of 36": _blocks((4, 6), TWO, SIX),
    "urn (1, 1)": Design(THREE, ALL, URN, alpha=1, beta=1),
    "blocks of 3": _blocks((3,), THREE, ALL),
    "two arms, blocks of 4, four strata of 12": _blocks((4,), TWO, FOUR),
    "short: {3, 6} to 12": _blocks((3, 6), THREE, (StratumSize("all", 12),)),
}
"""The first eight are those of the issue; blocks of 3 and short lists are reported apart."""
APART = ("blocks of 3", "two arms, blocks of 4, four strata of 12", "short: {3, 6} to 12")

Orders = tuple[StratumOrder, ...]


@dataclass(frozen=True)
class Planted:
    """A list to be judged: its order, and the earlier lists of its trial."""

    strata: Orders
    earlier: tuple[Earlier, ...] = ()


def good(design: Design, draws: FastDraws) -> Orders:
    """One list of this design, by the very code that makes lists."""
    method, strata = check_design(design), []
    for stratum in design.strata:
        places = list(method.places(design, stratum, lambda *label: draws))
        arms, blocks = tuple(arm for arm, _, _ in places), tuple(block for _, block, _ in places)
        strata.append(StratumOrder(stratum.key, arms, blocks, len(arms)))
    return tuple(strata)


def as_earlier(strata: Orders) -> Earlier:
    """The list as an earlier one of the trial."""
    return {stratum.key: stratum.arms for stratum in strata}


def without_blocks(strata: Orders) -> Orders:
    """The list as a file without block columns brings it."""
    return tuple(replace(stratum, blocks=(0,) * len(stratum.arms)) for stratum in strata)


def brought(design: Design) -> Design:
    """What is declared of a list that came in a file."""
    return Design(design.arms, design.strata, IMPORTED)


def with_arms(stratum: StratumOrder, arms: Sequence[int]) -> StratumOrder:
    """The stratum with these arms at its places."""
    return replace(stratum, arms=tuple(arms))


def sorted_by_arm(design: Design, draws: FastDraws) -> Planted:
    rank = draws.shuffled(range(len(design.arms)))
    strata = without_blocks(good(design, draws))
    return Planted(tuple(with_arms(one, sorted(one.arms, key=rank.__getitem__)) for one in strata))


def sorted_in_blocks(design: Design, draws: FastDraws) -> Planted:
    rank = draws.shuffled(range(len(design.arms)))
    strata = good(design, draws)
    found = []
    for one in strata:
        arms = [arm for block in one.runs_of_blocks() for arm in sorted(block, key=rank.__getitem__)]
        found.append(with_arms(one, arms))
    return Planted(tuple(found))


def alternating(design: Design, draws: FastDraws) -> Planted:
    turn = draws.shuffled([n for n, arm in enumerate(design.arms) for _ in range(arm.share)])
    strata = without_blocks(good(design, draws))
    return Planted(
        tuple(with_arms(one, [turn[n % len(turn)] for n in range(len(one.arms))]) for one in strata)
    )


def one_block_again(design: Design, draws: FastDraws) -> Planted:
    sizes = design.block_sizes or (design.unit * 2,)
    size = sizes[draws.below(len(sizes))]
    block = draws.shuffled(
        [n for n, arm in enumerate(design.arms) for _ in range(arm.share * size // design.unit)]
    )
    strata = good(design, draws)
    found = []
    for one in strata:
        arms = [block[n % size] for n in range(len(one.arms))]
        blocks = tuple(n // size + 1 for n in range(len(one.arms)))
        found.append(StratumOrder(one.key, tuple(arms), blocks, len(arms)))
    return Planted(tuple(found))


def identical_strata(design: Design, draws: FastDraws) -> Planted:
    first, *others = good(design, draws)
    return Planted((first, *(replace(first, key=one.key) for one in others)))


def rotated_strata(design: Design, draws: FastDraws) -> Planted:
    first, *others = without_blocks(good(design, draws))
    step = 1 + draws.below(len(first.arms) - 1)
    found = [first]
    for one in others:
        before = found[-1].arms
        found.append(with_arms(one, before[step:] + before[:step]))
    return Planted(tuple(found))


def strata_exchanged(design: Design, draws: FastDraws) -> Planted:
    earlier = good(design, draws)
    turned = [*earlier[1:], earlier[0]]
    return Planted(
        tuple(replace(other, key=one.key) for one, other in zip(earlier, turned, strict=True)),
        (as_earlier(earlier),),
    )


def reversed_list(design: Design, draws: FastDraws) -> Planted:
    earlier = good(design, draws)
    turned = tuple(replace(one, arms=one.arms[::-1], blocks=(0,) * len(one.arms)) for one in earlier)
    return Planted(turned, (as_earlier(earlier),))


def three_more_rows(design: Design, draws: FastDraws) -> Planted:
    earlier, found = good(design, draws), []
    for one in earlier:
        more = draws.shuffled([n for n, arm in enumerate(design.arms) for _ in range(arm.share)])[:3]
        blocks = tuple(0 for _ in range(len(one.arms) + len(more)))
        found.append(StratumOrder(one.key, (*one.arms, *more), blocks, len(blocks)))
    return Planted(tuple(found), (as_earlier(earlier),))


def three_rows_before(design: Design, draws: FastDraws) -> Planted:
    earlier, found = good(design, draws), []
    for one in earlier:
        more = draws.shuffled([n for n, arm in enumerate(design.arms) for _ in range(arm.share)])[:3]
        found.append(
            StratumOrder(one.key, (*more, *one.arms), (0,) * (len(one.arms) + len(more)), len(one.arms) + 3)
        )
    return Planted(tuple(found), (as_earlier(earlier),))


def shifted(design: Design, draws: FastDraws) -> Planted:
    earlier = good(design, draws)
    by = 1 + draws.below(len(earlier[0].arms) // 2)
    moved = tuple(with_arms(one, one.arms[by:] + one.arms[:by]) for one in without_blocks(earlier))
    return Planted(moved, (as_earlier(earlier),))


def first_half_again(design: Design, draws: FastDraws) -> Planted:
    earlier, fresh = good(design, draws), good(design, draws)
    found = []
    for one, other in zip(without_blocks(earlier), fresh, strict=True):
        half = len(one.arms) * 2 // 3
        found.append(with_arms(one, (*one.arms[:half], *other.arms[half:])))
    return Planted(tuple(found), (as_earlier(earlier),))


def reserve_again(design: Design, draws: FastDraws) -> Planted:
    earlier = good(design, draws)
    found = []
    for one in earlier:
        end = len(one.arms) * 2 // 3
        found.append(StratumOrder(one.key, one.arms[:end], (0,) * end, end))
    return Planted(tuple(found), (as_earlier(good(design, draws)), as_earlier(earlier)))


def arms_exchanged(design: Design, draws: FastDraws) -> Planted:
    earlier = good(design, draws)
    names = [*range(1, len(design.arms)), 0]
    turned = tuple(with_arms(one, [names[arm] for arm in one.arms]) for one in without_blocks(earlier))
    return Planted(turned, (as_earlier(earlier),))


KINDS: dict[str, Callable[[Design, FastDraws], Planted]] = {
    "sorted by arm": sorted_by_arm,
    "sorted inside blocks": sorted_in_blocks,
    "alternating": alternating,
    "one block again and again": one_block_again,
    "identical strata": identical_strata,
    "strata rotated": rotated_strata,
    "strata of an earlier list exchanged": strata_exchanged,
    "an earlier list reversed": reversed_list,
    "an earlier list with three more rows": three_more_rows,
    "an earlier list below three new rows": three_rows_before,
    "an earlier list shifted": shifted,
    "two thirds of an earlier list, then new": first_half_again,
    "a reserve that is the first two thirds": reserve_again,
    "an earlier list with arms exchanged": arms_exchanged,
}
OF_STRATA = {"identical strata", "strata rotated", "strata of an earlier list exchanged"}
OF_BLOCKS = {"sorted inside blocks"}
OF_EQUAL_SHARES = {"an earlier list with arms exchanged"}


def fits(kind: str, design: Design) -> bool:
    """Whether a list of this design can be spoiled so."""
    return (
        (kind not in OF_STRATA or len(design.strata) > 1)
        and (kind not in OF_BLOCKS or design.method == PERMUTED_BLOCKS)
        and (kind not in OF_EQUAL_SHARES or len({arm.share for arm in design.arms}) == 1)
    )
