"""Windows: how the day on which something happened compares with its plan."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Protocol

from dosing.core.days import Day


class Windowed(Protocol):
    """Anything planned with a window: a value of the calendar, or the row that was written from it."""

    @property
    def date(self) -> Day: ...

    @property
    def earliest(self) -> Day: ...

    @property
    def latest(self) -> Day: ...


class Timing(StrEnum):
    """Where a day lies: on the target, elsewhere in the window, or outside it on either side."""

    ON_DAY = "on_day"
    IN_WINDOW = "in_window"
    EARLY = "early"
    LATE = "late"


def judge(planned: Windowed, day: date) -> Timing:
    """Compare the day on which it happened with the plan. Both ends of the window belong to it."""
    if day == planned.date:
        return Timing.ON_DAY
    if day < planned.earliest:
        return Timing.EARLY
    return Timing.LATE if day > planned.latest else Timing.IN_WINDOW


def carried(old: Windowed, new: Windowed, day: date, first: date) -> date:
    """Where something moved by hand to `day` lies once its plan is another one: it goes with its window.

    As many days from the new target as it was from the old one, but inside the new window if it was inside
    the old one, and never before `first`.
    """
    there = day + (new.date - old.date)
    if judge(old, day) in {Timing.ON_DAY, Timing.IN_WINDOW}:
        there = min(max(there, new.earliest), new.latest)
    return max(there, first)
