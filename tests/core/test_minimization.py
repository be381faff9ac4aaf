"""Minimisation: the published example, the form for unequal shares, and running totals."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from randomization.core.design import ArmShare, DesignFault
from randomization.core.design_file import design_for, minimization_for, read_plan
from randomization.core.fast_draws import FastDraws
from randomization.core.minimization import Factor, MinimizationDesign, Minimizer, Totals
from randomization.core.simulation import simulate_minimization
from randomization.core.stream import Stream

ARMS = (ArmShare("1", 1), ArmShare("2", 1), ArmShare("3", 1))
FACTORS = (Factor("one", ("1", "2"), weight=2), Factor("two", ("1", "2")), Factor("three", ("1", "2", "3")))
EXAMPLE = MinimizationDesign(ARMS, FACTORS, probability=Fraction(2, 3))
TABLE_1 = Totals(
    [[[9, 10, 9], [8, 7, 7]], [[8, 6, 7], [9, 11, 9]], [[8, 8, 8], [4, 5, 3], [5, 4, 5]]],
)
"""Fifty patients of Pocock and Simon 1975, section 3.4, table 1: by factor, level and treatment."""


def fractions(weights: list[int]) -> list[Fraction]:
    return [Fraction(weight, sum(weights)) for weight in weights]


def test_pocock_and_simons_example_of_1975() -> None:
    """Patient 51 with levels 1, 2, 2. By hand, the ranges if the patient got treatment 1, 2 or 3:

    factor one, level 1 (9, 10, 9): 10-10-9 gives 1, 9-11-9 gives 2, 9-10-10 gives 1; weight 2
    factor two, level 2 (9, 11, 9): 10-11-9 gives 2, 9-12-9 gives 3, 9-11-10 gives 2
    factor three, level 2 (4, 5, 3): 5-5-3 gives 2, 4-6-3 gives 3, 4-5-4 gives 1
    """
    minimizer = Minimizer(EXAMPLE)
    scores = minimizer.scores(TABLE_1, (0, 1, 1))
    assert scores == [2 * 1 + 2 + 2, 2 * 2 + 3 + 3, 2 * 1 + 2 + 1] == [6, 10, 5]
    assert fractions(minimizer.chances(scores)) == [Fraction(1, 6), Fraction(1, 6), Fraction(2, 3)]


def test_every_factor_of_the_example_counts_the_same_fifty() -> None:
    assert [sum(map(sum, levels)) for levels in TABLE_1.counts] == [50, 50, 50]


def test_arms_that_tie_are_preferred_at_random() -> None:
    minimizer = Minimizer(EXAMPLE)
    assert fractions(minimizer.chances([5, 5, 9])) == [Fraction(5, 12), Fraction(5, 12), Fraction(1, 6)]
    assert fractions(minimizer.chances([7, 7, 7])) == [Fraction(1, 3)] * 3


SHARES = replace(EXAMPLE, rule="shares")
UNEQUAL = replace(
    SHARES, arms=(ArmShare("1", 1), ArmShare("2", 2), ArmShare("3", 3)), probability=Fraction(7, 10)
)


def test_hans_chances_by_hand() -> None:
    """1:2:3 and p = 0.7 for the least share: 0.3 is spread as 2:3 when 1 is preferred, so 0.06 a share."""
    rows = [fractions(Minimizer(UNEQUAL).chances(scores)) for scores in ([0, 1, 1], [1, 0, 1], [1, 1, 0])]
    tenth = Fraction(1, 100)
    assert rows == [
        [70 * tenth, 12 * tenth, 18 * tenth],
        [6 * tenth, 76 * tenth, 18 * tenth],
        [6 * tenth, 12 * tenth, 82 * tenth],
    ]


@pytest.mark.parametrize("shares", [(1, 1), (1, 2), (1, 2, 3), (2, 2, 3), (1, 1, 4)])
def test_preference_in_proportion_to_the_shares_gives_the_ratio(shares: tuple[int, ...]) -> None:
    """Han's condition: sum over k of r[k] / R times the chance of j when k is preferred is r[j] / R."""
    arms = tuple(ArmShare(str(n), share) for n, share in enumerate(shares))
    minimizer, total = Minimizer(replace(SHARES, arms=arms, probability=Fraction(4, 5))), sum(shares)
    rows = [
        fractions(minimizer.chances([int(arm != preferred) for arm in range(len(shares))]))
        for preferred in range(len(shares))
    ]
    for arm, share in enumerate(shares):
        chance = sum(Fraction(r, total) * row[arm] for r, row in zip(shares, rows, strict=True))
        assert chance == Fraction(share, total)
    assert fractions(minimizer.chances([0] * len(shares))) == [Fraction(share, total) for share in shares]


def test_counts_are_compared_share_for_share() -> None:
    """With 1:2, one in arm 1 and one in arm 2 call for arm 2: 1-1 against 1/2 and 2/2."""
    design = replace(one_factor(1, 2), rule="shares")
    assert Minimizer(design).scores(Totals([[[1, 1]]]), (0,)) == [2 * 2 - 1, 2 - 2]


def one_factor(*shares: int, levels: int = 1, probability: Fraction = Fraction(9, 10)) -> MinimizationDesign:
    arms = tuple(ArmShare(str(n), share) for n, share in enumerate(shares))
    return MinimizationDesign(arms, (Factor("f", tuple("xyz"[:levels])),), probability)


def by_place(design: MinimizationDesign, places: int) -> list[list[Fraction]]:
    """The exact chance of each arm at each place: every course of people's levels and of parts, weighed."""
    minimizer, (factor,) = Minimizer(design), design.factors
    width, level_chance, found = len(design.parts), Fraction(1, len(factor.levels)), []
    states = {((0,) * width,) * len(factor.levels): Fraction(1)}
    for _ in range(places):
        place, following = [Fraction(0)] * len(design.arms), Counter[tuple[tuple[int, ...], ...]]()
        for state, probability in states.items():
            for level in range(len(factor.levels)):
                weights = minimizer.chances(
                    minimizer.scores(Totals([[list(row) for row in state]]), (level,))
                )
                for part, chance in enumerate(fractions(weights)):
                    came = probability * level_chance * chance
                    place[design.parts[part]] += came
                    totals = Totals([[list(row) for row in state]])
                    totals.add((level,), part)
                    following[tuple(map(tuple, totals.counts[0]))] += came
        states = dict(following)
        found.append(place)
    return found


@pytest.mark.parametrize("measure", ["range", "variance"])
@pytest.mark.parametrize(
    ("shares", "levels", "places"),
    [((1, 2), 1, 9), ((1, 2), 2, 5), ((2, 4), 1, 6), ((2, 1, 1), 1, 6), ((1, 2, 3), 1, 4), ((3, 2), 1, 6)],
)
def test_over_equal_parts_every_place_has_the_ratio(
    shares: tuple[int, ...], levels: int, places: int, measure: str
) -> None:
    design = replace(one_factor(*shares, levels=levels), measure=measure)
    ratio = [Fraction(share, sum(shares)) for share in shares]
    assert by_place(design, places) == [ratio] * places


def test_the_older_rule_does_not_have_the_ratio_at_every_place() -> None:
    """1:2 and p = 0.9: the small arm has 5.0, 85.8, 13.1 and 5.8 % at places 1 to 4."""
    places = by_place(replace(one_factor(1, 2), rule="shares"), 4)
    assert [round(float(100 * small), 1) for small, _ in places] == [5.0, 85.8, 13.1, 5.8]
    assert places[0][0] == Fraction(1, 20)


@pytest.mark.parametrize("shares", [(1, 1), (1, 1, 1), (2, 2, 2)])
def test_for_equal_shares_both_rules_are_one(shares: tuple[int, ...]) -> None:
    parts = replace(EXAMPLE, arms=tuple(ArmShare(str(n), share) for n, share in enumerate(shares)))
    assert [drawn(parts, n) for n in range(3)] == [drawn(replace(parts, rule="shares"), n) for n in range(3)]


def drawn(design: MinimizationDesign, seed: int) -> list[int]:
    minimizer, totals = Minimizer(design), Totals.empty(design)
    levels, draws = [(n % 2, n // 2 % 2, n % 3) for n in range(30)], FastDraws(seed)
    return [minimizer.draw(totals, level, draws) for level in levels]


def test_the_steady_bet_is_counted_where_the_ratio_does_not_hold() -> None:
    """One participant in 1:2 and p = 0.9: under the older rule the great arm comes 95 times in 100."""
    old = replace(one_factor(1, 2), rule="shares")
    first = simulate_minimization(old, participants=1, runs=4000, seed=2).overall
    assert first.guessed.mean == pytest.approx(0.95, abs=4.5 * first.guessed.error)
    assert first.guessed.error > 0
    assert first.knowing.mean == pytest.approx(0.95)
    parts = simulate_minimization(one_factor(1, 2), participants=1, runs=4000, seed=2).overall
    assert (parts.guessed.mean, parts.knowing.mean) == (pytest.approx(2 / 3), pytest.approx(2 / 3))


def test_the_variance_is_the_other_measure_of_1975() -> None:
    """(4, 5, 3) with one more: variances 8/9, 14/9 and 2/9, here times nine."""
    one = MinimizationDesign(ARMS, (Factor("f", ("x",)),), measure="variance")
    assert Minimizer(one).scores(Totals([[[4, 5, 3]]]), (0,)) == [8, 14, 2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=2, max_size=5))
def test_the_short_way_to_a_range_is_the_range(arms: list[tuple[int, int]]) -> None:
    design = MinimizationDesign(
        tuple(ArmShare(str(n), share) for n, (_, share) in enumerate(arms)),
        (Factor("f", ("x",)),),
        probability=Fraction(1),
        rule="shares",
    )
    common = lcm(*(share for _, share in arms))
    expected = []
    for chosen in range(len(arms)):
        row = [(count + (n == chosen)) * common // share for n, (count, share) in enumerate(arms)]
        expected.append(max(row) - min(row))
    assert Minimizer(design).scores(Totals([[[count for count, _ in arms]]]), (0,)) == expected


def test_a_draw_is_reproducible_and_counted() -> None:
    minimizer, totals = Minimizer(EXAMPLE), Totals.empty(EXAMPLE)
    people = [(n % 2, n // 2 % 2, n % 3) for n in range(30)]
    drawn = [
        minimizer.draw(totals, levels, Stream(bytes(range(32)), "minimization", str(n)))
        for n, levels in enumerate(people, 1)
    ]
    assert "".join(str(arm + 1) for arm in drawn) == GOLDEN
    assert [sum(map(sum, levels)) for levels in totals.counts] == [30, 30, 30]


GOLDEN = "111333221231222123233112313312"


def test_minimisation_balances_what_complete_randomisation_does_not() -> None:
    """36 people, two factors: with p = 0.8 a mean range below 2 at every level; with p = 1/3 it is chance."""
    figures = simulate_minimization(
        replace(EXAMPLE, probability=Fraction(4, 5)), participants=36, runs=200, seed=1
    )
    chance = simulate_minimization(
        replace(EXAMPLE, probability=Fraction(1, 3)), participants=36, runs=200, seed=1
    )
    assert figures.overall.final_range.mean < 2.5 < 5 < chance.overall.final_range.mean
    assert abs(chance.overall.guessed.mean - 1 / 3) < 4.5 * chance.overall.guessed.error
    assert [name for name, _ in figures.strata][:3] == ["one/1", "one/2", "two/1"]
    people = dict(figures.strata)
    assert people["one/1"].participants + people["one/2"].participants == pytest.approx(36)


def test_without_chance_everything_is_certain_that_does_not_tie() -> None:
    sure = simulate_minimization(replace(EXAMPLE, probability=Fraction(1)), participants=36, runs=50, seed=1)
    assert sure.overall.certain.mean > 0.4
    assert sure.overall.guessed.mean > sure.overall.certain.mean


def test_han_keeps_one_to_two_to_three() -> None:
    found = simulate_minimization(UNEQUAL, participants=60, runs=150, seed=3)
    assert found.overall.final_range.mean < 3
    assert found.chance == pytest.approx(1 / 2)


def test_a_ratio_drawn_by_chance_alone_is_guessed_as_well_as_by_one_steady_bet() -> None:
    """p is the least share, 1/6: each draw is by the ratio, and who bets on the last arm wins half of all."""
    chance = replace(UNEQUAL, probability=Fraction(1, 6))
    found = simulate_minimization(chance, participants=36, runs=300, seed=3).overall.guessed
    assert found.mean == 1 / 2


FILE = """
method = "minimization"
probability = 0.75
[factors.sex]
levels = ["f", "m"]
weight = 2
frequencies = [1, 3]
"""


def test_a_file_names_factors_or_takes_the_protocols_strata() -> None:
    named = minimization_for(read_plan(FILE), ARMS, {})
    assert named.factors == (Factor("sex", ("f", "m"), 2, (1, 3)),)
    assert named.probability == Fraction(3, 4)
    taken = minimization_for(read_plan('method = "minimization"'), ARMS, {"onset": ["bulbar", "limb"]})
    assert taken.factors == (Factor("onset", ("bulbar", "limb")),)


def test_no_list_is_made_of_it_in_advance() -> None:
    with pytest.raises(DesignFault, match="makes no list in"):
        design_for(read_plan(FILE), ARMS, ["all"], 36)


FAULTS = [
    (FILE.replace("0.75", "0.2"), "probability is 0.2. It lies between 1/3"),
    (FILE.replace("0.75", "1.01"), "probability is 1.01"),
    (FILE.replace("0.75", '"two thirds"'), "probability has 'two thirds'"),
    (FILE.replace("[1, 3]", "[1]"), "factors.sex.frequencies needs one"),
    (FILE.replace("weight = 2", "weight = 0"), "factors.sex.weight must be"),
    (FILE.replace('["f", "m"]', '["f", "f"]'), "factors.sex.levels needs"),
    (FILE.replace('["f", "m"]', "[1, 2]"), "factors.sex.levels must be texts"),
    (FILE.replace("weight", "wait"), "wait is no field of factors.sex"),
    (FILE.replace('"minimization"', '"minimization"\nblock_sizes = [3]'), "block_sizes is no field"),
    (FILE.replace('"minimization"', '"minimization"\nmeasure = "sum"'), "measure is 'sum'. Use range or"),
    (FILE.replace('"minimization"', '"minimization"\nrule = "han"'), "rule is 'han'. Use parts or shares"),
    (FILE.replace('"minimization"', '"minimization"\nrule = 1'), "rule must be a text in quotes"),
    ('method = "minimization"', "the protocol has no strata"),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_fault_of_the_file_names_the_field(text: str, sentence: str) -> None:
    with pytest.raises(DesignFault, match=sentence):
        minimization_for(read_plan(text), ARMS, {})
