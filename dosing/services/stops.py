"""When treatment was stopped: by a hold, or for good by an end. Reaching follow-up stops nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Protocol

from trial.models import Status, WithdrawalScope

SAID = frozenset(
    {
        WithdrawalScope.TREATMENT,
        WithdrawalScope.VISITS,
        WithdrawalScope.CONTACT,
        WithdrawalScope.TRIAL,
    }
)
"""Ends that somebody has said. A death and a loss are known by a day after which nobody was seen."""


class Stand(Protocol):
    """One row of a participant's status. The functions here take all of them, the oldest first."""

    @property
    def status(self) -> str: ...

    @property
    def scope(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def ended_on(self) -> date | None: ...


def stop_at(stands: Sequence[Stand], moment: datetime, zone: tzinfo) -> Stand | None:
    """The hold or the end that was in force at that moment, whether or not it was released since.

    A withdrawal that was recorded on a later day than it was said is in force after its own day. Treatment
    that ended does not begin again, also of somebody who was lost and is found.
    """
    before = [row for row in stands if row.at <= moment]
    if before and before[-1].status == Status.ON_HOLD:
        return before[-1]
    day = moment.astimezone(zone).date()
    said = (row for row in stands if row.scope in SAID and row.ended_on and row.ended_on < day)
    return next((row for row in before if row.scope), None) or next(said, None)


def treatment_ended_on(stands: Sequence[Stand], zone: tzinfo) -> date | None:
    """The site's day on which treatment ended for good, if it has; of a death or a loss its own day.

    Of several ends the earliest day, in whatever order they became known; a hold that went over into the end
    had stopped it from its own day. As `dosing.core.stops.stops_from`.
    """
    ends = [place for place, row in enumerate(stands) if row.scope]
    held = [row for row in stands[: ends[0]][-1:] if row.status == Status.ON_HOLD] if ends else []
    found = (*held, *(stands[place] for place in ends))
    return min((row.ended_on or row.at.astimezone(zone).date() for row in found), default=None)


def died_on(stands: Sequence[Stand]) -> date | None:
    """The day of the participant's death, if it is recorded."""
    return next((row.ended_on for row in stands if row.scope == WithdrawalScope.DEATH), None)
