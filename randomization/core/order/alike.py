"""Rules that name an arm from another stratum of the list, or from an earlier list."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, permutations, repeat

from .chances import Chances
from .copying import NOTHING, loosely, sharing, strictly
from .judged import Judged
from .places import Earlier, StratumOrder

SHIFTS = 200
"""By how many places an order may have been shifted, forwards or backwards."""
MORE_ROWS = 12
"""Rows that may have been put before an earlier list."""
OTHERS = 12
"""Strata of an earlier list, or before one in the list, that are compared with it beside its own."""
MOST_ARMS = 4
"""Up to so many, every exchange of their names is tried; beyond, each turn of them in their order."""

Way = Callable[[Sequence[int]], Iterable[int | None]]
"""What an order becomes: itself, shifted, reversed, with other names of arms."""


def ways(places: int, arms: int) -> list[Way]:
    """The ways in which an order may have been used again, but for the plain one."""
    shifts = sorted({*range(1, min(places, SHIFTS)), *range(max(1, places - SHIFTS), places)})
    return [
        lambda order: order[::-1],
        *map(_shifted, shifts),
        *map(_after_more_rows, range(1, MORE_ROWS + 1)),
        *(_renamed(names) for names in renamings(arms)),
    ]


def renamings(arms: int) -> list[tuple[int, ...]]:
    """The names that arms may have got, but for their own."""
    if arms <= MOST_ARMS:
        return list(permutations(range(arms)))[1:]
    return [(*range(turn, arms), *range(turn)) for turn in range(1, arms)]


def _shifted(by: int) -> Way:
    return lambda order: chain(order[by:], order[:by])


def _after_more_rows(rows: int) -> Way:
    return lambda order: chain(repeat(None, rows), order)


def _renamed(names: Sequence[int]) -> Way:
    return lambda order: (names[arm] if arm >= 0 else arm for arm in order)


def _plain(order: Sequence[int]) -> Iterable[int | None]:
    return order


def each_stratum_from_the_one_before(judged: Judged) -> float | None:
    """Every stratum has the order of the one before it, changed in one and the same way."""
    if len(judged.strata) < 2:
        return None
    tried = ways(len(judged.strata[0].arms), judged.arms)
    return max(_in_turn(judged, way) for way in tried) - math.log(len(tried))


def _in_turn(judged: Judged, way: Way) -> float:
    won = 0.0
    for before, (order, found) in zip(judged.strata, list(judged.pairs)[1:], strict=False):
        won += strictly(order.arms, found, way(before.arms))
        if won == NOTHING:
            break
    return won


def strata_alike(judged: Judged) -> float | None:
    """Some strata have the order of an earlier one, with errors, shifted, reversed or renamed."""
    if len(judged.strata) < 2:
        return None
    return sharing(
        _likest(order, found, [one.arms for one in judged.strata[max(0, n - OTHERS) : n][::-1]], judged.arms)
        for n, (order, found) in enumerate(judged.pairs)
        if n
    )


def _likest(order: StratumOrder, found: Chances, sources: Sequence[Sequence[int]], arms: int) -> float:
    """The best of the sources, which stake alike; of the first one, half is staked on changed orders."""
    if not sources:
        return NOTHING
    tried = ways(len(sources[0]), arms)
    plain = [loosely(order.arms, found, source) for source in sources]
    plain[0] -= math.log(2)
    changed = max(loosely(order.arms, found, way(sources[0])) for way in tried) - math.log(2 * len(tried))
    return max(changed, *plain) - math.log(len(sources))


def an_earlier_list_changed(judged: Judged) -> float | None:
    """An earlier list again, all of it changed in one way: reversed, shifted, renamed, strata exchanged."""
    if not judged.earlier:
        return None
    tried = ways(max(len(order.arms) for order in judged.strata), judged.arms)
    turned = range(1, len(judged.strata))
    found = (
        max(
            (
                *(_whole(judged, earlier, way) for way in tried),
                *(_whole(judged, _turned(judged, earlier, turn), _plain) for turn in turned),
            )
        )
        for earlier in judged.earlier
    )
    return max(found) - math.log(len(judged.earlier) * (len(tried) + len(turned)))


def _whole(judged: Judged, earlier: Earlier, way: Way) -> float:
    won, compared = 0.0, False
    for order, found in judged.pairs:
        if source := earlier.get(order.key):
            compared = True
            won += strictly(order.arms, found, way(source))
            if won == NOTHING:
                break
    return won if compared else NOTHING


def _turned(judged: Judged, earlier: Earlier, turn: int) -> Earlier:
    """The earlier list with its strata's orders exchanged in turn."""
    keys = [order.key for order in judged.strata]
    return {key: earlier.get(keys[(n + turn) % len(keys)], ()) for n, key in enumerate(keys)}


def parts_of_an_earlier_list(judged: Judged) -> float | None:
    """Some strata have an order of an earlier list: with errors, shifted, reversed, renamed, another's."""
    if not judged.earlier:
        return None
    return max(
        sharing(
            _likest(order, found, list(_sources(order, earlier)), judged.arms)
            for order, found in judged.pairs
        )
        for earlier in judged.earlier
    ) - math.log(len(judged.earlier))


def _sources(order: StratumOrder, earlier: Earlier) -> Iterator[Sequence[int]]:
    """The stratum's own order in the earlier list, then those of others."""
    if own := earlier.get(order.key):
        yield own
    yield from islice((arms for key, arms in earlier.items() if key != order.key and arms), OTHERS)
