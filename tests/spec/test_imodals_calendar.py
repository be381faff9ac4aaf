"""The calendar of NCT02059759 as its protocol file and the French holidays make it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.core.days import trial_day
from dosing.core.planning import plan
from dosing.reading.site_calendar import plan_at, propose_starts_at
from trial.protocol.files import PROTOCOLS, load_protocol
from trial.protocol.holidays import holidays_between

CLEAN_IN_2015 = {
    date(2015, 10, 5),
    date(2015, 10, 19),
    date(2015, 11, 16),
    date(2015, 12, 7),
    date(2015, 12, 14),
}


@pytest.fixture(scope="module")
def protocol():
    return load_protocol(PROTOCOLS / "nct02059759.toml").protocol


@pytest.fixture(scope="module")
def montpellier(protocol):
    return protocol.sites[0]


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def proposals(protocol, site, first, last):
    """Every Monday of the period as day 1."""
    found = propose_starts_at(site, protocol, earliest=first, latest=last)
    return [proposal for proposal in found if proposal.date.weekday() == 0]


def test_day_1_on_5_october_2015_gives_these_15_injections(protocol):
    calendar = plan(protocol, first_injection=date(2015, 10, 5))
    assert [injection.date for injection in calendar.injections] == [
        *days(date(2015, 10, 5), date(2015, 10, 9)),
        *days(date(2015, 11, 2), date(2015, 11, 6)),
        *days(date(2015, 11, 30), date(2015, 12, 4)),
    ]


def test_seven_visits_on_mondays_and_the_last_on_21_march_2016(protocol):
    visits = plan(protocol, first_injection=date(2015, 10, 5)).visits
    assert [visit.trial_day for visit in visits] == [1, 8, 29, 57, 64, 85, 169]
    assert {visit.date.weekday() for visit in visits} == {0}
    assert visits[-1].date == date(2016, 3, 21)


def test_day_1_on_12_october_2015_meets_armistice_day_and_easter_monday(protocol, montpellier):
    calendar = plan_at(montpellier, protocol, first_injection=date(2015, 10, 12))
    assert [str(note) for entry in calendar.entries() for note in entry.notes] == [
        "Wednesday 11 November 2015 is a public holiday: Armistice Day",
        "Monday 28 March 2016 is a public holiday: Easter Monday",
    ]


def test_five_of_thirteen_mondays_in_autumn_2015_meet_no_holiday_on_an_injection_day(protocol, montpellier):
    mondays = proposals(protocol, montpellier, date(2015, 10, 5), date(2015, 12, 28))
    assert len(mondays) == 13
    assert {proposal.date for proposal in mondays if not proposal.injection_conflicts} == CLEAN_IN_2015
    assert {proposal.date for proposal in mondays[:5]} == CLEAN_IN_2015


def test_29_of_52_mondays_in_2026_meet_no_holiday_on_an_injection_day(protocol, montpellier):
    mondays = proposals(protocol, montpellier, date(2026, 1, 1), date(2026, 12, 31))
    assert len(mondays) == 52
    assert sum(not proposal.injection_conflicts for proposal in mondays) == 29
    assert sum(not proposal.conflicts for proposal in mondays) == 26  # visits counted as well


def test_there_is_never_a_day_0(protocol):
    for first in days(date(2015, 10, 1), date(2016, 10, 1)):
        entries = plan(protocol, first_injection=first).entries()
        assert all(entry.trial_day == trial_day(entry.date, first) >= 1 for entry in entries)


def test_screening_is_a_period_and_no_row_of_the_calendar(protocol):
    codes = [entry.code for entry in plan(protocol, first_injection=date(2015, 10, 5)).entries()]
    assert len(codes) == 22
    assert protocol.screening.code not in codes


def test_strasbourg_has_two_holidays_that_montpellier_has_not(montpellier):
    year = date(2015, 1, 1), date(2015, 12, 31)
    alsace = holidays_between(type(montpellier.holidays)("FR", "57"), *year)
    more = set(alsace) - set(holidays_between(montpellier.holidays, *year))
    assert {alsace[day].en for day in more} == {"Good Friday", "Saint Stephen's Day"}
