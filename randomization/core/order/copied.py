"""Rules for passages of an earlier list, and of another stratum."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice

from .alike import OTHERS
from .copying import NOTHING
from .judged import Judged
from .passages import (
    BACKWARDS,
    FORWARDS,
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
from .places import Earlier

OF_ITS_OWN = 0.8
"""Of what is for earlier lists, so much is for passages that every stratum has of its own one."""


def passages_of_an_earlier_list(judged: Judged) -> float | None:
    """A part of an earlier list: in all strata at one place, each from its own; or in one, from any."""
    if not judged.earlier:
        return None
    passages = passages_in(judged)
    own = max(_own(judged, passages, one) for one in judged.earlier) - math.log(len(judged.earlier))
    if len(passages) == 1 and all(len(earlier) == 1 for earlier in judged.earlier):
        return own
    sources = [arms for earlier in judged.earlier for arms in islice(earlier.values(), OTHERS) if arms]
    return max(own + math.log(OF_ITS_OWN), _anywhere(judged, passages, sources) + math.log(1 - OF_ITS_OWN))


def _own(judged: Judged, passages: Sequence[Passages], earlier: Earlier) -> float:
    own = [(one, arms) for one in passages if (arms := earlier.get(one.order.key))]
    if not own:
        return NOTHING
    return max(_own_read(judged, own, backwards) for backwards in (False, True))


def _own_read(judged: Judged, own: Sequence[tuple[Passages, Sequence[int]]], backwards: bool) -> float:
    pairs = [(one, source_of(arms, judged, backwards=backwards)) for one, arms in own]
    first, source = pairs[0]
    fewest = shortest(judged)
    shared = in_the_first(pairs, judged)
    found = [begun for _, begun in candidates(first.arms, index_of([source], shared), shared)]
    if not found:
        return NOTHING
    share = _shares(pairs, backwards)
    return max(rarest(pairs, begun, share, fewest) for begun in found)


def _shares(pairs: Sequence[tuple[Passages, Source]], backwards: bool) -> Share:
    """What is for passages by where they begin."""
    known = _places_of(pairs)
    share = _share_backwards if backwards else _share
    return lambda begun, lead: share(begun, *known[lead])


def _places_of(pairs: Sequence[tuple[Passages, Source]]) -> Mapping[Lead, tuple[Places, Places]]:
    """Where passages may begin in the orders, and in the sources."""
    first, source = pairs[0]
    return {
        lead: (
            places_among({n for one, _ in pairs for n in one.begins(lead)}, len(first.arms), first.unit),
            places_among({n for _, one in pairs for n in one.begins(lead)}, len(source.arms), first.unit),
        )
        for lead, _ in LEADS
    }


def _share(begun: Begun, starts: Places, begins: Places) -> float | None:
    """Read forwards: the source's beginning, the same place in both, the order's beginning, or any other."""
    start, begin = begun
    if start in starts.places and begin in (0, start):
        return by_place(FORWARDS * 0.35, start, starts)
    if not start and begin in begins.places:
        return by_place(FORWARDS * 0.2, begin, begins)
    if start in starts.places and begin in begins.places:
        return each(FORWARDS * 0.1, len(starts.places) * len(begins.places))
    return None


def _share_backwards(begun: Begun, starts: Places, begins: Places) -> float | None:
    """Read backwards: from the source's last place on, or from another one."""
    start, begin = begun
    if start and start not in starts.places:
        return None
    if not begin:
        return each(BACKWARDS * 0.6, len(starts.places) + 1)
    if begin in begins.places:
        return each(BACKWARDS * 0.4, (len(starts.places) + 1) * len(begins.places))
    return None


def _anywhere(judged: Judged, passages: Sequence[Passages], sources: Sequence[Sequence[int]]) -> float:
    """One stratum has a passage of any source, wherever it begins in both."""
    return max(_anywhere_read(judged, passages, sources, backwards) for backwards in (False, True))


def _anywhere_read(
    judged: Judged, passages: Sequence[Passages], sources: Sequence[Sequence[int]], backwards: bool
) -> float:
    read = [source_of(arms, judged, backwards=backwards) for arms in sources]
    part, fewest = BACKWARDS if backwards else FORWARDS, shortest(judged)
    index = index_of(read, fewest)
    among = {
        lead: sum(len(one.begins(lead)) + 1 for one in passages) * sum(len(s.begins(lead)) for s in read)
        for lead, _ in LEADS
    }

    def best(one: Passages, source: int, begun: Begun) -> float:
        def share(begun: Begun, lead: Lead) -> float | None:
            start, begin = begun
            looked = begin in read[source].begins(lead) and (not start or start in one.begins(lead))
            return each(part, among[lead]) if looked else None

        return rarest([(one, read[source])], begun, share, fewest)

    return max(
        (best(one, n, begun) for one in passages for n, begun in candidates(one.arms, index, fewest)),
        default=NOTHING,
    )


def passages_of_another_stratum(judged: Judged) -> float | None:
    """A part of one stratum stands in another one: at one place, from its beginning on, or anywhere."""
    if len(judged.strata) < 2:
        return None
    passages = passages_in(judged)
    sources = [
        source_of(one.arms, judged, ends=one.onward.possible if one.order.blocked else ()) for one in passages
    ]
    fewest = shortest(judged)
    index = index_of(sources, fewest)
    won = (
        rarest([(one, sources[other])], begun, _share_of_pair(one, sources[other], other < n), fewest)
        for n, one in enumerate(passages)
        for other, begun in candidates(one.arms, index, fewest)
        if other != n and begun != (0, 0)
    )
    return max(won, default=NOTHING) - math.log(len(passages) * (len(passages) - 1))


def _share_of_pair(one: Passages, source: Source, before: bool) -> Share:
    """What is for a pair of strata, of all pairs both ways.

    That two have one order at one place is the same both ways, so it counts twice. Of shifts the k-th has
    1 / (k (k + 1)).
    """

    def share(begun: Begun, lead: Lead) -> float | None:
        (start, begin), starts, begins = begun, one.begins(lead), source.begins(lead)
        if start and start not in starts:
            return None
        if start == begin:
            return each(0.3 * 2, len(starts)) if before else None
        if begin not in begins:
            return None
        if not start:
            k = sum(0 < other <= begin for other in begins)
            return each(0.5, k * (k + 1))
        return each(0.2, len(starts) * len(begins))

    return share
