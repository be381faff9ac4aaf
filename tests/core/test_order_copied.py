"""What is copied at the ends of blocks is noticed: between strata, within one, from earlier lists."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from randomization.core.design import IMPORTED, ArmShare, Design, StratumSize
from randomization.core.fast_draws import FastDraws
from randomization.core.order.begun import an_earlier_list_from_its_first_place
from randomization.core.order.groups import strata_alike_in_groups
from randomization.core.order.judged import Judged, judged
from randomization.core.order.places import StratumOrder, strata_of
from randomization.core.order.verdict import KINDS, Verdict, verdict_on
from tests.french import in_french
from tests.tools.verdict_lists import DESIGNS, as_earlier, brought, good
from tests.tools.verdict_lists import KINDS as PLANTED

OF_12, OF_16 = "two arms, blocks of 4, four strata of 12", "two arms, blocks of 4, four strata of 16"


def known(strata: dict[str, str], *earlier: dict[str, str]) -> Judged:
    """Strata given as arms: "AAB BAA" has blocks, "AABBAA" has none."""
    arms = tuple(ArmShare(code, 1) for code in sorted(set("".join(strata.values())) - {" "}))
    sizes = tuple(StratumSize(key, len(held.replace(" ", ""))) for key, held in strata.items())
    orders, *before = (strata_of(places_of(held), arms) for held in (strata, *earlier))
    return judged(Design(arms, sizes, IMPORTED), orders, [{o.key: o.arms for o in one} for one in before])


def places_of(strata: dict[str, str]) -> list[tuple[str, str, int]]:
    return [
        (key, arm, block if " " in held else 0)
        for key, held in strata.items()
        for block, arms in enumerate(held.split(), 1)
        for arm in arms
    ]


def verdict(strata: dict[str, str], *earlier: dict[str, str]) -> Verdict:
    found = known(strata, *earlier)
    return verdict_on(found.design, found.strata, found.earlier)


def noticed(found: Verdict) -> bool:
    return found.refused or found.needs_reason


ONE, OTHER, THIRD = "ABBA ABAB BBAA", "BAAB AABB ABBA", "ABAB BABA AABB"


@pytest.mark.parametrize(
    ("strata", "copies"),
    [
        ((ONE, ONE, ONE, OTHER), 2),
        ((OTHER, ONE, ONE, ONE), 2),
        ((ONE, OTHER, ONE, OTHER), 2),
        ((ONE, ONE, OTHER, OTHER), 2),
        ((ONE, ONE, ONE, ONE.replace("BBAA", "BABA")), 2),
        ((ONE, ONE, ONE, ONE), 3),
        ((ONE, OTHER, ONE, THIRD), 1),
    ],
)
def test_strata_of_twelve_that_are_alike_have_the_chance_of_all_groups_like_theirs(
    strata: tuple[str, ...], copies: int
) -> None:
    """Seven ways to make two groups of four strata, six to make three; a block of 4 has six orders."""
    named = dict(zip("abcd", strata, strict=True))
    chance = {1: 6, 2: 7, 3: 1}[copies] / 216**copies
    rare = strata_alike_in_groups(known(named))
    assert rare is not None
    assert math.exp(rare) == pytest.approx(1 / chance)
    assert noticed(verdict(named)) == (copies > 1)
    assert verdict(named).once_in <= 1 / chance


def test_strata_that_are_no_copies_are_taken() -> None:
    strata = dict(zip("abcd", (ONE, OTHER, THIRD, "BBAA ABBA BABA"), strict=True))
    assert (verdict(strata).once_in, verdict(strata).seen) == (1, None)


def test_strata_that_are_alike_are_noticed_beside_earlier_lists_too() -> None:
    strata = dict(zip("abcd", (ONE, OTHER, ONE, OTHER), strict=True))
    earlier = dict(zip("abcd", (THIRD, ONE[::-1], OTHER[::-1], THIRD[::-1]), strict=True))
    assert verdict(strata, earlier).needs_reason


@pytest.mark.parametrize("blocked", [True, False])
def test_each_stratum_turned_by_a_block_against_the_one_before_it_is_noticed(blocked: bool) -> None:
    blocks = ["ABBA", "BBAA", "AABB"]
    turned = (blocks[n % 3 :] + blocks[: n % 3] for n in range(4))
    strata = {key: (" " if blocked else "").join(found) for key, found in zip("abcd", turned, strict=True)}
    assert noticed(verdict(strata))


OLD = "CBAACBCABAABBCCCBACACBBACBACAACBBCBA"
NEW = "ACBBACBACCABABCBACBCAACBCABABBACACCB"


@pytest.mark.parametrize(
    ("order", "seen"),
    [
        (NEW[:18] + OLD[:18], "a part of an earlier list"),
        (NEW[:12] + OLD[12:], "a part of an earlier list"),
        (NEW[:12] + OLD[:24], "a part of an earlier list"),
        (OLD[9:] + NEW[:9], "a part of an earlier list"),
        (NEW[:15] + OLD[::-1][:21], "a part of an earlier list"),
        (OLD[:18] + NEW[:18], "from the first place on"),
    ],
    ids=["from place 19", "but for twelve", "below twelve", "under way", "backwards", "first half"],
)
def test_an_earlier_list_that_is_pasted_at_the_end_of_a_block_is_noticed(order: str, seen: str) -> None:
    assert not noticed(verdict({"all": NEW}, {"all": OLD}))
    found = verdict({"all": order}, {"all": OLD})
    assert (noticed(found), seen in str(found.seen)) == (True, True)


@pytest.mark.parametrize(
    "order",
    [
        NEW[:18] * 2,
        NEW[:18] + NEW[17::-1],
        OLD[:18] * 2,
        OLD[:18] + OLD[17::-1],
        "AAABBCCCBCBBAACACB" + "BBBCCAAACACCBBABAC",
    ],
)
def test_a_second_half_that_is_made_of_the_first_is_noticed(order: str) -> None:
    found = verdict({"all": order})
    assert (noticed(found), "comes again in it" in str(found.seen)) == (True, True)


def test_a_mirror_in_every_stratum_is_noticed_however_long_they_are() -> None:
    design, draws = DESIGNS["two arms, blocks of 4, four strata of 36"], FastDraws(8)
    spoiled = PLANTED["the second half a mirror of the first"](design, draws)
    assert verdict_on(brought(design), spoiled.strata).refused


def test_so_many_first_rows_have_the_chance_of_their_blocks_and_no_price_for_their_number() -> None:
    """Four blocks of 3 and the next block's first place, in a file without blocks: one in 6^4 · 3."""
    order = "ABCCABBACCBA"
    rare = an_earlier_list_from_its_first_place(known({"all": order + "ABC"}, {"all": order + "ACB"}))
    assert rare is not None
    assert math.exp(rare) == pytest.approx(6**4 * 3)


def test_several_earlier_lists_make_an_agreement_with_one_of_them_likelier() -> None:
    one = an_earlier_list_from_its_first_place(known({"all": NEW}, {"all": NEW}))
    two = an_earlier_list_from_its_first_place(known({"all": NEW}, {"all": NEW}, {"all": OLD}))
    assert one is not None and two is not None
    assert math.exp(one - two) == pytest.approx(2)


@pytest.mark.parametrize(
    ("kind", "design", "fewest"),
    [
        ("three strata identical", OF_12, (6, 0)),
        ("two pairs of identical strata", OF_12, (6, 0)),
        ("all strata identical but for one exchange", OF_12, (6, 0)),
        ("each stratum rotated by a block", OF_12, (6, 4)),
        ("three strata identical", OF_16, (6, 4)),
        ("two pairs of identical strata", OF_16, (6, 4)),
        ("half new, then an earlier list from its first place", "one block of 36", (6, 6)),
        ("half new, then the rest of an earlier list", "{6, 9} cut at 36", (5, 5)),
        ("a third new, then the rest of an earlier list", "{3, 6, 9} to 36", (5, 5)),
        ("the second half of an earlier list, then new", "2:1:1, blocks of 4 and 8", (5, 5)),
        ("the second half a copy of the first", "blocks of 6", (5, 5)),
        ("the second half a mirror of the first", "complete", (6, 6)),
        ("the first 12 rows of an earlier list, then new", "blocks of 6", (4, 4)),
    ],
)
def test_of_six_lists_that_are_copied_so_so_many_are_noticed(
    kind: str, design: str, fewest: tuple[int, int]
) -> None:
    """With the blocks that are left, and without any."""
    draws, found = FastDraws(3), [0, 0]
    for _ in range(6):
        spoiled = PLANTED[kind](DESIGNS[design], draws)
        for way, strata in enumerate((spoiled.strata, tuple(map(unblocked, spoiled.strata)))):
            found[way] += noticed(verdict_on(brought(DESIGNS[design]), strata, spoiled.earlier))
    assert [one >= least for one, least in zip(found, fewest, strict=True)] == [True, True], found


def unblocked(stratum: StratumOrder) -> StratumOrder:
    return StratumOrder(stratum.key, stratum.arms, (0,) * len(stratum.arms), stratum.places)


def test_good_lists_of_twelve_beside_good_ones_are_taken() -> None:
    design, draws = DESIGNS[OF_12], FastDraws(9)
    lists = [good(design, draws) for _ in range(30)]
    pairs = pairwise(lists)
    assert not any(noticed(verdict_on(brought(design), one, [as_earlier(before)])) for before, one in pairs)


def test_all_parts_of_what_is_looked_for_are_shared_out_among_them() -> None:
    """A rule that a list gives nothing to look at leaves its part to the others."""
    alone, beside = known({"all": NEW}), known({"all": NEW, "other": OLD})
    for judged_ in (alone, beside):
        parts = [kind.part(judged_) for kind in KINDS if kind.rule(judged_) is not None]
        assert all(part > 0 for part in parts)
    assert KINDS[0].part(alone) > KINDS[0].part(beside)


def test_what_is_copied_is_said_in_french() -> None:
    copied = [kind.seen for kind in KINDS if kind.chance]
    assert len(copied) == 7
    assert all(in_french(seen) != str(seen) for seen in copied)
