"""Faults planted in the product, one at a time: each is one that a programmer could well make.

Every one breaks a promise of the calendar, and the lives at random must find every one. A name is the
sentence that would be false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from dosing.core.deviations import Departure
from dosing.core.windows import Timing
from dosing.services import booking, drafting, judging, recording

Plant = Callable[[pytest.MonkeyPatch], None]


def nothing(*_args: object, **_values: object) -> None:
    """A guard or an effect that somebody took out."""


def off(module: object, name: str) -> Plant:
    """The function does nothing."""
    return lambda patch: patch.setattr(module, name, nothing)


def swap(module: object, name: str, other: Callable[..., Any]) -> Plant:
    """The function is another one, which is handed the real one first."""
    real = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *args, **values: other(real, *args, **values))


def a_sixth_day(real: Any, participant: Any, version: Any, calendar: Any, *rest: Any) -> Any:
    last = calendar.injections[-1]
    slipped = last._replace(date=last.date + timedelta(days=1))
    return real(
        participant, version, replace(calendar, injections=(*calendar.injections[:-1], slipped)), *rest
    )


def the_last_day_excluded(real: Any, planned: Any, day: date) -> Timing:
    return Timing.LATE if day == planned.latest != planned.date else real(planned, day)


def without_part(real: Any, facts: Any) -> tuple[Departure, ...]:
    return tuple(found for found in real(facts) if found is not Departure.INJECTION_PARTIAL)


FAULTS: dict[str, Plant] = {
    "a course has five days": swap(booking, "replace_plan", a_sixth_day),
    "both ends belong to a window": swap(judging, "judge", the_last_day_excluded),
    "a day is a day of the site": swap(judging, "_day", lambda _real, at, _zone: at.astimezone(UTC).date()),
    "nothing is given in the future": off(judging, "_refuse_moment"),
    "nothing is given before the draw": off(judging, "refuse_before_the_draw"),
    "nothing is given before day 1": off(judging, "refuse_injection_before_day_1"),
    "no visit takes place before day 1": off(judging, "refuse_visit_before_day_1"),
    "a second injection on one day is asked about": off(judging, "refuse_second_that_day"),
    "nobody is injected while treatment is stopped": swap(judging, "stop_at", nothing),
    "nothing is missed before its day": off(judging, "_refuse_missed_early"),
    "after the end no visit is recorded": off(judging, "_refuse_after_leaving"),
    "what is recorded is reminded of no more": off(recording, "close_reminders"),
    "a visit that was moved is reminded of anew": off(recording, "move_reminders"),
    "the status follows the facts": off(recording, "move_on"),
    "an injection given in part departs": swap(drafting, "injection_departures", without_part),
    "a visit outside its window departs": swap(drafting, "visit_departures", lambda *_args: ()),
    "a hold that lasts too long departs": swap(drafting, "hold_departures", lambda *_args: ()),
    "day 1 lies within a week of the draw": off(booking, "_check"),
}
