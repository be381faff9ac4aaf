"""What stops days of a calendar, and since when: a hold or an end, each by its own day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, takewhile

from dosing.core.days import Day

HOLD = "hold"
"""What a stop is called that is a hold; an end is called by its scope."""


class Treatment(StrEnum):
    """How far the calendar goes on."""

    GOES_ON = "goes_on"
    HELD = "held"
    OVER = "over"
    """No injection any more; visits go on."""
    LEFT = "left"


@dataclass(frozen=True)
class Stand:
    """One status that counts: what it leaves of the calendar, by what, and its day at the site.

    `what` is `hold` or the scope of an end, and empty for a status that stops nothing by itself. The day of
    an end is that on which it was said, of the death, or of the last contact.
    """

    treatment: Treatment
    what: str
    on: Day


@dataclass(frozen=True)
class Stop:
    """What stops every day after `since`. The day itself still counts: nobody knows at what hour it was."""

    what: str
    since: Day

    def stops(self, day: Day) -> bool:
        """Whether that day lies after it."""
        return day > self.since


@dataclass(frozen=True)
class Stops:
    """What stops the injections of a participant, and what the visits; None where they go on.

    While treatment is `held` the injections may still go on one day. `early` is the end by which treatment
    was stopped before it was over, without a hold that went before.
    """

    injections: Stop | None = None
    visits: Stop | None = None
    held: bool = False
    early: Stop | None = None

    def of_visit(self, *, stands: bool) -> Stop | None:
        """What stops a visit; one that does not stand after an early end of treatment ends with that."""
        found = (self.visits,) if stands else (self.visits, self.early)
        return min((stop for stop in found if stop), key=lambda stop: stop.since, default=None)


NO_STOPS = Stops()


def stops_from(stands: Sequence[Stand]) -> Stops:
    """What is stopped now, by all statuses that count, the oldest first.

    A hold that was released stops nothing any more: of the days in it somebody says what became of them. One
    that went over into an end stays. Treatment that ended does not begin again, also of somebody who
    was lost and is found. Of several ends the earliest day counts, in whatever order they became known; of
    one day the end that became known first.
    """
    ends = [stand for stand in stands if _ends(stand)]
    if not ends:
        held = bool(stands) and stands[-1].treatment is Treatment.HELD
        return Stops(injections=_stop(stands[-1]), held=True) if held else NO_STOPS
    place = stands.index(ends[0])
    before = [stand for stand in stands[:place][-1:] if stand.treatment is Treatment.HELD]
    left = [row for row in takewhile(_left, reversed(stands)) if _ends(row)][::-1]
    return Stops(
        injections=_stop(min((*before, *ends), key=_day)),
        visits=_stop(min(left, key=_day)) if left else None,
        early=_stop(min(ends, key=_day)) if _still_treated(stands[:place]) else None,
    )


RUNS_ON = 7
"""A hold that begins so many days after a release, or fewer, counts on from the one before."""


@dataclass(frozen=True)
class Held:
    """A hold that was released: its first day, and that of the release."""

    began: Day
    released: Day


def counted_from(began: Day, earlier: Sequence[Held]) -> Day:
    """The day from which a hold that begins on `began` is counted; `earlier` are those before, oldest first.

    Else a treatment could be on hold for ever, with a release on the last day of each.
    """
    for hold in reversed(earlier):
        if (began - hold.released).days > RUNS_ON:
            break
        began = hold.began
    return began


def holds_in(stands: Sequence[Stand]) -> tuple[Held, ...]:
    """The holds that were released, among all statuses that count, the oldest first."""
    return tuple(
        Held(one.on, then.on)
        for one, then in pairwise(stands)
        if one.treatment is Treatment.HELD and not then.what
    )


def _still_treated(before: Sequence[Stand]) -> bool:
    """Whether treatment was not over before the first end."""
    return not before or before[-1].treatment in {Treatment.GOES_ON, Treatment.HELD}


def _ends(stand: Stand) -> bool:
    return bool(stand.what) and stand.treatment is not Treatment.HELD


def _left(stand: Stand) -> bool:
    return stand.treatment is Treatment.LEFT


def _day(stand: Stand) -> Day:
    return stand.on


def _stop(stand: Stand) -> Stop:
    return Stop(stand.what, stand.on)
