"""Visits that no plan has: recorded, corrected, taken back, shown, and counted apart."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from dosing.exporting.exports import calendar_csv
from dosing.exporting.paper import _beside
from dosing.models import Deviation, UnscheduledVisit
from dosing.progress.counting import visit_windows
from dosing.progress.facts import read_facts
from dosing.reading.history import story
from dosing.reading.queries import calendar_of
from dosing.reading.unscheduled import unscheduled_of
from dosing.services.judging import TreatmentEnded
from dosing.services.recording import NothingPlanned
from dosing.services.status import withdraw
from dosing.services.unscheduled import correct_unscheduled, record_unscheduled, take_back_unscheduled
from tests.site_fixture import MONDAY, START, SiteFixture, paris
from trial.models import Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput
from trial.screening.services import NoConsent, screen

NOW = paris("2015-10-16 10:00")


def came(ward: SiteFixture, who: Participant, day: date = MONDAY, **more: object) -> UnscheduledVisit:
    said = {"reason": "Fever.", "by": ward.nurse, "at": NOW} | more
    return record_unscheduled(participant=who, day=day, **said)  # type: ignore[arg-type]


def test_it_stands_in_story_table_and_on_paper_and_is_no_deviation(ward: SiteFixture) -> None:
    who = ward.booked()
    came(ward, who, hour=time(14, 30))
    view = calendar_of(who, at=NOW)
    assert view
    last = calendar_csv(who, view, language="en").decode().splitlines()[-1]
    assert last == f"{who.number},unscheduled,UNSCHEDULED 1,,,,2015-10-12,,,done,2015-10-12,,,14:30"
    assert _beside(who, "en") == [["Unscheduled visit 1", "Monday 12 October 2015", "done", "14:30"]]
    assert story(who, None)[0].what == "Unscheduled visit on Monday 12 October 2015 (Fever.)"
    assert not Deviation.objects.exists()


def test_it_is_corrected_with_a_reason_and_the_first_entry_stays(ward: SiteFixture) -> None:
    who = ward.booked()
    row = came(ward, who)
    said = {"participant": who, "number": row.number, "by": ward.nurse, "at": NOW}
    right = {"day": MONDAY + timedelta(days=1), "reason": "Rash."}
    with pytest.raises(InvalidInput):
        correct_unscheduled(why=" ", **right, **said)
    correct_unscheduled(why="Misread.", **right, **said)
    assert [(row.day, row.reason) for row in unscheduled_of(who)] == [tuple(right.values())]
    assert UnscheduledVisit.objects.count() == 2


def test_one_that_is_taken_back_is_gone_and_its_number_is_not_given_again(ward: SiteFixture) -> None:
    who = ward.booked()
    said = {"participant": who, "number": came(ward, who).number, "by": ward.nurse, "at": NOW}
    take_back_unscheduled(why="Another participant.", **said)
    assert unscheduled_of(who) == []
    assert came(ward, who).number == 2
    with pytest.raises(NothingPlanned):
        take_back_unscheduled(why="Again.", **said)


def test_after_a_withdrawal_it_is_taken_and_after_a_death_refused(ward: SiteFixture) -> None:
    left, dead = ward.booked(), ward.booked()
    withdraw(participant=left, scope="trial", reason="Moves.", by=ward.nurse, at=paris("2015-10-13 09:00"))
    withdraw(participant=dead, scope="death", day=MONDAY, reason="-", by=ward.nurse, at=NOW)
    assert came(ward, ward.again(left), MONDAY + timedelta(days=3))
    assert came(ward, ward.again(dead), MONDAY)
    with pytest.raises(TreatmentEnded):
        came(ward, ward.again(dead), MONDAY + timedelta(days=1))


def test_a_death_before_a_visit_beside_the_plan_is_refused(ward: SiteFixture) -> None:
    who = ward.booked()
    came(ward, who, MONDAY + timedelta(days=2))
    with pytest.raises(InvalidInput):
        withdraw(participant=who, scope="death", day=MONDAY, reason="-", by=ward.nurse, at=NOW)


@pytest.mark.parametrize("day", [date(2015, 10, 17), date(2015, 10, 4)])
def test_no_day_to_come_and_none_before_the_consent(ward: SiteFixture, day: date) -> None:
    with pytest.raises(InvalidInput) as refused:
        came(ward, ward.booked(), day)
    assert list(refused.value.errors) == ["day"]


def test_an_hour_that_the_clocks_left_out_is_refused(ward: SiteFixture) -> None:
    with pytest.raises(InvalidInput) as refused:
        came(ward, ward.booked(), date(2016, 3, 27), hour=time(2, 30), at=paris("2016-04-01 09:00"))
    assert "02:30 was left out" in str(refused.value.errors["hour"])


def test_nobody_without_consent_has_one_and_no_monitor_records_one(ward: SiteFixture) -> None:
    with pytest.raises(NoConsent):
        came(ward, screen(site=ward.site, by=ward.nurse, at=START))
    with pytest.raises(NotPermitted):
        came(ward, ward.booked(), by=ward.world.person(Role.MONITOR))


def test_progress_counts_it_apart_from_the_planned_visits(ward: SiteFixture) -> None:
    who = ward.booked()
    before = visit_windows(read_facts(ward.nurse, at=NOW))
    came(ward, who)
    after = visit_windows(read_facts(ward.nurse, at=NOW))
    assert (before.note, after.note) == ("", "1 unscheduled visit is not among these.")
    assert list(after.rows) == list(before.rows)
