"""Months are added up now: what is written stays, and what a new plan moves for this reason is said first."""

from __future__ import annotations

import pytest

from dosing.core.options import options
from dosing.models import Plan
from dosing.pages.forms import warnings
from dosing.reading.explaining import double_doses, with_explanations
from dosing.reading.queries import calendar_of
from dosing.reading.situation import explained, open_slips, recounted, situation_of
from dosing.reading.versions import changes_by
from dosing.services.amending import move_to_version
from dosing.services.booking import propose_first_injection
from tests.month_trial import MEETING, MONTHS, booked_before, version_with
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant

WRITTEN = ["2015-11-30", "2015-12-28", "2016-02-29", "2016-05-29", "2016-08-29", "2016-11-29"]
ADDED_UP = [*WRITTEN[:3], "2016-05-30", "2016-08-30", "2016-11-30"]
NOW = paris("2016-06-20 09:00")


@pytest.fixture
def somebody(ward: SiteFixture) -> Participant:
    version_with(ward.site.trial, "2", *MONTHS)
    return booked_before(ward)


def current() -> Plan:
    return Plan.objects.get(superseded_at=None)


def written_days() -> list[str]:
    return [str(day) for day in current().injections.order_by("number").values_list("date", flat=True)]


def test_a_written_calendar_stays_and_says_why(ward: SiteFixture, somebody: Participant) -> None:
    calendar = explained(somebody, current())
    assert written_days() == [str(row.date) for row in calendar.injections] == WRITTEN
    assert str(calendar.injection(4).reason) == (
        "Day 182: as it was written. A plan that is made now adds the months up first and has day 183."
    )
    view = calendar_of(somebody, at=NOW)
    assert view is not None
    assert with_explanations(somebody, view).injections[3].explanation == calendar.injection(4).reason


def test_what_a_new_plan_would_move_is_known_beforehand(ward: SiteFixture, somebody: Participant) -> None:
    moved = [(row.code, str(row.old.date), str(row.new.date)) for row in recounted(somebody, current())]  # type: ignore[union-attr]
    assert moved == [
        ("C4D1", "2016-05-29", "2016-05-30"),
        ("C5D1", "2016-08-29", "2016-08-30"),
        ("C6D1", "2016-11-29", "2016-11-30"),
    ]


def test_a_trial_without_months_is_asked_nothing(ward: SiteFixture) -> None:
    assert recounted(ward.booked(), current()) == ()


def test_an_injection_on_its_written_day_has_not_slipped(ward: SiteFixture, somebody: Participant) -> None:
    for number, day in enumerate(WRITTEN[:4], 1):
        ward.inject(somebody, number, happened_at=paris(f"{day} 09:00"), at=paris(f"{day} 10:00"))
    assert not open_slips(somebody, situation_of(ward.again(somebody), current(), at=NOW))


def test_moving_day_1_adds_the_months_up(ward: SiteFixture, somebody: Participant) -> None:
    ward.book(somebody, current().first_injection, at=paris("2015-11-26 09:00"))
    assert written_days() == ADDED_UP


def test_an_amendment_shows_the_days_and_leaves_what_has_happened(
    ward: SiteFixture, somebody: Participant
) -> None:
    for number, day in enumerate(WRITTEN[:4], 1):
        ward.inject(somebody, number, happened_at=paris(f"{day} 09:00"), at=paris(f"{day} 10:00"))
    version = version_with(ward.site.trial, "3", *MONTHS)
    person = ward.again(somebody)
    shown = [row.code for row in changes_by(person, current(), version, at=NOW)]
    move_to_version(
        participant=person, digest=version.digest, reason="Amendment 3.", by=ward.investigator, at=NOW
    )
    assert shown == ["C5D1", "C6D1"]
    assert written_days() == [*WRITTEN[:4], *ADDED_UP[4:]]


def test_every_option_shows_the_days_that_move_for_this_reason(
    ward: SiteFixture, somebody: Participant
) -> None:
    for number, day in enumerate(WRITTEN[:3], 1):
        ward.inject(somebody, number, happened_at=paris(f"{day} 09:00"), at=paris(f"{day} 10:00"))
    situation = situation_of(ward.again(somebody), current(), at=paris("2016-03-01 09:00"))
    moves = [row for row in options(situation) if row.course == 4]
    assert moves and {change.code for change in moves[0].changes} == {"C4D1", "C5D1", "C6D1"}


def test_a_calendar_with_two_doses_on_a_day_says_so_until_both_are_recorded(ward: SiteFixture) -> None:
    version_with(ward.site.trial, "2", *MEETING)
    person = ward.booked()
    (said,) = double_doses(calendar_of(person, at=NOW))  # type: ignore[arg-type]
    assert str(said).startswith("More than one dose of Study injection is planned for")
    assert "Thursday 12 November 2015" in str(said)


def test_the_days_to_choose_from_name_the_day_with_two_doses(ward: SiteFixture) -> None:
    """From 8 October on as well: every month here has 31 days but for the one after the 31st."""
    version_with(ward.site.trial, "2", *MEETING)
    person = ward.randomized()
    proposals = propose_first_injection(participant=person, at=START)
    assert all(proposal.doubled for proposal in proposals)
    assert "More than one dose of a drug on one day: Thu 12 Nov" in str(
        [warnings(row)[0] for row in proposals if row.date.isoformat() == "2015-10-12"]
    )
