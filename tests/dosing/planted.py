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

from dosing.core import options
from dosing.core.day_state import DayState
from dosing.core.deviations import Departure
from dosing.core.stops import Stops, Treatment
from dosing.core.windows import Timing
from dosing.reading import queries, treatment
from dosing.reminders import planning
from dosing.services import booking, drafting, judging, recording, status
from trial.models import Status

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


def by_status(
    real: Any, expected: Any, outcome: Any, *, stop: Any = None, held: bool = False, **today: Any
) -> Any:
    """As it was: whoever is stopped is stopped on every open day, also on those before."""
    if outcome is None and stop is not None:
        return DayState.HOLD if held else DayState.STOPPED
    return real(expected, outcome, stop=stop, held=held, **today)


def before_it_began(real: Any, expected: Any, outcome: Any, *, held: bool = False, **known: Any) -> Any:
    return DayState.HOLD if held and outcome is None else real(expected, outcome, held=held, **known)


def due_on_its_own_day(real: Any, expected: Any, outcome: Any, *, today: date, **known: Any) -> Any:
    """Whoever was stopped this morning is still to be injected today."""
    due = outcome is None and expected.on == today
    return DayState.DUE if due else real(expected, outcome, today=today, **known)


def nobody_who_left(real: Any, *args: Any) -> Any:
    return real(*args).exclude(status=Status.WITHDRAWN, last_outcome=None)


def the_latest_end(real: Any, stands: Any) -> Stops:
    """The end that became known last counts, though an earlier one had stopped the days before."""
    ends = [place for place, row in enumerate(stands) if row.what and row.treatment is not Treatment.HELD]
    return real([row for place, row in enumerate(stands) if place not in ends[:-1]])


def without_the_hold(real: Any, stands: Any) -> Stops:
    ended = any(row.what and row.treatment is not Treatment.HELD for row in stands)
    return real([row for row in stands if row.treatment is not Treatment.HELD or not ended])


def silent_on_hold(real: Any, current: str) -> Any:
    return () if current == Status.ON_HOLD else real(current)


def as_it_was_left(real: Any, known: Any) -> None:
    """As it was: of somebody who has left no visit was missed."""
    if known.left_on:
        raise judging.TreatmentEnded("Gone.")
    real(known)


def made_up(real: Any, *args: Any) -> Any:
    """The course begins anew on the first injection, and its missed days are planned once more."""
    return replace(real(*args), placed={})


def on_the_planned_day(real: Any, row: Any, *rest: Any) -> Any:
    found = real(row, *rest)
    return replace(found, happened_on=found.date) if found.happened_on else found


FAULTS: dict[str, Plant] = {
    "a stop takes away the days after it alone": swap(queries, "state_of", by_status),
    "a hold is not seen before it began": swap(queries, "state_of", before_it_began),
    "nobody is injected on the day of the stop": swap(queries, "state_of", due_on_its_own_day),
    "who has left is asked about the days before": swap(queries, "_due_visits", nobody_who_left),
    "of several ends the earliest counts": swap(treatment, "stops_from", the_latest_end),
    "a hold that went over into an end keeps its days": swap(treatment, "stops_from", without_the_hold),
    "visits are reminded of on hold": swap(planning, "kinds_open", silent_on_hold),
    "a hold soon after a release counts on": swap(treatment, "counted_from", lambda _real, day, _holds: day),
    "a hold meant too long departs": swap(status, "draft_longer_hold", lambda *_args, **_values: []),
    "a visit before the end can have been missed": swap(judging, "_refuse_visit_not_missed", as_it_was_left),
    "day 1 is the first injection": swap(options, "first_after_missed", nothing),
    "what was missed before day 1 is not made up": swap(options, "counted_from_first", made_up),
    "both days are told": swap(queries, "_injection_day", on_the_planned_day),
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
    "day 1 lies within a week of the draw": swap(booking, "_against", lambda *_words: {}),
}
