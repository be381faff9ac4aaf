"""Good lists of some designs, and lists spoiled as lists have been: for the verdict's rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

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
FOUR_OF_16 = tuple(StratumSize(key, 16) for key in ("FR/BULBAR", "FR/SPINAL", "UK/BULBAR", "UK/SPINAL"))
FOUR_OF_36 = tuple(StratumSize(key, 36) for key in ("FR/BULBAR", "FR/SPINAL", "UK/BULBAR", "UK/SPINAL"))
FOUR_OF_24 = tuple(StratumSize(key, 24) for key in ("FR/BULBAR", "FR/SPINAL", "UK/BULBAR", "UK/SPINAL"))
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
    "two arms, blocks of 4, four strata of 36": _blocks((4,), TWO, FOUR_OF_36),
    "two arms, blocks of 4, four strata of 24": _blocks((4,), TWO, FOUR_OF_24),
    "two arms, blocks of 4, four strata of 16": _blocks((4,), TWO, FOUR_OF_16),
    "two arms, blocks of 4, four strata of 12": _blocks((4,), TWO, FOUR),
    "short: {3, 6} to 12": _blocks((3, 6), THREE, (StratumSize("all", 12),)),
}
"""The first eight are those of the issue; blocks of 3 and short lists are reported apart."""
APART = (
    "blocks of 3",
    "two arms, blocks of 4, four strata of 36",
    "two arms, blocks of 4, four strata of 24",
    "two arms, blocks of 4, four strata of 16",
    "two arms, blocks of 4, four strata of 12",
    "short: {3, 6} to 12",
)

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


def two_strata_identical(design: Design, draws: FastDraws) -> Planted:
    return _one_more(design, draws, lambda source, own: source)


def one_stratum_the_beginning_of_another(design: Design, draws: FastDraws) -> Planted:
    """Five in six of its places."""

    def begun(source: StratumOrder, own: StratumOrder) -> StratumOrder:
        end = len(own.arms) * 5 // 6
        return replace(
            source, arms=source.arms[:end] + own.arms[end:], blocks=source.blocks[:end] + own.blocks[end:]
        )

    return _one_more(design, draws, begun)


def two_strata_but_for_an_exchange(design: Design, draws: FastDraws) -> Planted:
    return _one_more(design, draws, lambda source, own: with_arms(source, exchanged(source.arms, 1, draws)))


def one_stratum_shifted_by_a_block(design: Design, draws: FastDraws) -> Planted:
    def moved(source: StratumOrder, own: StratumOrder) -> StratumOrder:
        by = len(next(source.runs_of_blocks()))
        return with_arms(source, source.arms[by:] + source.arms[:by])

    return _one_more(design, draws, moved)


def _one_more(
    design: Design, draws: FastDraws, change: Callable[[StratumOrder, StratumOrder], StratumOrder]
) -> Planted:
    """One stratum is made of another one; all others are good."""
    strata = list(good(design, draws))
    first, second = sorted(draws.shuffled(range(len(strata)))[:2])
    strata[second] = replace(change(strata[first], strata[second]), key=strata[second].key)
    return Planted(tuple(strata))


def exchanged(arms: Sequence[int], times: int, draws: FastDraws) -> tuple[int, ...]:
    """The arms with so many pairs of places exchanged, which held two different arms."""
    found = list(arms)
    for _ in range(times):
        one, other = draws.below(len(found)), draws.below(len(found))
        while found[one] == found[other]:
            one, other = draws.below(len(found)), draws.below(len(found))
        found[one], found[other] = found[other], found[one]
    return tuple(found)


def _slipped(planted: Planted, times: int, draws: FastDraws) -> Planted:
    return replace(
        planted, strata=tuple(with_arms(one, exchanged(one.arms, times, draws)) for one in planted.strata)
    )


def sorted_but_for(times: int) -> Callable[[Design, FastDraws], Planted]:
    return lambda design, draws: _slipped(sorted_by_arm(design, draws), times, draws)


def repeated_but_for_an_exchange(design: Design, draws: FastDraws) -> Planted:
    spoiled = one_block_again(design, draws)
    strata = without_blocks(spoiled.strata)
    return _slipped(replace(spoiled, strata=strata), 1, draws)


def long_runs(design: Design, draws: FastDraws) -> Planted:
    """At each place the arm stays with a chance of 0.8; else it is one of the others."""
    strata = []
    for one in without_blocks(good(design, draws)):
        arms = [one.arms[0]]
        for _ in one.arms[1:]:
            others = [arm for arm in range(len(design.arms)) if arm != arms[-1]]
            arms.append(arms[-1] if draws.below(10) < 8 else others[draws.below(len(others))])
        strata.append(with_arms(one, arms))
    return Planted(tuple(strata))


def first_rows(rows: int) -> Callable[[Design, FastDraws], Planted]:
    """So many rows of an earlier list in each stratum, then new ones."""

    def begun(design: Design, draws: FastDraws) -> Planted:
        earlier, fresh = good(design, draws), good(design, draws)
        strata = [
            with_arms(one, (*one.arms[:rows], *other.arms[rows:]))
            for one, other in zip(without_blocks(earlier), fresh, strict=True)
        ]
        return Planted(tuple(strata), (as_earlier(earlier),))

    return begun


def earlier_but_for(times: int) -> Callable[[Design, FastDraws], Planted]:
    def slipped(design: Design, draws: FastDraws) -> Planted:
        earlier = good(design, draws)
        return _slipped(Planted(without_blocks(earlier), (as_earlier(earlier),)), times, draws)

    return slipped


def alike_in(groups: Sequence[int]) -> Callable[[Design, FastDraws], Planted]:
    """Each stratum has the order of the one that stands there; those with their own number are good."""

    def grouped(design: Design, draws: FastDraws) -> Planted:
        strata = good(design, draws)
        source = [*groups, *range(len(groups), len(strata))]
        return Planted(
            tuple(replace(strata[source[n]], key=one.key) for n, one in enumerate(strata)),
        )

    return grouped


def all_alike_but_for_an_exchange(design: Design, draws: FastDraws) -> Planted:
    """In one stratum two places of one block are exchanged."""
    spoiled = identical_strata(design, draws)
    slipped = draws.below(len(spoiled.strata))
    return replace(
        spoiled,
        strata=tuple(
            _exchanged_in_a_block(one, draws) if n == slipped else one for n, one in enumerate(spoiled.strata)
        ),
    )


def _exchanged_in_a_block(one: StratumOrder, draws: FastDraws) -> StratumOrder:
    blocks = list(one.runs_of_blocks())
    chosen = draws.below(len(blocks))
    blocks[chosen] = exchanged(blocks[chosen], 1, draws)
    return with_arms(one, [arm for block in blocks for arm in block])


def rotated_by_a_block(design: Design, draws: FastDraws) -> Planted:
    """Each stratum is the one before it, which begins with its second block."""
    first, *others = good(design, draws)
    found = [first]
    for one in others:
        before = found[-1]
        by = len(next(before.runs_of_blocks()))
        sizes = [len(block) for block in before.runs_of_blocks()]
        blocks = tuple(n for n, size in enumerate([*sizes[1:], sizes[0]], 1) for _ in range(size))
        found.append(StratumOrder(one.key, before.arms[by:] + before.arms[:by], blocks, len(before.arms)))
    return Planted(tuple(found))


Part = Callable[[tuple[int, ...], tuple[int, ...], int], tuple[int, ...]]
"""What a stratum becomes: of its new order and that of the earlier list, and a number of places."""


def pasted(share: Fraction, part: Part) -> Callable[[Design, FastDraws], Planted]:
    """Each stratum is put together of the earlier list and a new one."""

    def put_together(design: Design, draws: FastDraws) -> Planted:
        earlier, fresh = good(design, draws), good(design, draws)
        strata = [
            with_arms(one, part(other.arms, one.arms, in_ratio(len(one.arms) * share, design)))
            for one, other in zip(without_blocks(earlier), fresh, strict=True)
        ]
        return Planted(tuple(strata), (as_earlier(earlier),))

    return put_together


def in_ratio(places: Fraction, design: Design) -> int:
    """As many places, in whole multiples of the ratio."""
    return int(places / design.unit) * design.unit


def second_half(change: Callable[[tuple[int, ...]], Sequence[int]]) -> Callable[[Design, FastDraws], Planted]:
    """The second half of each stratum is made of the first."""

    def made(design: Design, draws: FastDraws) -> Planted:
        strata = without_blocks(good(design, draws))
        halves = ((one, one.arms[: len(one.arms) // 2]) for one in strata)
        return Planted(tuple(with_arms(one, (*half, *change(half))) for one, half in halves))

    return made


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
    "two strata identical": two_strata_identical,
    "a stratum that begins as another, for five sixths": one_stratum_the_beginning_of_another,
    "two strata identical but for an exchange": two_strata_but_for_an_exchange,
    "a stratum that is another one shifted by a block": one_stratum_shifted_by_a_block,
    "sorted by arm but for one exchange": sorted_but_for(1),
    "sorted by arm but for two exchanges": sorted_but_for(2),
    "sorted by arm but for four exchanges": sorted_but_for(4),
    "one block again and again but for one exchange": repeated_but_for_an_exchange,
    "long runs, each place stays with 0.8": long_runs,
    "an earlier list but for one exchange": earlier_but_for(1),
    "an earlier list but for three exchanges": earlier_but_for(3),
    "the first 10 rows of an earlier list, then new": first_rows(10),
    "the first 12 rows of an earlier list, then new": first_rows(12),
    "the first 18 rows of an earlier list, then new": first_rows(18),
    "three strata identical": alike_in((0, 0, 0)),
    "two pairs of identical strata": alike_in((0, 1, 0, 1)),
    "all strata identical but for one exchange": all_alike_but_for_an_exchange,
    "each stratum rotated by a block": rotated_by_a_block,
    "half new, then an earlier list from its first place": pasted(
        Fraction(1, 2), lambda new, old, end: new[:end] + old[: len(new) - end]
    ),
    "half new, then the rest of an earlier list": pasted(
        Fraction(1, 2), lambda new, old, end: new[:end] + old[end:]
    ),
    "a third new, then the rest of an earlier list": pasted(
        Fraction(1, 3), lambda new, old, end: new[:end] + old[end:]
    ),
    "the second half of an earlier list, then new": pasted(
        Fraction(1, 2), lambda new, old, end: old[end:] + new[len(old) - end :]
    ),
    "the second half a copy of the first": second_half(lambda half: half),
    "the second half a mirror of the first": second_half(lambda half: half[::-1]),
}
OF_PAIRS = {
    "two strata identical",
    "a stratum that begins as another, for five sixths",
    "two strata identical but for an exchange",
    "a stratum that is another one shifted by a block",
}
OF_STRATA = {
    "identical strata",
    "strata rotated",
    "strata of an earlier list exchanged",
    "three strata identical",
    "two pairs of identical strata",
    "all strata identical but for one exchange",
    "each stratum rotated by a block",
    *OF_PAIRS,
}
OF_BLOCKS = {"sorted inside blocks"}
OF_EQUAL_SHARES = {"an earlier list with arms exchanged"}


def fits(kind: str, design: Design) -> bool:
    """Whether a list of this design can be spoiled so."""
    return (
        (kind not in OF_STRATA or len(design.strata) > 1)
        and (kind not in OF_BLOCKS or design.method == PERMUTED_BLOCKS)
        and (kind not in OF_EQUAL_SHARES or len({arm.share for arm in design.arms}) == 1)
    )
