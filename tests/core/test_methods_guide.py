"""Section 3 of `docs/randomization.md` followed by hand, with nothing of the program, for every method."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

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
    "blocks cut": cut,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_guide_is_enough_to_make_the_list_of_every_method(name: str) -> None:
    rows = dict(re.findall(r"^\| (.+?) \| `([ABC ]+)` \|$", GUIDE.read_text(), re.MULTILINE))
    assert BY_HAND[name]() == rows[name]
    assert set(rows) >= set(BY_HAND)


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
