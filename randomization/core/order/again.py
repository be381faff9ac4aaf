"""The rule for passages of a stratum that come again in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from .alike import renamings
from .copying import NOTHING
from .judged import Judged
from .passages import (
    LEADS,
    Begun,
    Lead,
    Passages,
    Places,
    Share,
    Source,
    by_place,
    candidates,
    each,
    in_the_first,
    index_of,
    passages_in,
    places_among,
    rarest,
    shortest,
    source_of,
)

RENAMED = 0.1
"""What is for a second half that is the first with arms exchanged."""


def a_part_again(judged: Judged) -> float | None:
    """A part of a stratum comes again in it, forwards or mirrored: in all strata at one place, or in one."""
    passages = passages_in(judged)
    together = _again(judged, passages)
    if len(passages) == 1:
        return together
    one = max(_again(judged, [one]) for one in passages) - math.log(len(passages))
    return max(together, one) - math.log(2)


def _again(judged: Judged, passages: Sequence[Passages]) -> float:
    """Strata of other lengths than the first have no mirror where it has one."""
    same = [one for one in passages if len(one.arms) == len(passages[0].arms)]
    return max(
        _second_half_renamed(judged, passages),
        _again_read(judged, passages, _share_forwards, backwards=False),
        _again_read(judged, same, _share_mirrored, backwards=True),
    )


def _again_read(
    judged: Judged,
    passages: Sequence[Passages],
    share_by: Callable[[Begun, Places, int], float | None],
    *,
    backwards: bool,
) -> float:
    places, unit = len(passages[0].arms), judged.design.unit
    pairs = [(one, _with_half(source_of(one.arms, judged, backwards=backwards))) for one in passages]
    fewest = shortest(judged)
    shared = in_the_first(pairs, judged)
    index = index_of([pairs[0][1]], shared)

    def looked(begun: Begun) -> bool:
        """A copy comes later than its source; a mirror begins where it stands."""
        start, begin = begun
        if not backwards:
            return begin < start
        return places - begin == start

    found = [begun for _, begun in candidates(passages[0].arms, index, shared, looked)]
    starts = {
        lead: places_among({n for one in passages for n in one.begins(lead)}, places, unit)
        for lead, _ in (LEADS if found else ())
    }

    def share(begun: Begun, lead: Lead) -> float | None:
        return share_by(begun, starts[lead], places)

    return max(
        (rarest(pairs, begun, share, fewest) for begun in found),
        default=NOTHING,
    )


def _with_half(source: Source) -> Source:
    half, over = divmod(len(source.arms), 2)
    return source if over else replace(source, under_way=source.under_way | {half})


def _share_forwards(begun: Begun, starts: Places, places: int) -> float | None:
    """The second half as the first; else what comes again from the beginning, or from any place."""
    start, begin = begun
    if not begin and 2 * start == places:
        return each(0.3, 1)
    if start not in starts.places:
        return None
    if not begin:
        return by_place(0.12, start, starts)
    return each(0.1, len(starts.places) ** 2) if begin in starts.places else None


def _share_mirrored(begun: Begun, starts: Places, places: int) -> float | None:
    """At the middle, or where a passage may begin."""
    start, _ = begun
    if 2 * start == places:
        return each(0.28, 1)
    return by_place(0.1, start, starts) if start in starts.places else None


def _second_half_renamed(judged: Judged, passages: Sequence[Passages]) -> float:
    half, over = divmod(len(passages[0].arms), 2)
    names = renamings(judged.arms)
    if over or not names or any(min(one.arms) < 0 for one in passages):
        return NOTHING
    share = _alike_for(each(RENAMED, len(names)))
    return max(
        rarest([(one, _renamed(one.arms, name)) for one in passages], (half, 0), share, shortest(judged))
        for name in names
    )


def _alike_for(part: float) -> Share:
    return lambda begun, lead: part


def _renamed(arms: Sequence[int], names: Sequence[int]) -> Source:
    return Source([names[arm] for arm in arms], frozenset(), frozenset())
