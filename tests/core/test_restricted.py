"""Efron's coin, the block urn and the maximal procedure: each against its definition and its closed forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice, product
from math import comb, cos, pi

import pytest

from randomization.core.design import (
    BLOCK_URN,
    EFRON,
    MAXIMAL,
    ONE_BLOCK,
    ArmShare,
    Design,
    DesignFault,
    StratumSize,
)
from randomization.core.design_file import design_for, read_plan
from randomization.core.drawing import likeliest, parts_of
from randomization.core.fast_draws import FastDraws
from randomization.core.methods import METHODS, check_design
from randomization.core.restricted import block_urn, efron, seen
from randomization.core.restricted.maximal import longest_part, ways_to_end
from randomization.core.restricted.seen import as_seen, seen_chances
from randomization.core.simulation import simulate
from randomization.core.stream import Stream
from tests.core import exact
from tests.core.exact import whole_list

SEED = bytes(range(32))


def arms(*shares: int) -> tuple[ArmShare, ...]:
    return tuple(ArmShare("ABCD"[n], share) for n, share in enumerate(shares))


def design(shares: Sequence[int], n: int = 36, reserve: int = 0, **parameters: object) -> Design:
    return Design(arms(*shares), (StratumSize("all", n, reserve),), **parameters)  # type: ignore[arg-type]


# --- Each against its definition, over every course -----------------------------------------------------


def courses(rule: object, width: int, places: int) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Every course of so many places that a rule of weights allows, with its probability."""
    found = {(): Fraction(1)}
    for _ in range(places):
        following = {}
        for course, probability in found.items():
            weights = rule([course.count(part) for part in range(width)])  # type: ignore[operator]
            for part, weight in enumerate(weights):
                if weight:
                    following[(*course, part)] = probability * Fraction(weight, sum(weights))
        found = following
    yield from found.items()


@pytest.mark.parametrize("chance", [Fraction(1, 2), Fraction(2, 3), Fraction(4, 5), Fraction(1)])
def test_for_two_arms_the_coin_is_efrons(chance: Fraction) -> None:
    """A fair coin where both have come equally often, otherwise p for the one that is behind: 1971."""
    coin = design((1, 1), method=EFRON, probability=str(chance))
    found = dict(courses(lambda counts: efron.weights(coin, counts, 0), 2, 8))
    for course in product((0, 1), repeat=8):
        expected = Fraction(1)
        for place, arm in enumerate(course):
            lead = course[:place].count(0) - course[:place].count(1)
            behind = 0 if lead < 0 else 1
            expected *= Fraction(1, 2) if not lead else chance if arm == behind else 1 - chance
        assert found.get(course, 0) == expected


def test_of_three_that_tie_in_part_each_is_preferred_as_often() -> None:
    """p = 2/3: two behind share the preference, 5/12 each and 1/6 for the third, as in minimisation."""
    coin = design((1, 1, 1), method=EFRON, probability="2/3")
    weights = efron.weights(coin, [3, 3, 4], 0)
    assert [Fraction(weight, sum(weights)) for weight in weights] == [
        Fraction(5, 12),
        Fraction(5, 12),
        Fraction(1, 6),
    ]
    assert len(set(efron.weights(coin, [5, 5, 5], 0))) == 1


class Urn:
    """Zhao and Weng's two urns as things: balls are drawn, laid aside, and put back when they are even."""

    def __init__(self, shares: Sequence[int], sets: int) -> None:
        self.one_set = [arm for arm, share in enumerate(shares) for _ in range(share)]
        self.active, self.aside = sorted(self.one_set * sets), []  # type: ignore[var-annotated]

    def draw(self, arm: int) -> Fraction:
        chance = Fraction(self.active.count(arm), len(self.active))
        if chance:
            self.active.remove(arm)
            self.aside.append(arm)
            if not Counter(self.one_set) - Counter(self.aside):
                for ball in self.one_set:
                    self.aside.remove(ball)
                    self.active.append(ball)
        return chance


@pytest.mark.parametrize(
    ("shares", "sets", "places"),
    [((1, 1), 1, 8), ((1, 1), 3, 9), ((1, 1, 1), 2, 7), ((2, 1), 2, 9), ((2, 1, 1), 2, 6), ((4, 2), 1, 7)],
)
def test_the_block_urn_is_two_urns_with_balls(shares: tuple[int, ...], sets: int, places: int) -> None:
    urn = design(shares, method=BLOCK_URN, sets=sets)
    found = dict(courses(lambda counts: block_urn.weights(urn, counts, 0), len(shares), places))
    least = (2, 1) if shares == (4, 2) else shares
    for course in product(range(len(shares)), repeat=places):
        balls, expected = Urn(least, sets), Fraction(1)
        for arm in course:
            expected *= balls.draw(arm) if expected else 0
        assert found.get(course, 0) == expected


def test_with_one_set_the_block_urn_is_a_permuted_block() -> None:
    urn = design((2, 1), method=BLOCK_URN, sets=1)
    found = dict(courses(lambda counts: block_urn.weights(urn, counts, 0), 2, 6))
    assert found == {(*one, *two): Fraction(1, 9) for one in BLOCKS for two in BLOCKS}


BLOCKS = ((0, 0, 1), (0, 1, 0), (1, 0, 0))


class Rank:
    """A source that gives one rank, and says how many there were."""

    def __init__(self, rank: int) -> None:
        self.rank, self.bound = rank, 0

    def below(self, bound: int) -> int:
        self.bound = self.bound or bound
        return self.rank if bound > 1 else 0

    def shuffled(self, items: Sequence[object]) -> list[object]:
        raise AssertionError("The maximal procedure shuffles nothing.")


@pytest.mark.parametrize(
    ("shares", "n", "limit"),
    [((1, 1), 10, 1), ((1, 1), 10, 2), ((1, 1), 12, 4), ((1, 1, 1), 9, 2), ((2, 1), 9, 2), ((4, 2), 9, 1)],
)
def test_the_maximal_procedure_gives_every_order_within_the_limit_once(
    shares: tuple[int, ...], n: int, limit: int
) -> None:
    """Each rank gives its own order, in the order of the alphabet, and no rank is without one."""
    plan = design(shares, n, method=MAXIMAL, max_range=limit)
    width = len(parts_of(plan.arms))
    expected = [order for order in product(range(width), repeat=n) if allowed(order, width, limit)]
    names = parts_of(plan.arms)
    for rank, order in enumerate(expected):
        source = Rank(rank)
        found = [arm for arm, _, _ in METHODS[MAXIMAL].places(plan, plan.strata[0], lambda *_, s=source: s)]
        assert found == [names[part] for part in order]
        assert source.bound == len(expected)


def allowed(order: tuple[int, ...], width: int, limit: int) -> bool:
    counts = [0] * width
    for part in order:
        counts[part] += 1
        if max(counts) - min(counts) > limit:
            return False
    return len(set(counts)) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize("n", [2, 12, 36, 60])
def test_the_number_of_orders_of_two_arms_is_what_reflection_says(n: int, limit: int) -> None:
    """Walks of n steps that end where they began and never leave the strip: (-1)^j C(n, n/2 + j (m + 1))."""
    found = ways_to_end(2, limit, n)[n][0, 0]
    reach = n // (2 * (limit + 1)) + 1
    signed = (
        (-1) ** abs(j) * comb(n, n // 2 + j * (limit + 1))
        for j in range(-reach, reach + 1)
        if fits(n, j, limit)
    )
    assert found == sum(signed)


def fits(n: int, j: int, limit: int) -> bool:
    return 0 <= n // 2 + j * (limit + 1) <= n


# --- The ratio at every place ---------------------------------------------------------------------------


def by_place(plan: Design, places: int) -> list[list[Fraction]]:
    """The exact chance of each arm at each place, from the weights of every state."""
    names = parts_of(plan.arms) if plan.method == EFRON else tuple(range(len(plan.arms)))
    rule = (
        (lambda counts: efron.weights(plan, counts, 0))
        if plan.method == EFRON
        else lambda counts: block_urn.weights(plan, counts, 0)
    )
    states, found = {(0,) * len(names): Fraction(1)}, []
    for _ in range(places):
        following: Counter[tuple[int, ...]] = Counter()
        place = [Fraction(0)] * len(plan.arms)
        for counts, probability in states.items():
            weights = rule(counts)
            for part, one in enumerate(exact.grown(counts)):
                if weights[part]:
                    came = probability * Fraction(weights[part], sum(weights))
                    place[names[part]] += came
                    following[one] += came
        states = dict(following)
        found.append(place)
    return found


@pytest.mark.parametrize("shares", [(1, 1), (2, 1), (1, 2, 3), (1, 1, 4), (4, 2, 2)])
def test_efrons_coin_has_the_ratio_at_every_place(shares: tuple[int, ...]) -> None:
    coin = design(shares, method=EFRON, probability="4/5")
    ratio = [Fraction(share, sum(shares)) for share in shares]
    assert by_place(coin, 8) == [ratio] * 8


@pytest.mark.parametrize(("shares", "n"), [((2, 1), 9), ((2, 1, 1), 8), ((3, 1), 8)])
def test_the_maximal_procedure_has_the_ratio_at_every_place(shares: tuple[int, ...], n: int) -> None:
    plan = design(shares, n, method=MAXIMAL, max_range=2)
    names, width = parts_of(plan.arms), len(parts_of(plan.arms))
    orders = [order for order in product(range(width), repeat=n) if allowed(order, width, 2)]
    for place in range(n):
        came = Counter(names[order[place]] for order in orders)
        assert [Fraction(came[arm], len(orders)) for arm in range(len(shares))] == [
            Fraction(share, sum(shares)) for share in shares
        ]


def test_the_block_urn_does_not_have_an_unequal_ratio_at_every_place() -> None:
    """2:1 and two sets: 66.7 % at places 1 to 4, then 64.0, 67.3, 67.3, 64.4: the steady bet is counted."""
    places = by_place(design((2, 1), method=BLOCK_URN, sets=2), 8)
    found = [round(float(100 * place[0]), 1) for place in places]
    assert found == [66.7, 66.7, 66.7, 66.7, 64.0, 67.3, 67.3, 64.4]
    assert [name for name, method in METHODS.items() if not method.keeps_the_ratio] == [BLOCK_URN]
    equal = by_place(design((1, 1, 1), method=BLOCK_URN, sets=2), 8)
    assert equal == [[Fraction(1, 3)] * 3] * 8


# --- Closed forms and exact figures ---------------------------------------------------------------------


@pytest.mark.parametrize("chance", [2 / 3, 0.7, 0.75, 0.8])
def test_efrons_long_run_is_what_he_derived(chance: float) -> None:
    """With r = p / q: guessed 1/2 + (r - 1) / (4 r); even at even n 1 - 1 / r; the mean range."""
    r, n = chance / (1 - chance), 300
    best = [bet for bet, _ in islice(exact.best_bets(exact.efron(chance), n, 2), n)][-2:]
    assert sum(best) / 2 == pytest.approx(1 / 2 + (r - 1) / (4 * r), abs=1e-6)
    *_, (states, _) = narrow(chance, n)
    assert states[0] == pytest.approx(1 - 1 / r, abs=1e-6)
    assert sum(lead * p for lead, p in states.items()) == pytest.approx(2 * r / (r * r - 1), abs=1e-4)


def narrow(chance: float, n: int) -> Iterator[tuple[dict[int, float], int]]:
    """By how much one of two arms leads under Efron's coin, after each place: a walk on 0, 1, 2, ..."""
    states = {0: 1.0}
    for place in range(1, n + 1):
        following: Counter[int] = Counter()
        for lead, p in states.items():
            following[lead + 1] += p * (1 - chance if lead else 1)  # type: ignore[assignment]
            if lead:
                following[lead - 1] += p * chance  # type: ignore[assignment]
        states = dict(following)  # type: ignore[arg-type]
        yield states, place


def test_the_block_urns_long_run_is_that_of_a_birth_and_death_chain() -> None:
    """Three sets, 1:1: leads of 0 to 3 stand as 9 : 15 : 8 : 2; guessed 43/68, certain 2/34."""
    last = list(exact.best_bets(exact.block_urn(3, (1, 1)), 200, 2))[-2:]
    assert sum(bet for bet, _ in last) / 2 == pytest.approx(43 / 68, abs=1e-9)
    assert sum(sure for _, sure in last) / 2 == pytest.approx(2 / 34, abs=1e-9)


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_maximal_procedure_of_a_long_list_follows_a_cosine(limit: int) -> None:
    """In the middle of 200 places a lead of d stands as the square of cos(pi d / 2 (m + 1))."""
    middle = list(islice(exact.best_bets(exact.maximal(limit), 200, 2), 99, 101))
    angle = pi / (2 * (limit + 1))
    stands = [cos(angle * lead) ** 2 * (1 if not lead else 2) for lead in range(limit + 1)]
    bets = [
        max(cos(angle * (lead - 1)), cos(angle * (lead + 1))) / (2 * cos(angle) * cos(angle * lead))
        for lead in range(limit + 1)
    ]
    guessed = sum(s * b for s, b in zip(stands, bets, strict=True)) / sum(stands)
    assert sum(bet for bet, _ in middle) / 2 == pytest.approx(guessed, abs=1e-6)
    assert sum(sure for _, sure in middle) / 2 == pytest.approx(stands[-1] / sum(stands), abs=1e-6)


EXACT = [
    ("efron 2/3", {"method": EFRON, "probability": "2/3"}, exact.efron(2 / 3)),
    ("block urn 2", {"method": BLOCK_URN, "sets": 2}, None),
    ("maximal 2", {"method": MAXIMAL, "max_range": 2}, exact.maximal(2)),
    ("maximal 3", {"method": MAXIMAL, "max_range": 3}, exact.maximal(3)),
]


@pytest.mark.parametrize("shares", [(1, 1), (1, 1, 1)])
@pytest.mark.parametrize(("name", "parameters", "chances"), EXACT)
def test_a_simulation_agrees_with_what_can_be_computed(
    name: str, parameters: dict[str, object], chances: exact.Chances | None, shares: tuple[int, ...]
) -> None:
    n, rule = 24, chances or exact.block_urn(2, shares)
    found = simulate(design(shares, n, **parameters), participants=n, runs=600, seed=11).overall
    *_, (states, won) = exact.steps(rule, n, len(shares))
    spread = {state: max(state[0]) - min(state[0]) for state in states}
    for estimate, expected in (
        (found.guessed, won / n),
        (found.knowing, exact.knowing(rule, n, len(shares))),
        (found.certain, exact.certain(rule, n, len(shares))),
        (found.peak_range, sum(peak * p for (_, peak), p in states.items())),
        (found.final_range, sum(spread[state] * p for state, p in states.items())),
        (found.balanced, sum(p for state, p in states.items() if not spread[state])),
    ):
        assert abs(estimate.mean - expected) <= 4.5 * estimate.error + 0.003, name


SEEN = [
    design((2, 1), 8, method=EFRON, probability="4/5"),
    design((1, 3), 6, method=EFRON, probability="2/3"),
    design((2, 1), 9, method=MAXIMAL, max_range=2),
    design((2, 1, 1), 8, method=MAXIMAL, max_range=1),
]


def by_arms_alone(plan: Design) -> dict[tuple[int, ...], Fraction]:
    """Every order of arms with its chance: those of all the courses of parts that give it."""
    names, (stratum,) = parts_of(plan.arms), plan.strata
    found: dict[tuple[int, ...], Fraction] = Counter()  # type: ignore[assignment]
    if plan.method == MAXIMAL:
        orders = product(range(len(names)), repeat=stratum.target)
        allowed_ = [order for order in orders if allowed(order, len(names), plan.max_range or 0)]
        pairs = [(order, Fraction(1, len(allowed_))) for order in allowed_]
    else:
        pairs = list(courses(lambda counts: efron.weights(plan, counts, 0), len(names), stratum.target))
    for course, probability in pairs:
        found[tuple(names[part] for part in course)] += probability
    return found


@pytest.mark.parametrize("plan", SEEN, ids=lambda plan: f"{plan.method} {len(plan.arms)}")
def test_who_sees_arms_and_not_parts_is_given_the_chance_that_bayes_gives(plan: Design) -> None:
    """For every order of arms, at every place: the likeliest next arm among all orders that begin alike."""
    orders, (stratum,) = by_arms_alone(plan), plan.strata
    starts: Counter[tuple[int, ...]] = Counter()
    for order, probability in orders.items():
        for place in range(len(order) + 1):
            starts[order[:place]] += probability  # type: ignore[assignment]
    given = as_seen(plan, METHODS[plan.method].weights)  # type: ignore[arg-type]
    for order in orders:
        found = given(stratum, iter([(arm, 0, 0.0) for arm in order]))
        for place, (_, _, chance) in enumerate(found):
            after = [starts[(*order[:place], arm)] for arm in range(len(plan.arms))]
            assert chance == pytest.approx(float(max(after) / sum(after)))
            assert (chance == 1) == (sum(map(bool, after)) == 1)


def test_the_simulated_observer_sees_arms_alone() -> None:
    """2:1, eight places, p = 4/5: the best bet on arms over every order wins less than one on the parts."""
    orders, plan = by_arms_alone(SEEN[0]), SEEN[0]
    won = Fraction(0)
    for place in range(8):
        starts: Counter[tuple[int, ...]] = Counter()
        for order, probability in orders.items():
            starts[order[: place + 1]] += probability  # type: ignore[assignment]
        best: dict[tuple[int, ...], Fraction] = {}
        for start, probability in starts.items():
            best[start[:-1]] = max(best.get(start[:-1], Fraction(0)), Fraction(probability))
        won += sum(best.values())
    found = simulate(plan, participants=8, runs=2000, seed=3).overall
    assert found.knowing is not None
    assert abs(found.knowing.mean - float(won / 8)) <= 4.5 * found.knowing.error
    parts = [chance for seed in range(500) for _, _, chance in drawn_with_parts(plan, seed)]
    assert sum(parts) / len(parts) > float(won / 8)


def drawn_with_parts(plan: Design, seed: int) -> Iterator[tuple[int, int, float]]:
    return METHODS[EFRON].places(plan, plan.strata[0], lambda *_: FastDraws(seed))


def test_a_chance_just_below_one_is_not_certain() -> None:
    assert likeliest((0, 1), (10**30, 1)) < 1
    assert likeliest((0, 0, 1), (10**30, 1, 0)) == 1


# --- Designs, files and faults --------------------------------------------------------------------------

FILES = {
    'method = "efron"\nprobability = "2/3"': {"probability": "2/3"},
    'method = "efron"\nprobability = 0.75\nreserve = 6': {"probability": "3/4"},
    'method = "block_urn"\nsets = 2\nreserve = 7': {"sets": 2},
    'method = "maximal"\nmax_range = 3\nreserve = 6': {"max_range": 3},
}


@pytest.mark.parametrize("text", FILES)
def test_a_design_file_names_the_method_and_its_json_its_parameter(text: str) -> None:
    made = design_for(read_plan(text), arms(1, 1, 1), ["all"], 36)
    assert {name: getattr(made, name) for name in FILES[text]} == FILES[text]
    assert Design.from_json(made.as_json()) == made
    for name in ("max_range", "sets", "probability", "alpha"):
        assert (f'"{name}"' in made.as_json()) == (name in FILES[text])
    counts = Counter(row.arm for row in whole_list(made, SEED))
    assert sum(counts.values()) == made.size


AT_THE_EDGE = [
    {"method": EFRON, "probability": "1/3"},
    {"method": EFRON, "probability": "1"},
    {"method": BLOCK_URN, "sets": 1},
    {"method": BLOCK_URN, "sets": 10_000},
    {"method": MAXIMAL, "max_range": 1},
    {"method": MAXIMAL, "max_range": 99},
    {"method": MAXIMAL, "max_range": 3, "n": longest_part(3, 3) // 3 * 3},
    {"method": MAXIMAL, "max_range": 57, "n": longest_part(3, 57)},
]


@pytest.mark.parametrize("parameters", AT_THE_EDGE)
def test_what_lies_on_a_bound_is_taken(parameters: dict[str, object]) -> None:
    given = {"n": 36} | parameters
    assert check_design(design((1, 1, 1), **given)) is METHODS[given["method"]]  # type: ignore[arg-type,index]


def test_one_of_them_is_the_longest_part_itself() -> None:
    assert longest_part(3, 57) % 3 == 0


def test_the_maximal_procedure_has_no_blocks() -> None:
    rows = whole_list(design((1, 1, 1), 36, 6, method=MAXIMAL, max_range=3), SEED)
    assert {row.block for row in rows} == {0}


def test_what_is_left_of_a_target_ends_with_it_and_the_reserve_begins_its_own() -> None:
    plan, lefts = design((2, 1), n=3, reserve=2, method=EFRON, probability="2/3"), []

    def noted(_design: Design, counts: Sequence[int], left: int) -> list[int]:
        lefts.append(left)
        return [1] * len(counts)

    assert len([*seen_chances(plan, noted)(plan.strata[0], (0, 1, 0, 0, 1))]) == 5
    assert list(dict.fromkeys(lefts)) == [3, 2, 1] and lefts[-1] == 1


def test_of_very_many_states_the_rare_ones_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """6:1 has hundreds after 20 places. Without the rare ones the chances are the same to nine digits."""
    coin = design((6, 1), 21, method=EFRON, probability="4/5")
    order = [arm for arm, _, _ in drawn_with_parts(coin, 5)]

    def found() -> list[float]:
        places = as_seen(coin, efron.weights)(coin.strata[0], iter([(arm, 0, 0.0) for arm in order]))
        return [chance for _, _, chance in places]

    usual = found()
    monkeypatch.setattr(seen, "FEW", 10**9)
    assert usual == pytest.approx(found(), rel=1e-9)
    monkeypatch.setattr(seen, "FEW", 64)
    monkeypatch.setattr(seen, "RARE", 0.004)
    assert usual != pytest.approx(found(), rel=1e-9)


FAULTS = [
    ({"method": EFRON}, "probability is missing"),
    ({"method": EFRON, "probability": "1/4"}, "probability is 0.25. It lies between 1/3"),
    ({"method": EFRON, "probability": "3/2"}, "probability is 1.5. It lies between 1/3"),
    ({"method": EFRON, "probability": "2/3", "sets": 2}, "sets is no parameter of efron"),
    ({"method": BLOCK_URN}, "sets is missing, below 1 or above"),
    ({"method": BLOCK_URN, "sets": 0}, "sets is missing, below 1 or above"),
    ({"method": BLOCK_URN, "sets": 10_001}, "above 10,000"),
    ({"method": BLOCK_URN, "sets": 1, "probability": "2/3"}, "probability is no parameter of block_urn"),
    ({"method": MAXIMAL}, "max_range is missing"),
    ({"method": MAXIMAL, "max_range": 0}, "max_range is missing, below 1"),
    ({"method": MAXIMAL, "max_range": 100}, "max_range is missing, below 1 or above 99"),
    ({"method": MAXIMAL, "max_range": 57, "n": longest_part(3, 57) + 3}, "counts all its orders"),
    ({"method": MAXIMAL, "max_range": 3, "n": 35}, "target of stratum all is 35, .* Use 36"),
    ({"method": MAXIMAL, "max_range": 3, "reserve": 4}, "reserve of stratum all is 4, .* Use 6"),
    ({"method": MAXIMAL, "max_range": 3, "n": 30_000}, "is 30,000. The maximal procedure counts all"),
    ({"method": MAXIMAL, "max_range": 3, "block_sizes": (3,)}, "block_sizes is no parameter of maximal"),
]


@pytest.mark.parametrize(("parameters", "sentence"), FAULTS)
def test_a_parameter_that_does_not_fit_is_named(parameters: dict[str, object], sentence: str) -> None:
    with pytest.raises(DesignFault, match=sentence):
        check_design(design((1, 1, 1), **{"n": 36} | parameters))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ['"two thirds"', "true", '"1/0"', "[2, 3]"])
def test_a_probability_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(DesignFault, match="probability has"):
        read_plan(f'method = "efron"\nprobability = {value}')


def test_the_longest_part_of_a_maximal_procedure_fits_into_memory() -> None:
    """The bits of all numbers of ways, counted, are no more than the rule that refuses a longer part says."""
    assert longest_part(3, 3) == 12_247
    for parts, limit, n in ((2, 3, 400), (3, 3, 400), (6, 2, 200)):
        bits = sum(ways.bit_length() for place in ways_to_end(parts, limit, n) for ways in place.values())
        assert bits <= 1.2 * (n / longest_part(parts, limit)) ** 2 * 5 * 10**8


@pytest.mark.parametrize(
    "method", [{"method": EFRON, "probability": "2/3"}, {"method": BLOCK_URN, "sets": 2}]
)
def test_a_reserve_goes_on_with_the_counts(method: dict[str, object]) -> None:
    """With the chance 1, and with one set, target and reserve together are blocks of three."""
    sure = method | ({"probability": "1"} if "probability" in method else {"sets": 1})
    rows = whole_list(design((1, 1, 1), 34, 8, **sure), SEED)
    assert all(len({row.arm for row in rows[n : n + 3]}) == 3 for n in range(0, 42, 3))
    assert {row.block for row in rows} == {0}


def test_old_designs_are_written_as_they_were() -> None:
    """No new parameter stands in a design that does not have it: its commitment is the one of its day."""
    old = replace(design((1, 1, 1), 36), block_sizes=(3, 6, 9))
    assert old.as_json() == (
        '{"arms":[["A",1],["B",1],["C",1]],"block_sizes":[3,6,9],"method":"permuted_blocks",'
        '"strata":[["all",36,0]],"version":1}'
    )


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.weights])
def test_the_weights_of_a_method_are_the_chances_of_its_places(name: str) -> None:
    """Beside each place stands the chance of the likeliest arm: the same that the weights give."""
    given = {"max_range": 2, "alpha": 1, "beta": 1, "sets": 2, "probability": "2/3"}
    own = {parameter: given[parameter] for parameter in METHODS[name].parameters}
    plan = design((1, 1, 1), 12, 6, method=name, **own)
    rule, counts = METHODS[name].weights, [0, 0, 0]
    found = METHODS[name].places(plan, plan.strata[0], partial(Stream, SEED))
    for left in (*range(12, 0, -1), *range(6, 0, -1)):
        if left == 6 and sum(counts) == 12 and name == ONE_BLOCK:
            counts = [0, 0, 0]
        weights = rule(plan, counts, left)  # type: ignore[misc]
        arm, _, chance = next(found)
        assert chance == pytest.approx(max(weights) / sum(weights))
        assert weights[arm]
        counts[arm] += 1
