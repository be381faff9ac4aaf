"""One state for each day, from facts alone: what stops it, and since when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.core.day_state import DayState, Expected, state_of
from dosing.core.stops import (
    NO_STOPS,
    Held,
    Stand,
    Stop,
    Stops,
    Treatment,
    counted_from,
    holds_in,
    stops_from,
)

D = date(2015, 10, 12)


def day(number: int) -> date:
    """October 2015."""
    return date(2015, 10, number)


def on(number: int) -> Expected:
    return Expected(day(number), day(number), day(number))


def stand(treatment: Treatment, number: int, what: str = "") -> Stand:
    return Stand(treatment, what, day(number))


ON_TREATMENT = stand(Treatment.GOES_ON, 5)
HELD = stand(Treatment.HELD, 12, "hold")
RELEASED = stand(Treatment.GOES_ON, 15)
STOPPED = stand(Treatment.OVER, 14, "treatment")
LOST = stand(Treatment.LEFT, 14, "lost")
DIED = stand(Treatment.LEFT, 13, "death")


@pytest.mark.parametrize(
    ("number", "state"),
    [(11, DayState.LATE), (12, DayState.LATE), (13, DayState.STOPPED), (20, DayState.STOPPED)],
)
def test_an_end_takes_away_the_days_after_it_and_no_other(number: int, state: DayState) -> None:
    assert state_of(on(number), None, today=day(15), stop=Stop("trial", D)) is state


def test_a_hold_that_has_not_begun_on_a_day_does_not_hold_it() -> None:
    stop = Stop("hold", D)
    held = [state_of(on(n), None, today=day(15), stop=stop, held=True) for n in (11, 12, 13)]
    assert held == [DayState.LATE, DayState.LATE, DayState.HOLD]


def test_on_the_day_of_the_stop_nobody_is_invited_any_more() -> None:
    """Before it the same day was due; from then on it is only asked what became of it."""
    assert state_of(on(12), None, today=D) is DayState.DUE
    assert state_of(on(12), None, today=D, stop=Stop("hold", D), held=True) is DayState.LATE


def test_on_an_earlier_day_the_stop_was_not_there() -> None:
    assert state_of(on(11), None, today=day(11), stop=Stop("trial", D)) is DayState.DUE


def test_what_is_recorded_stays_whatever_stops() -> None:
    assert state_of(on(20), DayState.GIVEN, today=day(21), stop=Stop("trial", D)) is DayState.GIVEN


def test_a_visit_whose_window_outlasts_the_stop_is_asked_for_at_once() -> None:
    visit = Expected(day(12), day(11), day(19))
    assert state_of(visit, None, today=day(13)) is DayState.DUE
    assert state_of(visit, None, today=day(13), stop=Stop("visits", day(13))) is DayState.LATE


TREATMENT, DEATH, LOSS = Stop("treatment", day(14)), Stop("death", day(13)), Stop("lost", day(14))
STOPS = [
    ((ON_TREATMENT,), NO_STOPS),
    ((ON_TREATMENT, HELD), Stops(Stop("hold", D), held=True)),
    ((ON_TREATMENT, HELD, RELEASED), NO_STOPS),
    ((ON_TREATMENT, STOPPED), Stops(TREATMENT, early=TREATMENT)),
    ((ON_TREATMENT, HELD, STOPPED), Stops(Stop("hold", D), early=TREATMENT)),
    ((ON_TREATMENT, HELD, RELEASED, STOPPED), Stops(TREATMENT, early=TREATMENT)),
    ((ON_TREATMENT, LOST), Stops(LOSS, LOSS, early=LOSS)),
    ((ON_TREATMENT, LOST, stand(Treatment.OVER, 20)), Stops(LOSS, early=LOSS)),
    ((ON_TREATMENT, STOPPED, DIED), Stops(DEATH, DEATH, early=DEATH)),
    ((ON_TREATMENT, STOPPED, stand(Treatment.LEFT, 30)), Stops(TREATMENT, early=TREATMENT)),
    ((ON_TREATMENT, LOST, stand(Treatment.LEFT, 20, "visits")), Stops(LOSS, LOSS, early=LOSS)),
    ((ON_TREATMENT, LOST, stand(Treatment.LEFT, 14, "death")), Stops(LOSS, LOSS, early=LOSS)),
    ((stand(Treatment.OVER, 10), DIED), Stops(DEATH, DEATH)),
]


@pytest.mark.parametrize(("stands", "stops"), STOPS)
def test_what_is_stopped_follows_from_all_that_counts(stands: tuple[Stand, ...], stops: Stops) -> None:
    assert stops_from(stands) == stops


@pytest.mark.parametrize(("days", "from_the_first"), [(0, True), (7, True), (8, False)])
def test_a_hold_within_seven_days_of_a_release_counts_on(days: int, from_the_first: bool) -> None:
    first = Held(began=day(1), released=day(10))
    again = day(10) + timedelta(days=days)
    assert counted_from(again, [first]) == (day(1) if from_the_first else again)


def test_a_chain_of_holds_counts_from_its_first() -> None:
    chain = [Held(day(1), day(4)), Held(day(9), day(12)), Held(day(14), day(20))]
    assert counted_from(day(27), chain) == day(1)
    assert counted_from(day(28), chain) == day(28)


def test_only_a_hold_that_was_released_is_counted_on() -> None:
    assert holds_in((ON_TREATMENT, HELD, RELEASED, HELD)) == (Held(D, day(15)),)
    assert holds_in((ON_TREATMENT, HELD, STOPPED)) == ()
