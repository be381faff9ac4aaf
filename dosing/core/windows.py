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
