"""How one day of a calendar stands, in the words of pages, API and exports."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never


class DayState(StrEnum):
    """How a day stands. An injection is never `done`, and a visit never `given`, `partial` or `hold`."""

    GIVEN = "given"
    PARTIAL = "partial"
    MISSED = "missed"
    DONE = "done"
    LATE = "late"
    DUE = "due"
    PLANNED = "planned"
    HOLD = "hold"
    STOPPED = "stopped"


def is_recorded(state: DayState) -> bool:
    """Whether it is known what became of the day."""
    match state:
        case DayState.GIVEN | DayState.PARTIAL | DayState.MISSED | DayState.DONE:
            return True
        case DayState.LATE | DayState.DUE | DayState.PLANNED | DayState.HOLD | DayState.STOPPED:
            return False
        case _:
            assert_never(state)


def falls_away(state: DayState) -> bool:
    """Whether nobody need come that day: an exported calendar shows it as cancelled."""
    match state:
        case DayState.MISSED | DayState.STOPPED:
            return True
        case (
            DayState.GIVEN
            | DayState.PARTIAL
            | DayState.DONE
            | DayState.LATE
            | DayState.DUE
            | DayState.PLANNED
            | DayState.HOLD
        ):
            return False
        case _:
            assert_never(state)
