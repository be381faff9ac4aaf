"""The options after a slip, and closed days, by API."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from tests.caller import Caller
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import TrialFixture

WEEK_3 = paris("2015-10-26 09:00")


def treated(world: TrialFixture) -> str:
    ward = SiteFixture(world)
    participant = ward.booked()
    for number in range(1, 6):
        ward.inject(participant, number)
    return participant.number


def test_the_options_come_with_every_changed_day(nurse: Caller, world: TrialFixture) -> None:
    number = treated(world)
    with time_machine.travel(WEEK_3, tick=False):
        answer = nurse.get(f"participants/{number}/options/").json()
    assert {row["option"] for row in answer["options"]} == {"keep", "move", "stop"}
    moved = next(row for row in answer["options"] if row["course"] == 2 and row["days"] == 3)
    assert next(change["new"] for change in moved["changes"]) == "2015-11-12"
    assert moved["changes"][0]["old"] == "2015-11-09"


def test_choosing_answers_the_new_calendar(nurse: Caller, world: TrialFixture) -> None:
    number = treated(world)
    body = {"option": "move", "course": 2, "start": str(MONDAY + timedelta(days=30)), "reason": "Fever."}
    with time_machine.travel(WEEK_3, tick=False):
        answer = nurse.post(f"participants/{number}/options/", body)
    assert answer.status_code == 201
    assert answer.json()["injections"][5]["date"] == "2015-11-11"


def test_a_day_beyond_the_limit_is_refused_with_the_days_that_are_possible(
    nurse: Caller, world: TrialFixture
) -> None:
    number = treated(world)
    body = {"option": "move", "course": 2, "start": "2015-12-24", "reason": "Fever."}
    with time_machine.travel(WEEK_3, tick=False):
        answer = nurse.post(f"participants/{number}/options/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "cannot_move")
    assert "16 November 2015" in answer.json()["detail"]


def test_a_move_needs_a_day_and_nothing_else_has_one(nurse: Caller, world: TrialFixture) -> None:
    number = treated(world)
    for body in ({"option": "move"}, {"option": "keep", "start": "2015-11-11"}):
        answer = nurse.post(f"participants/{number}/options/", {"course": 1, "reason": "Fever.", **body})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["start"])


def test_without_a_slip_there_is_nothing_to_follow(nurse: Caller, world: TrialFixture) -> None:
    body = {"option": "follow", "course": 1, "reason": "Fever."}
    assert nurse.post(f"participants/{treated(world)}/options/", body).json()["code"] == "no_slip"


def test_day_1_is_the_first_injection_also_by_token(nurse: Caller, world: TrialFixture) -> None:
    ward = SiteFixture(world)
    person, at = ward.booked(), paris("2015-10-12 12:00")
    ward.inject(person, 1, outcome="missed", reason="Fever.", happened_at=None, at=at)
    address = f"participants/{person.number}/options/"
    with time_machine.travel(at, tick=False):
        options = nurse.get(address).json()["options"]
        (option,) = (row for row in options if row["option"] == "follow")
        assert (option["course"], option["start"]) == (1, "2015-10-13")
        body = {"option": "follow", "course": 1, "reason": "Fever on day 1."}
        answer = nurse.post(address, body).json()
    assert answer["first_injection"] == "2015-10-13"
    days = [(row["trial_day"], row["date"]) for row in answer["injections"][:2]]
    assert days == [(-1, "2015-10-12"), (1, "2015-10-13")]


def test_closed_days_are_kept_by_site(nurse: Caller, world: TrialFixture) -> None:
    body = {"site": "01", "day": "2015-10-14", "name": "Strike"}
    answer = nurse.post("closed-days/", body)
    assert answer.json() == nurse.get("closed-days/").json()
    assert answer.json()["days"] == [body]
    assert nurse.post("closed-days/", body).json()["code"] == "day_closed"
    assert (
        nurse.post("closed-days/", {"site": "01", "day": "2015-10-14", "closed": False}).json()["days"] == []
    )
    assert nurse.post("closed-days/", {"site": "99", "day": "2015-10-14"}).json()["code"] == "invalid"
