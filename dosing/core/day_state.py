"""How one day of a calendar stands, in the words of pages, API and exports: one state, from facts alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from dosing.core.days import Day
from dosing.core.stops import Stop


class DayState(StrEnum):
    """How a day stands. An injection is never `done`, and a visit never `given`, `partial` or `hold`.

    `late` is a day of which nobody has said what became of it; `not_applicable` one that a protocol version
    put into the past when somebody was moved to it, so that nothing was due.
    """

    GIVEN = "given"
    PARTIAL = "partial"
    MISSED = "missed"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    LATE = "late"
    DUE = "due"
    PLANNED = "planned"
    HOLD = "hold"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Expected:
    """The day on which something is expected, and when it can be done; both ends belong to it."""

    on: Day
    opens: Day
    closes: Day


def state_of(
    expected: Expected, outcome: DayState | None, *, today: Day, stop: Stop | None = None, held: bool = False
) -> DayState:
    """The one state of a day, by what is recorded, what stops it, and the day that it is at the site.

    A stop takes away the days after it. One before it of which nothing is recorded stays so until somebody
    says what became of it; from the stop on nothing can be done on it any more, also on the stop's own day.
    """
    if outcome is not None:
        return outcome
    if stop is None or today < stop.since:
        return _by_day(expected, today)
    if stop.stops(expected.on):
        return DayState.HOLD if held else DayState.STOPPED
    return DayState.LATE


def _by_day(expected: Expected, today: Day) -> DayState:
    """How a day stands of which nothing is recorded."""
    if today > expected.closes:
        return DayState.LATE
    return DayState.DUE if today >= expected.opens else DayState.PLANNED


def is_recorded(state: DayState) -> bool:
    """Whether it is known what became of the day."""
    match state:
        case DayState.GIVEN | DayState.PARTIAL | DayState.MISSED | DayState.DONE | DayState.NOT_APPLICABLE:
            return True
        case DayState.LATE | DayState.DUE | DayState.PLANNED | DayState.HOLD | DayState.STOPPED:
            return False
        case _:
            assert_never(state)


def falls_away(state: DayState) -> bool:
    """Whether nobody need come that day: an exported calendar shows it as cancelled."""
    match state:
        case DayState.MISSED | DayState.STOPPED | DayState.NOT_APPLICABLE:
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
