"""Do the numbers of a list reveal the arms? A permutation test over everything that can be seen of them.

Blinded people see randomisation numbers. A statistician's list may have even numbers for one arm, or
a letter for each, or numbers sorted by arm; whoever notices can then read the arm off the number. So
for every feature (`number_features`) the table of its labels and the arms is compared with what
chance gives: the arms are permuted again and again while the numbers stay where they are.

One list is refused by mistake in about a thousand: each of the m features that vary is held to
0.001 / m (Bonferroni), by 1,000 m - 1 permutations of which not one may be as telling as the list.
"""

from __future__ import annotations

import hashlib
import math
import struct
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import add

from trial.core.sentences import Sentence

from .chi_square import upper_tail
from .lint_reach import long_enough
from .number_features import Labels, features_of
from .stream import Stream

ONE_IN = 1000
"""A list with good numbers is refused once in so many."""
LONG = 400
"""Beyond so many envelopes the permutation distribution is taken from its limit, chi-square."""
FEWEST_EXPECTED = 5
"""Labels of long lists that occur too rarely for that limit are put together."""


@dataclass(frozen=True)
class Telling:
    """A feature that predicts the arm. The best rule from it names `right` arms of the list."""

    feature: Sentence
    right: int


@dataclass(frozen=True)
class Lint:
    """What was found: how many envelopes and features were looked at, and which features reveal the arm.

    A list that is not `long_enough` has too few orders for the test: it would not find a full leak.
    """

    envelopes: int
    features: int
    telling: tuple[Telling, ...]
    long_enough: bool = True


@dataclass(frozen=True)
class _Table:
    """One feature over a list: `codes[i] + arm` is the cell of envelope i."""

    name: Sentence
    codes: list[int]
    weights: dict[int, int]

    def statistic(self, arms: Sequence[int]) -> int:
        """Pearson's sum of squares over expectations, times a constant that makes it a whole number."""
        weights = self.weights
        return sum(weights[cell] * n * n for cell, n in Counter(map(add, self.codes, arms)).items())


def lint_numbers(numbers: Sequence[str], arms: Sequence[str]) -> Lint:
    """Test the numbers of a list, in list order, against the arms at the same places.

    Deterministic: the permutations come from the stream `lint` of the numbers' own SHA-256.
    """
    index = {arm: n for n, arm in enumerate(sorted(set(arms)))}
    held = [index[arm] for arm in arms]
    look = _telling_by_limit if len(numbers) > LONG else _telling_by_permuting
    features, found = look(numbers, held)
    every = dict(features_of(numbers))
    told = (Telling(name, _right(every[name](numbers), held)) for name in found)
    enough = long_enough(list(Counter(held).values()), ONE_IN * max(features, 1))
    return Lint(len(numbers), features, tuple(told), enough)


def _varying(numbers: Sequence[str]) -> Iterator[tuple[Sentence, Labels]]:
    """The features that part the numbers, with their labels; each way of parting them once."""
    parted: set[bytes] = set()
    for name, feature in features_of(numbers):
        labels = feature(numbers) if numbers else ()
        if 1 < len(set(labels)) < len(labels) and (way := _way_of_parting(labels)) not in parted:
            parted.add(way)
            yield name, labels


def _way_of_parting(labels: Labels) -> bytes:
    """A digest of which numbers share a label."""
    first: dict[object, int] = {}
    return hashlib.sha256(array("Q", (first.setdefault(one, len(first)) for one in labels))).digest()


def _telling_by_permuting(numbers: Sequence[str], held: list[int]) -> tuple[int, list[Sentence]]:
    """How many features vary, and which tell. One is out of suspicion at the first permutation that is as
    telling as the list."""
    suspects = [(table, table.statistic(held)) for table in _tables(dict(_varying(numbers)), held)]
    features, shuffle = len(suspects), _shuffles(numbers, held)
    for _ in range(ONE_IN * features - 1):
        if not suspects:
            break
        arms = shuffle()
        suspects = [(table, seen) for table, seen in suspects if table.statistic(arms) < seen]
    return features, [table.name for table, _ in suspects]


def _tables(varying: dict[Sentence, Labels], held: list[int]) -> Iterator[_Table]:
    columns = Counter(held)
    wide = len(columns)
    shared = math.lcm(*columns.values())
    for name, labels in varying.items():
        rows = Counter(labels)
        place = {label: n * wide for n, label in enumerate(rows)}
        common = math.lcm(*rows.values()) * shared
        weights = {
            place[label] + arm: common // (row * column)
            for label, row in rows.items()
            for arm, column in columns.items()
        }
        yield _Table(name, [place[label] for label in labels], weights)


def _shuffles(numbers: Sequence[str], held: list[int]) -> Callable[[], list[int]]:
    """Permutations of the arms: envelopes in the order of keys of eight bytes, one for each."""
    stream = Stream(hashlib.sha256("\n".join(numbers).encode()).digest(), "lint")
    layout = struct.Struct(f">{len(held)}Q")

    def shuffle() -> list[int]:
        keys = layout.unpack(stream.take(layout.size))
        return [held[place] for place in sorted(range(len(held)), key=keys.__getitem__)]

    return shuffle


def _telling_by_limit(numbers: Sequence[str], held: list[int]) -> tuple[int, list[Sentence]]:
    """The same for a long list; the labels of one feature at a time are in memory."""
    chances = {name: _chance_by_limit(labels, held) for name, labels in _varying(numbers)}
    return len(chances), [name for name, chance in chances.items() if chance * len(chances) * ONE_IN < 1]


def _chance_by_limit(labels: Labels, held: list[int]) -> float:
    """How often chance alone gives a statistic as high as this one."""
    rows, columns, total = Counter(labels), Counter(held), len(held)
    scarce = min(columns.values()) / total
    kept = {label for label, row in rows.items() if row * scarce >= FEWEST_EXPECTED}
    merged = [label if label in kept else None for label in labels]
    rows = Counter(merged)
    cells = Counter(zip(merged, held, strict=True))
    score = sum(n * n / (rows[label] * columns[arm]) for (label, arm), n in cells.items())
    degrees = (len(rows) - 1) * (len(columns) - 1)
    return upper_tail(total * (score - 1), degrees) if degrees else 1.0


def _right(labels: Labels, held: list[int]) -> int:
    """How many arms are named rightly by naming the commonest arm of each label."""
    best: Counter[object] = Counter()
    for (label, _), n in Counter(zip(labels, held, strict=True)).items():
        best[label] = max(best[label], n)
    return best.total()
