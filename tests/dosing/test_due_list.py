"""What a site has to do on a day, and how one calendar stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dosing.models import Readiness
from dosing.reading.queries import DueList, calendar_of, due_list, injection_day, visit_day
from dosing.services.status import hold, withdraw
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant
from trial.queries import NotFound

WEDNESDAY = date(2015, 10, 14)
NOON = paris("2015-10-14 12:00")


def listed(ward: SiteFixture, on: date = WEDNESDAY) -> DueList:
    return due_list([ward.site], on=on, at=paris(f"{on} 12:00"))


def lines(due: DueList) -> list[tuple[str, str]]:
    return [(item.day.code, item.day.state) for item in due.injections] + [
        (day.code, day.state) for day in due.visits
    ]


def test_late_things_come_first_and_the_oldest_before_the_others(ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    assert lines(listed(ward)) == [
        ("C1D1", "late"),
        ("C1D2", "late"),
        ("C1D3", "due"),
        ("V1", "late"),
    ]


def test_what_was_done_today_stays_on_the_list_behind_what_is_to_do(ward: SiteFixture) -> None:
    participant = ward.booked(MONDAY)
    ward.booked(WEDNESDAY, at=paris("2015-10-08 09:00"))
    for number in (1, 2, 3):
        ward.inject(participant, number)
    ward.visit(participant, "V1")
    assert lines(listed(ward)) == [("C1D1", "due"), ("C1D3", "given"), ("V1", "due")]


def test_each_line_shows_its_whole_course(ward: SiteFixture) -> None:
    participant = ward.booked(MONDAY)
    ward.inject(participant, 1)
    ward.inject(participant, 2, outcome="missed", reason="Fever.")
    (line,) = listed(ward).injections
    assert line.course == ("given", "missed", "due", "planned", "planned")


def test_tomorrow_can_be_looked_at_today(ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    assert lines(due_list([ward.site], on=MONDAY, at=START))[0] == ("C1D1", "due")


def test_a_visit_is_due_as_long_as_its_window_is_open(ward: SiteFixture) -> None:
    participant = ward.booked(MONDAY)
    for number in range(1, 6):
        ward.inject(participant, number)
    ward.visit(participant, "V1")
    states = [lines(listed(ward, date(2015, 10, 17) + timedelta(days=n))) for n in range(6)]
    assert states == [
        [],
        [("V2", "due")],
        [("V2", "due")],
        [("V2", "due")],
        [("V2", "due")],
        [("V2", "late")],
    ]


@pytest.mark.parametrize("stop", ["hold", "treatment", "trial"])
def test_nobody_injects_whoever_has_stopped(ward: SiteFixture, stop: str) -> None:
    participant = ward.booked(MONDAY)
    if stop == "hold":
        hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    else:
        withdraw(participant=participant, scope=stop, reason="Enough.", by=ward.nurse, at=START)
    assert lines(listed(ward)) == ([] if stop == "trial" else [("V1", "late")])


def test_what_another_site_has_to_do_is_not_shown(ward: SiteFixture) -> None:
    ward.booked(MONDAY, site=ward.second_site())
    assert lines(listed(ward)) == []
    assert listed(ward).visits == ()


def test_a_replaced_plan_is_not_due(ward: SiteFixture) -> None:
    participant = ward.booked(date(2015, 10, 6))
    ward.book(participant, MONDAY)
    assert lines(listed(ward, date(2015, 10, 6))) == []


def test_thirty_participants_take_as_many_queries_as_one(ward: SiteFixture) -> None:
    ward.world.blinded_list(30)
    counts = []
    for newcomers in (1, 29):
        for _person in range(newcomers):
            ward.booked(MONDAY)
        with CaptureQueriesContext(connection) as captured:
            due = listed(ward)
        counts.append(len(captured))
    assert len(due.injections) == 90
    assert counts == [2, 2]


# --- One calendar --------------------------------------------------------------------------------


@pytest.fixture
def participant(ward: SiteFixture) -> Participant:
    return ward.booked(MONDAY)


def states(ward: SiteFixture, participant: Participant) -> list[str]:
    return [day.state for day in calendar_of(ward.again(participant), at=NOON).injections]


def test_before_booking_there_is_no_calendar(ward: SiteFixture) -> None:
    assert calendar_of(ward.randomized(), at=START) is None


def test_a_day_is_given_partial_missed_late_due_or_planned(
    ward: SiteFixture, participant: Participant
) -> None:
    ward.inject(participant, 1, outcome="partial", reason="The needle slipped.")
    assert states(ward, participant)[:5] == ["partial", "late", "due", "planned", "planned"]
    ward.inject(participant, 2, outcome="missed", reason="Fever.")
    ward.inject(participant, 3)
    assert states(ward, participant)[:4] == ["partial", "missed", "given", "planned"]


def test_the_latest_correction_counts(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1, outcome="missed", reason="Not seen.")
    ward.inject(participant, 1, correction=True, reason="Was given after all.", body_site="thigh_left")
    day = injection_day(participant, 1, at=NOON)
    assert (day.state, day.body_site, day.reason) == ("given", "thigh_left", "Was given after all.")


def test_on_hold_open_days_are_held_and_after_the_end_they_are_stopped(
    ward: SiteFixture, participant: Participant
) -> None:
    ward.inject(participant, 1)
    noon = paris("2015-10-12 12:00")
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=noon)
    assert states(ward, participant) == ["given"] + ["hold"] * 14
    withdraw(participant=participant, scope="treatment", reason="Enough.", by=ward.nurse, at=noon)
    assert states(ward, participant) == ["given"] + ["stopped"] * 14


def test_a_calendar_is_provisional_until_the_first_injection(
    ward: SiteFixture, participant: Participant
) -> None:
    assert calendar_of(participant, at=NOON).provisional
    ward.inject(participant, 1)
    assert not calendar_of(participant, at=NOON).provisional


def test_the_day_changes_at_midnight_of_the_site(ward: SiteFixture, participant: Participant) -> None:
    before, after = paris("2015-10-12 23:59"), paris("2015-10-13 00:00")
    assert [injection_day(participant, 1, at=at).state for at in (before, after)] == ["due", "late"]


def test_ready_is_seen_from_its_moment_on_and_for_its_own_day_only(participant: Participant) -> None:
    seven = paris("2015-10-12 07:00")
    Readiness.objects.create(participant=participant, number=1, date=MONDAY, visible_from=seven)
    Readiness.objects.create(participant=participant, number=2, date=MONDAY, visible_from=seven)
    seen = [injection_day(participant, 1, at=at).ready for at in (seven - timedelta(seconds=1), seven)]
    assert seen == [False, True]
    assert not injection_day(participant, 2, at=NOON).ready


def test_the_calendar_groups_three_courses_of_five(participant: Participant) -> None:
    view = calendar_of(participant, at=START)
    assert [(number, len(days)) for number, days in view.courses] == [(1, 5), (2, 5), (3, 5)]
    assert (view.injections[0].code, view.visits[0].code) == ("C1D1", "V1")


@pytest.mark.parametrize("number", [0, 16])
def test_an_injection_that_is_not_planned_is_not_found(participant: Participant, number: int) -> None:
    with pytest.raises(NotFound, match="no injection"):
        injection_day(participant, number, at=NOON)
    with pytest.raises(NotFound, match="no visit"):
        visit_day(participant, "V8", at=NOON)
