"""What a design does, computed and not simulated: every course of a small trial with its probability.

Written apart from the simulation, which is compared with it: states are followed forward, for blocks
through all the sequences of sizes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from randomization.core.design import Allocation, Design
from randomization.core.methods import allocations

Counts = tuple[int, ...]
Chances = Callable[[Counts, int], list[float]]


def whole_list(design: Design, seed: bytes) -> tuple[Allocation, ...]:
    """Every allocation that a design and a seed give."""
    return tuple(allocations(design, seed))


@dataclass(frozen=True)
class Exact:
    """Expected correct guesses (as a share), peak and final range, and the chance of exact balance."""

    guessed: float
    peak: float
    final: float
    balanced: float


def complete(counts: Counts, n: int) -> list[float]:
    return [1 / len(counts)] * len(counts)


def urn(alpha: int, beta: int) -> Chances:
    def chances(counts: Counts, n: int) -> list[float]:
        drawn, arms = sum(counts), len(counts)
        balls = [alpha + beta * (drawn - count) for count in counts]
        return [ball / (arms * alpha + beta * drawn * (arms - 1)) for ball in balls]

    return chances


def big_stick(limit: int) -> Chances:
    def chances(counts: Counts, n: int) -> list[float]:
        open_ = [count - min(counts) < limit for count in counts]
        return [is_open / sum(open_) for is_open in open_]

    return chances


def efron(p: float) -> Chances:
    """With the chance p the arm that is behind; of those that tie, each is preferred as often."""

    def chances(counts: Counts, n: int) -> list[float]:
        behind = [arm for arm, count in enumerate(counts) if count == min(counts)]
        found = [0.0] * len(counts)
        for preferred in behind:
            for arm in range(len(counts)):
                chance = p if arm == preferred else (1 - p) / (len(counts) - 1)
                found[arm] += chance / len(behind)
        return found

    return chances


def block_urn(sets: int, shares: Counts) -> Chances:
    """Balls in an urn, those laid aside, and the ratio put back whenever it lies there."""

    def chances(counts: Counts, n: int) -> list[float]:
        aside = list(counts)
        while all(count >= share for count, share in zip(aside, shares, strict=True)):
            aside = [count - share for count, share in zip(aside, shares, strict=True)]
        urn = [sets * share - count for share, count in zip(shares, aside, strict=True)]
        return [balls / sum(urn) for balls in urn]

    return chances


def maximal(limit: int) -> Chances:
    """How many of the orders that end even and stay within the limit go on with each arm."""

    @cache
    def ways(counts: Counts, n: int) -> int:
        if max(counts) - min(counts) > limit or max(counts) > n // len(counts):
            return 0
        return sum(ways(one, n) for one in grown(counts)) if sum(counts) < n else 1

    def chances(counts: Counts, n: int) -> list[float]:
        return [ways(one, n) / ways(counts, n) for one in grown(counts)]

    return chances


def grown(counts: Counts) -> list[Counts]:
    """The counts after one more of each arm."""
    return [(*counts[:arm], counts[arm] + 1, *counts[arm + 1 :]) for arm in range(len(counts))]


def one_block(counts: Counts, n: int) -> list[float]:
    return [(n // len(counts) - count) / (n - sum(counts)) for count in counts]


def by_shares(shares: Counts) -> Chances:
    """Complete randomisation in a ratio."""
    return lambda counts, n: [share / sum(shares) for share in shares]


def one_block_of(shares: Counts) -> Chances:
    """All orders of n places with the ratio, each equally likely."""

    def chances(counts: Counts, n: int) -> list[float]:
        whole = n // sum(shares)
        return [(s * whole - count) / (n - sum(counts)) for s, count in zip(shares, counts, strict=True)]

    return chances


def expected_bets(chances: Chances, n: int, shares: Counts, length: int) -> tuple[float, float]:
    """The share of `n` arms, in blocks of `length` places each, that two observers guess.

    The first bets on the arm that lacks most until the ratio holds again (ties: the greater share, of
    equal shares one at random), the second always on the greatest share. Counts begin anew in each block;
    after a whole block the ratio holds.
    """
    unit, states, won, steady = sum(shares), {(0,) * len(shares): 1.0}, 0.0, 0.0
    for place in range(length):
        following: dict[Counts, float] = defaultdict(float)
        due = place // unit + 1
        for counts, probability in states.items():
            lacks = [(s * due - count, s) for s, count in zip(shares, counts, strict=True)]
            for arm, chance in enumerate(chances(counts, length)):
                came = probability * chance
                won += came * (lacks[arm] == max(lacks)) / lacks.count(max(lacks))
                steady += came * (shares[arm] == max(shares)) / shares.count(max(shares))
                if came:
                    following[(*counts[:arm], counts[arm] + 1, *counts[arm + 1 :])] += came
        states = following
    assert n % length == 0
    return won / length, steady / length


def knowing(chances: Chances, n: int, arms: int) -> float:
    """The share of `n` arms that an observer guesses who bets on the likeliest one, place by place."""
    return sum(best for best, _ in best_bets(chances, n, arms)) / n


def certain(chances: Chances, n: int, arms: int) -> float:
    """The share of `n` arms that this observer knows for certain."""
    return sum(sure for _, sure in best_bets(chances, n, arms)) / n


def best_bets(chances: Chances, n: int, arms: int) -> Iterator[tuple[float, float]]:
    """At each place, what betting on the likeliest arm wins, and how likely it is that only one can come."""
    states = {(0,) * arms: 1.0}
    for _ in range(n):
        following: dict[Counts, float] = defaultdict(float)
        best = sure = 0.0
        for counts, probability in states.items():
            found = chances(counts, n)
            best += probability * max(found)
            sure += probability * (sum(chance > 0 for chance in found) == 1)
            for one, chance in zip(grown(counts), found, strict=True):
                if chance:
                    following[one] += probability * chance
        states = following
        yield best, sure


State = tuple[Counts, int]


def steps(chances: Chances, n: int, arms: int = 3) -> Iterator[tuple[dict[State, float], float]]:
    """After 0, 1, ... n people: the probability of each (counts, peak range), and the guesses won so far."""
    states: dict[State, float] = {((0,) * arms, 0): 1.0}
    won = 0.0
    yield states, won
    for _ in range(n):
        following: dict[State, float] = defaultdict(float)
        for (counts, peak), probability in states.items():
            least = min(counts)
            for arm, chance in enumerate(chances(counts, n)):
                if chance:
                    won += probability * chance * (counts[arm] == least) / counts.count(least)
                    after = (*counts[:arm], counts[arm] + 1, *counts[arm + 1 :])
                    following[after, max(peak, max(after) - min(after))] += probability * chance
        states = following
        yield states, won


def one_by_one(chances: Chances, n: int) -> Exact:
    """A design that draws place by place."""
    *_, (states, won) = steps(chances, n)
    return _summed(states, won, n)


def _summed(states: dict[State, float], won: float, n: int) -> Exact:
    spread = {state: max(state[0]) - min(state[0]) for state in states}
    return Exact(
        guessed=won / n,
        peak=sum(peak * p for (_, peak), p in states.items()),
        final=sum(spread[state] * p for state, p in states.items()),
        balanced=sum(p for state, p in states.items() if not spread[state]),
    )


@lru_cache
def block(size: int) -> list[tuple[dict[State, float], float]]:
    return list(steps(one_block, size))


def blocks(sizes: Sequence[int], n: int, *, exact: bool) -> Exact:
    """Permuted blocks: the sum over all sequences of sizes, each block starting from balance."""
    weigh = _weights_exact(sizes, n) if exact else (lambda left: {size: 1 / len(sizes) for size in sizes})
    done: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    done[0][0] = 1.0
    final: dict[State, float] = defaultdict(float)
    won = 0.0
    for placed in range(n):
        for peak, probability in list(done[placed].items()):
            for size, weight in weigh(n - placed).items():
                states, hits = block(size)[min(size, n - placed)]
                won += probability * weight * hits
                for (counts, inner), p in states.items():
                    if size < n - placed:
                        done[placed + size][max(peak, inner)] += probability * weight * p
                    else:
                        final[counts, max(peak, inner)] += probability * weight * p
    return _summed(final, won, n)


def _weights_exact(sizes: Sequence[int], n: int) -> Callable[[int], dict[int, float]]:
    ways = [1] + [0] * n
    for total in range(1, n + 1):
        ways[total] = sum(ways[total - size] for size in sizes if size <= total)
    return lambda left: {
        size: ways[left - size] / ways[left] for size in sizes if size <= left and ways[left - size]
    }
