"""Which acts depart from the plan, and which do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from dosing.core.deviations import (
    Departure,
    InjectionFacts,
    hold_departures,
    injection_departures,
    visit_departures,
)

MONDAY = date(2015, 10, 5)


@dataclass
class Planned:
    """A day with a window of one day before and two after."""

    date: date = MONDAY
    earliest: date = MONDAY - timedelta(days=1)
    latest: date = MONDAY + timedelta(days=2)


def on(days: int, **more: object) -> tuple[Departure, ...]:
    facts = {"in_full": True} | more
    return injection_departures(InjectionFacts(Planned(), MONDAY + timedelta(days=days), **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "departure"),
    [(-2, ("injection_early",)), (-1, ()), (0, ()), (2, ()), (3, ("injection_late",))],
)
def test_both_ends_of_a_window_belong_to_it(days: int, departure: tuple[str, ...]):
    assert on(days) == departure


def test_a_missed_injection_departs_in_one_way():
    assert injection_departures(InjectionFacts(Planned(), None, in_full=False)) == ("injection_missed",)


@pytest.mark.parametrize(
    ("more", "departure"),
    [
        ({"in_full": False}, "injection_partial"),
        ({"stopped": True}, "while_stopped"),
        ({"same_drug_days": (MONDAY,)}, "same_day"),
        ({"last_day_1": MONDAY - timedelta(days=1)}, "day_1_too_late"),
    ],
)
def test_each_other_departure(more: dict[str, object], departure: str):
    assert on(0, **more) == (departure,)


def test_what_lies_next_to_a_departure_is_none():
    more = {"same_drug_days": (MONDAY + timedelta(days=1),), "last_day_1": MONDAY}
    assert on(0, **more) == ()


def test_one_act_can_depart_in_several_ways():
    assert on(3, in_full=False, stopped=True) == ("injection_late", "injection_partial", "while_stopped")


@pytest.mark.parametrize(
    ("day", "departure"),
    [(None, ("visit_missed",)), (-2, ("visit_early",)), (2, ()), (3, ("visit_late",))],
)
def test_a_visit(day: int | None, departure: tuple[str, ...]):
    assert visit_departures(Planned(), None if day is None else MONDAY + timedelta(days=day)) == departure


def test_a_hold_may_last_its_last_day_and_no_longer():
    assert hold_departures(MONDAY, MONDAY) == ()
    assert hold_departures(MONDAY, MONDAY + timedelta(days=1)) == ("hold_too_long",)
    assert hold_departures(None, MONDAY) == ()
