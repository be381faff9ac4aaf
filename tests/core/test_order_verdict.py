"""One verdict on an order: sorted, copied and repeated lists are noticed, good ones are not."""

from __future__ import annotations

import math
from itertools import permutations
from operator import ne

import pytest

from randomization.core.design import BIG_STICK, COMPLETE, IMPORTED, ONE_BLOCK, ArmShare, Design, StratumSize
from randomization.core.fast_draws import FastDraws
from randomization.core.order.guessing import guesses, together
from randomization.core.order.judged import judged
from randomization.core.order.nearly import orders_as_near
from randomization.core.order.places import strata_of
from randomization.core.order.verdict import MOST, REASON_FROM, REFUSED_FROM, Verdict, verdict_on
from tests.french import in_french
from tests.tools.verdict_limits import AT_BEST
from tests.tools.verdict_lists import APART, DESIGNS, KINDS, brought, fits, without_blocks
from tests.tools.verdict_rates import good_verdicts, planted_verdicts

USUAL = [name for name in DESIGNS if name not in APART]


def verdict(
    strata: dict[str, str], *, method: str = IMPORTED, earlier: tuple[dict[str, str], ...] = ()
) -> Verdict:
    """The verdict on strata given as arms: "AAB BAA" has blocks, "AABBAA" has none."""
    arms = tuple(ArmShare(code, 1) for code in sorted(set("".join(strata.values())) - {" "}))
    sizes = tuple(StratumSize(key, len(held.replace(" ", ""))) for key, held in strata.items())
    design = Design(arms, sizes, method)
    before = [{one.key: one.arms for one in strata_of(_places(other), arms)} for other in earlier]
    return verdict_on(design, strata_of(_places(strata), arms), before)


def _places(strata: dict[str, str]) -> list[tuple[str, str, int]]:
    return [
        (key, arm, block if " " in held else 0)
        for key, held in strata.items()
        for block, arms in enumerate(held.split(), 1)
        for arm in arms
    ]


def test_twelve_of_each_arm_one_after_the_other_are_refused() -> None:
    found = verdict({"all": "A" * 12 + "B" * 12 + "C" * 12})
    exact = math.factorial(36) / (6 * math.factorial(12) ** 3)
    assert (found.refused, str(found.seen)) == (True, "it is sorted by arm")
    assert exact / 100 < found.once_in <= exact


def test_four_strata_with_one_order_are_refused() -> None:
    found = verdict(dict.fromkeys(("a", "b", "c", "d"), "ABBA BAAB ABAB"))
    assert (found.refused, found.once_in <= 216**3) == (True, True)
    assert str(found.seen) == "all its strata have one and the same order"


def test_blocks_in_the_order_of_the_alphabet_are_refused() -> None:
    blocks = "ABC AABBCC ABC AABBCC ABC AABBCC ABC ABC ABC"
    assert verdict({"all": blocks}).refused
    assert verdict({"all": blocks.replace(" ", "")}).needs_reason


@pytest.mark.parametrize("turn", ["ABC", "CAB", "BCA"])
def test_arms_in_turn_are_refused_with_blocks_and_without(turn: str) -> None:
    assert verdict({"all": turn * 12}).refused
    assert verdict({"all": " ".join([turn] * 12)}).refused


GOOD = "BACCABCABBCAACBCABBACACBBACCBAABCBCA"


def test_an_earlier_list_with_three_more_rows_is_refused() -> None:
    assert not verdict({"all": GOOD}).seen
    found = verdict({"all": GOOD + "CAB"}, earlier=({"all": GOOD},))
    assert (found.refused, "from the first place on" in str(found.seen)) == (True, True)
    assert verdict({"all": GOOD[:-3]}, earlier=({"all": GOOD},)).refused


CHANGED = {
    "reversed": GOOD[::-1],
    "shifted": GOOD[5:] + GOOD[:5],
    "below new rows": "CAB" + GOOD,
    "arms exchanged": GOOD.translate(str.maketrans("ABC", "BCA")),
}


@pytest.mark.parametrize("change", CHANGED)
def test_an_earlier_list_that_was_changed_is_noticed(change: str) -> None:
    found = verdict({"all": CHANGED[change]}, earlier=({"all": GOOD[::-1][3:] + GOOD[:3]}, {"all": GOOD}))
    assert found.refused or found.needs_reason


def test_a_list_has_nothing_to_do_with_another_trials_arms() -> None:
    assert verdict({"all": GOOD}, earlier=({"all": GOOD.lower()}, {"elsewhere": "ABC"})).once_in == 1


def test_the_number_is_said_with_two_digits_rounded_down() -> None:
    assert str(Verdict(48_000, None, None).sentence) == (  # type: ignore[arg-type]
        "An order like this comes once in 48\u202f000 lists of this design."
    )
    assert str(Verdict(1, None, None).sentence) == "An order like this comes once in 1 list of this design."  # type: ignore[arg-type]
    assert "48\u202f000 listes" in in_french(Verdict(48_000, None, None).sentence)  # type: ignore[arg-type]
    assert verdict({"all": "AB" * 400}).once_in == MOST


@pytest.mark.parametrize(
    ("once_in", "taken"), [(1_000, "taken"), (1_100, "reason"), (1_000_000, "reason"), (1_100_000, "refused")]
)
def test_the_limits_are_a_thousand_and_a_million(once_in: int, taken: str) -> None:
    found = Verdict(once_in, None, None)  # type: ignore[arg-type]
    assert (found.needs_reason, found.refused) == (taken == "reason", taken == "refused")
    assert (REASON_FROM, REFUSED_FROM) == (1_000, 1_000_000)


@pytest.mark.parametrize("design", DESIGNS)
def test_good_lists_are_taken_as_declared_and_as_brought(design: str) -> None:
    """Forty of each; `make verdict` judges 20,000."""
    pairs = list(good_verdicts(DESIGNS[design], 40, 7))
    assert [found for pair in pairs for found in pair if found.refused or found.needs_reason] == []


@pytest.mark.parametrize("kind", KINDS)
def test_spoiled_lists_of_every_design_are_noticed(kind: str) -> None:
    """Three of each; `make verdict` judges 1,000 of each kind."""
    hard = {"two thirds of an earlier list, then new", *AT_BEST}
    for name in USUAL:
        if fits(kind, DESIGNS[name]) and kind not in hard:
            pairs = list(planted_verdicts(kind, DESIGNS[name], 3, 3))
            assert [f for pair in pairs for f in pair if not (f.refused or f.needs_reason)] == [], name


@pytest.mark.parametrize("kind", AT_BEST)
def test_a_slip_is_noticed_where_its_chance_allows(kind: str) -> None:
    """What a bet on this slip alone would call rarer than one in 10^9 is never passed, in one stratum."""
    for name in USUAL:
        design, draws = DESIGNS[name], FastDraws(7)
        for _ in range(3 if fits(kind, design) and len(design.strata) == 1 else 0):
            spoiled = KINDS[kind](design, draws)
            strata, declared = without_blocks(spoiled.strata), brought(design)
            best = AT_BEST[kind](judged(declared, strata, spoiled.earlier), design)
            found = verdict_on(declared, strata, spoiled.earlier)
            assert best < 9 * math.log(10) or found.refused or found.needs_reason, (
                name,
                math.exp(best),
                found,
            )


FOUR = "two arms, blocks of 4, four strata of 36"


@pytest.mark.parametrize(
    ("kind", "design", "fewest"),
    [
        ("two strata identical", FOUR, (6, 6)),
        ("two strata identical", "two arms, blocks of 4, four strata of 24", (6, 0)),
        ("two strata identical", "two arms, blocks of 4 and 6, six strata of 36", (6, 6)),
        ("a stratum that is another one shifted by a block", FOUR, (6, 0)),
        ("a stratum that begins as another, for five sixths", FOUR, (4, 0)),
        ("sorted by arm but for one exchange", "{3, 6, 9} to 36", (6, 6)),
        ("sorted by arm but for two exchanges", "{3, 6, 9} to 36", (6, 6)),
        ("sorted by arm but for four exchanges", "one block of 36", (5, 5)),
        ("an earlier list but for one exchange", "blocks of 6", (6, 6)),
        ("an earlier list but for three exchanges", "complete", (6, 6)),
        ("one block again and again but for one exchange", "one block of 36", (4, 4)),
        ("long runs, each place stays with 0.8", "complete", (4, 4)),
        ("the first 18 rows of an earlier list, then new", "blocks of 6", (5, 5)),
    ],
)
def test_of_six_lists_with_a_slip_so_many_are_noticed(
    kind: str, design: str, fewest: tuple[int, int]
) -> None:
    """With the blocks that are left, and without any."""
    pairs = list(planted_verdicts(kind, DESIGNS[design], 6, 11))
    noticed = [sum(one.refused or one.needs_reason for one in way) for way in zip(*pairs, strict=True)]
    assert all(found >= least for found, least in zip(noticed, fewest, strict=True)), noticed


@pytest.mark.parametrize(("counts", "errors"), [((2, 2), 2), ((2, 3), 4), ((2, 2, 1), 3), ((2, 1, 1), 4)])
def test_the_orders_near_a_known_one_are_as_many_as_counted_out(counts: tuple[int, ...], errors: int) -> None:
    known = tuple(arm for arm, count in enumerate(counts) for _ in range(count))
    near = {order for order in permutations(known) if sum(map(ne, order, known)) == errors}
    assert math.exp(orders_as_near(counts, errors)) == pytest.approx(len(near))


def test_an_exchange_in_an_earlier_list_is_said() -> None:
    slipped = GOOD[:4] + GOOD[5] + GOOD[4] + GOOD[6:]
    found = verdict({"all": slipped}, earlier=({"all": GOOD},))
    assert (found.needs_reason, "a few places changed" in str(found.seen)) == (True, True)


def test_a_long_list_is_judged_in_moments() -> None:
    draws = FastDraws(5)
    one, other = (
        {f"s{n}": "".join("ABC"[draws.below(3)] for _ in range(3_000)) for n in range(4)} for _ in range(2)
    )
    assert not verdict(one, earlier=(other,)).refused
    assert verdict(one, earlier=({key: held[::-1][:2_000] for key, held in one.items()},)).refused
    assert verdict({"all": "AB" * 1_000}, earlier=({"all": "BA" * 1_000},)).refused


def design(method: str, *shares: int, places: int, **more: object) -> Design:
    arms = tuple(ArmShare("ABC"[n], share) for n, share in enumerate(shares))
    return Design(arms, (StratumSize("s", places),), method, **more)  # type: ignore[arg-type]


def test_the_guesses_of_one_list_are_counted_by_hand() -> None:
    """ABBA, one block: 1/2, then B is behind, then both alike again, then A is certain."""
    found = guesses([0, 1, 1, 0], [1] * 4, design(ONE_BLOCK, 1, 1, places=4), "s")
    assert (found.guessed, found.knowing, found.certain) == (3.0, 3.0, 1)
    two = guesses([0, 1, 1, 0], [1, 1, 2, 2], design(ONE_BLOCK, 1, 1, places=4), "s")
    assert (two.guessed, two.certain) == (3.0, 2)
    assert together([found, two]).certain == 3


def test_who_knows_the_size_of_a_block_guesses_more_of_this_list() -> None:
    """AABB in a block of 4: after AA both others are certain."""
    found = guesses([0, 0, 1, 1], [1] * 4, design(ONE_BLOCK, 1, 1, places=4), "s")
    assert (found.guessed, found.knowing, found.certain) == (2.5, 2.5, 2)


def test_without_blocks_and_method_nobody_can_say_what_was_certain() -> None:
    found = guesses([0, 1, 1, 0], [0] * 4, design(IMPORTED, 1, 1, places=4), "s")
    assert (found.guessed, found.knowing, found.certain) == (3.0, None, None)
    assert together([found]).certain is None


def test_a_declared_method_says_what_was_certain() -> None:
    stick = design(BIG_STICK, 1, 1, places=5, max_range=2)
    assert guesses([0, 0, 1, 1, 0], [0] * 5, stick, "s").certain == 1
    assert guesses([0, 0, 1, 1, 0], [0] * 5, design(COMPLETE, 1, 1, places=5), "s").certain == 0


def test_with_unequal_shares_always_the_greatest_may_win_more() -> None:
    found = guesses([0, 0, 0, 1], [0] * 4, design(IMPORTED, 3, 1, places=4), "s")
    assert found.guessed == 4 if found.guessed > 3 else 3
