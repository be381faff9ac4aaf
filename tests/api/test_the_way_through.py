"""One participant the whole way through the API."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
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
    assert nurse.post(f"{one}injections/1/", given).json()["state"] == "given"
    assert nurse.get(f"{one}randomization/").json() == drawn
    assert nurse.get(one).json()["status"] == "on_treatment"
