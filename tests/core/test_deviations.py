"""Which acts depart from the plan, and which do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from dosing.core.deviations import (
    ConsentFacts,
    Departure,
    InjectionFacts,
    consent_departures,
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
        ({"waited_until": MONDAY}, "day_1_too_soon"),
        ({"consented_on": MONDAY + timedelta(days=1)}, "injection_no_consent"),
    ],
)
def test_each_other_departure(more: dict[str, object], departure: str):
    assert on(0, **more) == (departure,)


def test_what_lies_next_to_a_departure_is_none():
    more = {
        "same_drug_days": (MONDAY + timedelta(days=1),),
        "last_day_1": MONDAY,
        "waited_until": MONDAY - timedelta(days=1),
        "consented_on": MONDAY,
    }
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


def test_a_visit_before_the_consent_departs():
    tuesday = MONDAY + timedelta(days=1)
    assert visit_departures(Planned(), MONDAY, consented_on=tuesday) == ("visit_no_consent",)
    assert visit_departures(Planned(), MONDAY, consented_on=MONDAY) == ()


def consented(days: int, **more: object) -> dict[Departure, date]:
    """A consent so many days after the draw of Monday, and what departs by it."""
    signed_on = MONDAY + timedelta(days=days)
    return consent_departures(ConsentFacts(signed_on=signed_on, drawn_on=MONDAY, **more))  # type: ignore[arg-type]


def test_a_consent_on_the_day_of_every_act_departs_from_nothing():
    period = (MONDAY, MONDAY)
    assert consented(0, injected_on=(MONDAY,), seen_on=(MONDAY,), period=period) == {}


def test_a_consent_after_the_acts_names_the_first_of_each():
    wednesday, thursday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)
    assert consented(7, injected_on=(thursday, wednesday), seen_on=(thursday,)) == {
        "consent_after_draw": MONDAY,
        "injection_no_consent": wednesday,
        "visit_no_consent": thursday,
    }


@pytest.mark.parametrize(("days", "departs"), [(-5, True), (-4, False), (-1, False), (0, True)])
def test_both_ends_of_the_screening_period_belong_to_it(days: int, departs: bool):
    period = (MONDAY - timedelta(days=4), MONDAY - timedelta(days=1))
    assert ("consent_off_period" in consented(days, period=period)) is departs


def test_who_was_not_eligible_that_day_is_told_of_that_day():
    assert consented(-1, eligible=False) == {"consent_ineligible": MONDAY - timedelta(days=1)}


def test_one_act_before_the_consent_is_enough_whatever_came_after_it():
    days = (MONDAY + timedelta(days=9), MONDAY + timedelta(days=1), MONDAY + timedelta(days=5))
    found = consent_departures(
        ConsentFacts(MONDAY + timedelta(days=3), drawn_on=MONDAY + timedelta(days=3), injected_on=days)
    )
    assert found == {Departure.INJECTION_NO_CONSENT: MONDAY + timedelta(days=1)}
