"""Visits beside the plan by API."""

from __future__ import annotations

import time_machine

from tests.caller import Caller
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import TrialFixture


def test_a_visit_beside_the_plan_is_recorded_listed_corrected_and_taken_back(
    nurse: Caller, world: TrialFixture
) -> None:
    one = f"participants/{SiteFixture(world).booked().number}/unscheduled-visits/"
    body = {"day": "2015-10-12", "hour": "14:30", "reason": "Fever."}
    with time_machine.travel(paris("2015-10-16 10:00"), tick=False):
        made = nurse.post(one, body)
        assert (made.status_code, made.json()) == (201, {"number": 1, **body, "taken_back": False})
        fixed = nurse.post(f"{one}1/", body | {"hour": None, "why": "Nobody knows the hour."}).json()
        assert nurse.get(one).json() == {"unscheduled": [fixed]}
        assert nurse.post(f"{one}1/taken-back/", {"why": "Another participant."}).json()["taken_back"]
        assert nurse.get(one).json() == {"unscheduled": []}
        assert nurse.post(f"{one}7/", body | {"why": "x"}).json()["code"] == "nothing_planned"
