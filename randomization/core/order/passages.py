"""A passage of a stratum that stands elsewhere too: where it may begin, and how rare it is.

A passage begins somewhere in the order and somewhere in its source, and is read forwards or backwards. Of
all pairs of beginnings that are looked at, each has a part of one whole; the rarest by its part counts.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice

from .begun import agreement, common_length
from .chances import Chances, balanced
from .copying import NOTHING
from .judged import Judged
from .onward import Onward
from .places import StratumOrder

Lead = int | None
"""So many multiples of the ratio before the passage a block began; None: only the first place is known."""
LEADS: tuple[tuple[Lead, float], ...] = tuple(
    (lead, math.log(part)) for lead, part in ((0, 0.8), (1, 0.05), (2, 0.04), (3, 0.02), (None, 0.09))
)
"""What is for each lead."""
LEAST_RARE = 30_000
"""Passages that come oftener are not looked at: there are too many beginnings."""
IN_EACH = 4
"""Places that the first of several strata has to share; in strata above SHORT as many as one alone."""
SHORT = 60
OF_ONE_SHIFT, IN_ALL = 8, 1_200
"""So many passages are looked at that lie alike in order and source, the first ones; and so many in all."""
FORWARDS, BACKWARDS = 0.9, 0.1
LIKELY = 0.5
"""What is for a third, a half and two thirds of the way; the rest is for all places alike."""

Begun = tuple[int, int]
"""After how many places of the order, and of the source, a passage begins."""
Share = Callable[[Begun, Lead], float | None]
"""The logarithm of what is for passages that begin so; None where they are not looked for."""


@dataclass(frozen=True, repr=False)
class Passages:
    """One stratum, where passages may begin in it, and how rare they are."""

    order: StratumOrder
    found: Chances
    unit: int
    onward: Onward

    @property
    def arms(self) -> tuple[int, ...]:
        """The order's arms."""
        return self.order.arms

    def rare(self, start: int, places: int, lead: Lead) -> float:
        """Of a passage that begins after so many places; from where its lead begins, free chances count."""
        begun = self._led(start, lead)
        led = self._gone[start] - self._gone[begun]
        if not begun:
            return led - self.found.cumulative[start + places]
        return led - self.onward.chance(begun, start - begun + places)

    @cached_property
    def _gone(self) -> Sequence[float]:
        """The sum of the free chances up to each place."""
        return [*accumulate(self.found.free, initial=0.0)]

    def _led(self, start: int, lead: Lead) -> int:
        if lead is None:
            return 0
        return (-(-start // self.unit) - lead) * self.unit if lead else start

    def begins(self, lead: Lead) -> Sequence[int]:
        """After how many places a passage may begin in some order, but for the first."""
        return self.onward.possible if lead == 0 else range(self.unit, len(self.arms), self.unit)

    def may_begin(self, start: int, lead: Lead) -> bool:
        """Whether one can begin here in this very order."""
        begun = self._led(start, lead)
        return 0 <= begun <= start and (not begun or begun in self.onward.starts)


def passages_in(judged: Judged) -> list[Passages]:
    """Each stratum with its passages."""
    known = zip(judged.strata, judged.chances, judged.onwards, strict=True)
    return [Passages(order, found, judged.design.unit, onward) for order, found, onward in known]


@dataclass(frozen=True, repr=False)
class Source:
    """Arms that a passage may come from; after how many it may begin: where a block ends, or anywhere."""

    arms: Sequence[int]
    anew: frozenset[int]
    under_way: frozenset[int]

    def begins(self, lead: Lead) -> frozenset[int]:
        """After how many places a passage may begin; 0 is one of them."""
        return self.anew if lead == 0 else self.under_way


def source_of(
    arms: Sequence[int], judged: Judged, *, backwards: bool = False, ends: Sequence[int] = ()
) -> Source:
    """Blocks end where they are known to, or where the ratio holds; "anywhere" are multiples of the ratio."""
    shares, unit, most = [arm.share for arm in judged.design.arms], judged.design.unit, len(arms)
    anew = {0, most, *(ends or balanced(arms, shares))}
    under_way = {0, most, *range(0, most, unit)}
    if backwards:
        anew, under_way = ({most - n for n in kind} for kind in (anew, under_way))
        arms = arms[::-1]
    return Source(arms, frozenset(anew - {most}), frozenset(under_way - {most}))


@dataclass(frozen=True)
class Places:
    """After how many places passages may begin, but for the first; those that are likely are among them."""

    places: frozenset[int]
    likely: frozenset[int]


def places_among(found: Collection[int], length: int, unit: int) -> Places:
    """These places. A third, a half, two thirds of the way are likely, rounded down by the ratio."""
    likely = {length * sixths // (6 * unit) * unit for sixths in (2, 3, 4)}
    places = frozenset(found) - {0}
    return Places(places, places & likely)


def each(part: float, among: int) -> float:
    """The logarithm of what each of so many has of such a part."""
    return math.log(part / max(1, among))


def by_place(part: float, place: int, among: Places) -> float:
    """What a place has of such a part; a logarithm."""
    if not among.likely:
        return each(part, len(among.places))
    likely = LIKELY / len(among.likely) if place in among.likely else 0.0
    return math.log(part * (likely + (1 - LIKELY) / len(among.places)))


def shortest(judged: Judged) -> int:
    """Fewer places, in all strata together, are not looked at, even of the arm with the least share."""
    least = max(2.0, judged.design.unit / min(arm.share for arm in judged.design.arms))
    return math.ceil(math.log(LEAST_RARE) / math.log(least))


Index = Mapping[tuple[int, ...], Sequence[tuple[int, int]]]
"""By the first places of a passage, the sources in which one begins so, and where."""


def index_of(sources: Sequence[Source], fewest: int) -> Index:
    """Every passage of so many places that may begin in these sources."""
    known: defaultdict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    for n, source in enumerate(sources):
        arms = tuple(source.arms)
        for begin in source.under_way | source.anew:
            known[arms[begin : begin + fewest]].append((n, begin))
    return known


def candidates(
    arms: tuple[int, ...], index: Index, fewest: int, looked: Callable[[Begun], bool] = lambda begun: True
) -> Iterator[tuple[int, Begun]]:
    """Which source has at least so many places in common with an order, and where they begin in both."""
    return islice(_first_of_each_shift(arms, index, fewest, looked), IN_ALL)


def _first_of_each_shift(
    arms: tuple[int, ...], index: Index, fewest: int, looked: Callable[[Begun], bool]
) -> Iterator[tuple[int, Begun]]:
    seen: Counter[tuple[int, int]] = Counter()
    for start in range(len(arms)):
        for n, begin in index.get(arms[start : start + fewest], ()):
            if looked((start, begin)) and seen[n, start - begin] < OF_ONE_SHIFT:
                seen[n, start - begin] += 1
                yield n, (start, begin)


def in_the_first(pairs: Sequence[tuple[Passages, Source]], judged: Judged) -> int:
    """How many places the first of these strata has to share."""
    return IN_EACH if len(pairs) > 1 and len(pairs[0][0].arms) <= SHORT else shortest(judged)


def rarest(pairs: Sequence[tuple[Passages, Source]], begun: Begun, share: Share, fewest: int) -> float:
    """How rare it is that all strata have passages of their sources at one place, at least so long."""
    start, begin = begun
    compared = [
        (one, *agreement(one.arms[start:], source.arms[begin:]))
        for one, source in pairs
        if start < len(one.arms) and begin < len(source.arms)
    ]
    if sum(agree for _, agree, _ in compared) < fewest:
        return NOTHING
    parts = [(lead, found + part) for lead, part in LEADS if (found := share(begun, lead)) is not None]
    return max((part + _rare(compared, start, lead) for lead, part in parts), default=NOTHING)


def _rare(compared: Sequence[tuple[Passages, int, int]], start: int, lead: Lead) -> float:
    begun = [(one, agree, most) for one, agree, most in compared if one.may_begin(start, lead)]
    if not begun:
        return NOTHING
    length = common_length([(agree, most) for _, agree, most in begun])
    return sum(one.rare(start, min(length, most), lead) for one, _, most in begun)
