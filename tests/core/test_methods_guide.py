"""Section 3 of `docs/randomization.md` followed by hand, with nothing of the program, for every method."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import pytest

from tests.core.test_randomization_guide import GUIDE, drawer, shuffled

Weight = Callable[[int, int, int, int], int]
"""From share, own count, all drawn so far and the length of the part, to the arm's weight."""


def drawn(shares: str, weight: Weight, parts: tuple[int, int], *, afresh: bool = False) -> str:
    """Section 3.2: a word such as AAB (A with share 2) and a rule of weights."""
    arms, counts, words = sorted(set(shares)), dict.fromkeys(shares, 0), []
    for part, total in zip(("target", "reserve"), parts, strict=True):
        below, word = drawer(f"order/{part}/all"), ""
        if afresh:
            counts = dict.fromkeys(shares, 0)
        while len(word) < total:
            drawn_so_far = sum(counts.values())
            weights = [weight(shares.count(arm), counts[arm], drawn_so_far, total) for arm in arms]
            if weight is stick:
                weights = [int(counts[arm] < min(counts.values()) + 3) for arm in arms]
            r = below(sum(weights))
            place = 0
            while r >= weights[place]:
                r -= weights[place]
                place += 1
            word += arms[place]
            counts[arms[place]] += 1
        words.append(word)
    return " ".join(words)


def stick(s: int, c: int, n: int, length: int) -> int:
    return 0  # needs all counts: see `drawn`


def cut() -> str:
    words = []
    for part, total in (("target", 36), ("reserve", 6)):
        sizes, order, word = drawer(f"blocks/{part}/all"), drawer(f"order/{part}/all"), ""
        while len(word) < total:
            third = (3, 6, 9)[sizes(3)] // 3
            word += "".join(shuffled("A" * third + "B" * third + "C" * third, order))
        words.append(word[:total])
    return " ".join(words)


def balls(shares: str, sets: int, parts: tuple[int, int]) -> str:
    """Section 3.2, block_urn."""
    arms, counts, words = sorted(set(shares)), dict.fromkeys(shares, 0), []
    for part, total in zip(("target", "reserve"), parts, strict=True):
        below, word = drawer(f"order/{part}/all"), ""
        for _ in range(total):
            k = min(counts[arm] // shares.count(arm) for arm in arms)
            w = [shares.count(arm) * (sets + k) - counts[arm] for arm in arms]
            arm = arms[taken(w, below(sum(w)))]
            counts[arm] += 1
            word += arm
        words.append(word)
    return " ".join(words)


def coin(shares: str, a: int, b: int, parts: tuple[int, int]) -> str:
    """Section 3.2, efron: `shares` is the row of equal parts, each by its arm's name."""
    c, words = [0] * len(shares), []
    for part, total in zip(("target", "reserve"), parts, strict=True):
        below, word = drawer(f"order/{part}/all"), ""
        for _ in range(total):
            t, others = c.count(min(c)), len(shares) - 1
            w = [a * others + (t - 1) * (b - a) if n == min(c) else t * (b - a) for n in c]
            place = taken(w, below(sum(w)))
            c[place] += 1
            word += shares[place]
        words.append(word)
    return " ".join(words)


def taken(weights: list[int], r: int) -> int:
    place = 0
    while r >= weights[place]:
        r -= weights[place]
        place += 1
    return place


def within(shares: str, limit: int, parts: tuple[int, int]) -> str:
    """Section 3.6: one of all allowed orders of the equal parts, by its number in the alphabet."""

    @cache
    def ways(counts: tuple[int, ...], n: int) -> int:
        if max(counts) - min(counts) > limit:
            return 0
        if sum(counts) == n:
            return int(max(counts) == min(counts))
        return sum(ways(more(counts, part), n) for part in range(len(counts)))

    words = []
    for part, n in zip(("target", "reserve"), parts, strict=True):
        counts, word = (0,) * len(shares), ""
        r = drawer(f"order/{part}/all")(ways(counts, n))
        while len(word) < n:
            w = [ways(more(counts, k), n) for k in range(len(shares))]
            k = taken(w, r)
            r -= sum(w[:k])
            counts, word = more(counts, k), word + shares[k]
        words.append(word)
    return " ".join(words)


def more(counts: tuple[int, ...], part: int) -> tuple[int, ...]:
    return (*counts[:part], counts[part] + 1, *counts[part + 1 :])


BY_HAND: dict[str, Callable[[], str]] = {
    "complete": lambda: drawn("ABC", lambda s, c, n, length: s, (36, 6)),
    "complete 2:1:1": lambda: drawn("AABC", lambda s, c, n, length: s, (36, 6)),
    "one block": lambda: drawn("ABC", lambda s, c, n, length: s * length // 3 - c, (36, 6), afresh=True),
    "one block 2:1:1": lambda: drawn(
        "AABC", lambda s, c, n, length: s * length // 4 - c, (36, 8), afresh=True
    ),
    "big stick 3": lambda: drawn("ABC", stick, (36, 6)),
    "urn 1, 1": lambda: drawn("ABC", lambda s, c, n, length: s * (1 + n) - c, (36, 6)),
    "urn 0, 1, 2:1:1": lambda: drawn("AABC", lambda s, c, n, length: s * n - c if n else s, (36, 6)),
    "block urn 2": lambda: balls("ABC", 2, (36, 6)),
    "block urn 2, 2:1:1": lambda: balls("AABC", 2, (36, 6)),
    "efron 2/3": lambda: coin("ABC", 2, 3, (36, 6)),
    "efron 9/10, 2:1:1": lambda: coin("AABC", 9, 10, (36, 6)),
    "maximal 3": lambda: within("ABC", 3, (36, 6)),
    "maximal 2, 2:1:1": lambda: within("AABC", 2, (36, 8)),
    "blocks cut": cut,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_guide_is_enough_to_make_the_list_of_every_method(name: str) -> None:
    rows = dict(re.findall(r"^\| (.+?) \| `([ABC ]+)` \|$", GUIDE.read_text(), re.MULTILINE))
    assert BY_HAND[name]() == rows[name]
    assert set(rows) == set(BY_HAND)


def test_the_guide_is_enough_to_minimise() -> None:
    """Section 3.3 with the example of section 9."""
    counts = [[[0] * 3 for _ in range(levels)] for levels in (2, 2, 3)]
    word = ""
    for n in range(1, 31):
        levels = ((n - 1) % 2, (n - 1) // 2 % 2, (n - 1) % 3)
        scores = []
        for arm in range(3):
            rows = [list(counts[f][level]) for f, level in enumerate(levels)]
            for row in rows:
                row[arm] += 1
            scores.append(sum(w * (max(row) - min(row)) for w, row in zip((2, 1, 1), rows, strict=True)))
        tied = [arm for arm in range(3) if scores[arm] == min(scores)]
        sixths = [[4 if arm == preferred else 1 for arm in range(3)] for preferred in range(3)]
        weights = [sum(sixths[preferred][arm] for preferred in tied) for arm in range(3)]
        r = drawer(f"minimization/{n}")(sum(weights))
        chosen = next(arm for arm in range(3) if r < sum(weights[: arm + 1]))
        assert Fraction(sum(weights), 6 * len(tied)) == 1
        for f, level in enumerate(levels):
            counts[f][level][chosen] += 1
        word += str(chosen + 1)
    assert f"`{word}`" in GUIDE.read_text()


def test_the_guide_is_enough_to_minimise_an_unequal_ratio() -> None:
    """Section 3.3 over the equal parts 1, 1, 2 and 3 of 2:1:1, with the example of section 9."""
    names, counts, word = "1123", [[[0] * 4 for _ in range(levels)] for levels in (2, 3)], ""
    for n in range(1, 31):
        levels = ((n - 1) % 2, (n - 1) % 3)
        scores = []
        for part in range(4):
            rows = [
                [x + (k == part) for k, x in enumerate(counts[f][level])] for f, level in enumerate(levels)
            ]
            scores.append(sum(max(row) - min(row) for row in rows))
        tied = [part for part in range(4) if scores[part] == min(scores)]
        # p = 4/5 and (1 - p) / (K - 1) = 1/15 over 15: a = 12, b = 1
        t = len(tied)
        weights = [12 + (t - 1) if part in tied else t for part in range(4)]
        part = taken(weights, drawer(f"minimization/{n}")(sum(weights)))
        for f, level in enumerate(levels):
            counts[f][level][part] += 1
        word += names[part]
    assert f"`{word}`" in GUIDE.read_text(), word
    assert word == made_by_the_program()


def made_by_the_program() -> str:
    from randomization.core.design import ArmShare
    from randomization.core.minimization import Factor, MinimizationDesign, Minimizer, Totals
    from randomization.core.stream import Stream
    from tests.core.test_randomization_guide import SEED

    factors = (Factor("one", ("a", "b")), Factor("two", ("a", "b", "c")))
    design = MinimizationDesign((ArmShare("1", 2), ArmShare("2", 1), ArmShare("3", 1)), factors)
    minimizer, totals, word = Minimizer(design), Totals.empty(design), ""
    for n in range(1, 31):
        levels = ((n - 1) % 2, (n - 1) % 3)
        word += "123"[minimizer.draw(totals, levels, Stream(SEED, "minimization", str(n)))]
    return word


def test_a_target_above_thirty_thousand_is_made_in_the_runs_that_the_guide_says() -> None:
    """45,006 in blocks of 3, 6 and 9: three runs, the last of 15,018, from one stream."""
    from randomization.core.blocks import draw_sizes
    from randomization.core.stream import Stream

    length = 15_000 // 18 * 18
    lengths = [length, length, 45_006 - 2 * length]
    below, sizes = drawer("blocks/target/all"), []
    for n in lengths:
        c = [1]
        for total in range(1, n + 1):
            c.append(sum(c[total - s] for s in (3, 6, 9) if s <= total))
        r = below(c[n])
        while n:
            for s in (3, 6, 9):
                ways = c[n - s] if s <= n else 0
                if r < ways:
                    break
                r -= ways
            sizes.append(s)
            n -= s
    assert list(draw_sizes(45_006, (3, 6, 9), Stream(bytes(range(32)), "blocks", "target", "all"))) == sizes
