"""One participant the whole way through the API."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
from tests.site_fixture import SiteFixture
from tests.trial_fixture import TrialFixture


def test_one_participant_goes_the_whole_way(
    nurse: Caller, world: TrialFixture, clock: time_machine.Traveller
) -> None:
    world.blinded_list()
    number = nurse.post("participants/", {"site": "01", "consent_signed_on": "2015-10-05"}).json()["number"]
    one = f"participants/{number}/"
    judged = nurse.post(f"{one}eligibility/", {"birth_date": "1960-05-02", "answers": GOOD_ANSWERS}).json()
    assert judged["eligible"], judged["failures"]
    drawn = nurse.post(f"{one}randomization/").json()
    booked = nurse.post(f"{one}first-injection/", {"day": "2015-10-06"}).json()
    assert len(booked["injections"]) == 15
    clock.shift(timedelta(days=1, minutes=30))
    given = {"outcome": "given", "happened_at": "2015-10-06T09:45:00+02:00", "place": "hospital"}
    asked = nurse.post(f"{one}injections/1/", given)
    assert (asked.status_code, asked.json()["code"]) == (422, "not_released")
    assert list(asked.json()["errors"]) == ["without_release"]
    recorded = nurse.post(f"{one}injections/1/", given | {"without_release": True}).json()
    assert (recorded["state"], recorded["without_release"]) == ("given", True)
    assert nurse.get(f"{one}randomization/").json() == drawn
    assert nurse.get(one).json()["status"] == "on_treatment"


def test_the_days_for_day_1_come_with_how_many_events_meet_a_closed_day(
    nurse: Caller, world: TrialFixture, clock: time_machine.Traveller
) -> None:
    one = f"participants/{SiteFixture(world).randomized().number}/first-injection/"
    found = nurse.get(one).json()["proposals"]
    assert [row["events_met"] for row in found] == sorted(row["events_met"] for row in found)
    assert all(row["events_met"] == row["injections_met"] + row["visits_met"] for row in found)
    assert found[0]["events_met"] < found[-1]["events_met"]
    assert nurse.post(one, {"day": found[0]["day"]}).status_code == 201


def test_before_the_draw_no_day_1_is_proposed(nurse: Caller, world: TrialFixture) -> None:
    answer = nurse.get(f"participants/{SiteFixture(world).eligible().number}/first-injection/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_randomized")
