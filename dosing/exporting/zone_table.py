"""The clocks of a zone as RFC 5545 writes them: one part for each change, none by a rule.

A rule would be shorter, but zones change by decree, and programs read rules differently. The hours are
those of the pinned `tzdata` (decision 34).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

import icalendar

from trial.core.zones import zone

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Onset:
    """From when clocks go so: `since` is what they showed until then, RFC 5545's DTSTART."""

    since: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def vtimezone(name: str, *, first: int, last: int) -> icalendar.Timezone:
    """The zone's clocks from the year `first` to the end of the year `last`."""
    table = icalendar.Timezone()
    table.add("tzid", name)
    for onset in onsets(name, first, last):
        part = icalendar.TimezoneDaylight() if onset.summer else icalendar.TimezoneStandard()
        part.add("dtstart", onset.since)
        part.add("tzoffsetfrom", onset.before)
        part.add("tzoffsetto", onset.after)
        part.add("tzname", onset.name)
        table.add_component(part)
    return table


@lru_cache(maxsize=64)
def onsets(name: str, first: int, last: int) -> tuple[Onset, ...]:
    """How clocks go when the year `first` begins, and each change until the year `last` ends."""
    place = zone(name)
    begin, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    there = begin.astimezone(place)
    after = _offset(there)
    start = Onset(datetime(first, 1, 1), after, after, str(there.tzname()), bool(there.dst()))  # noqa: DTZ001
    return (start, *_changes(place, begin, end))


def _changes(place: tzinfo, begin: datetime, end: datetime) -> Iterator[Onset]:
    day = begin
    while day < end:
        if _clock(place, day) != _clock(place, day + DAY):
            yield _onset(place, _first_moment(place, day))
        day += DAY


def _first_moment(place: tzinfo, day: datetime) -> datetime:
    """The first second of the day that follows at which clocks go otherwise than at `day`."""
    low, high, old = day, day + DAY, _clock(place, day)
    while high - low > SECOND:
        middle = low + (high - low) // 2 // SECOND * SECOND
        low, high = (middle, high) if _clock(place, middle) == old else (low, middle)
    return high


def _onset(place: tzinfo, moment: datetime) -> Onset:
    before, there = _offset((moment - SECOND).astimezone(place)), moment.astimezone(place)
    since = (moment + before).replace(tzinfo=None)
    return Onset(since, before, _offset(there), str(there.tzname()), bool(there.dst()))


def _clock(place: tzinfo, moment: datetime) -> tuple[timedelta, str | None, bool]:
    there = moment.astimezone(place)
    return _offset(there), there.tzname(), bool(there.dst())


def _offset(there: datetime) -> timedelta:
    return there.utcoffset() or timedelta()
