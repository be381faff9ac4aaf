"""The hour of an appointment by API."""

from __future__ import annotations

import pytest
import time_machine

from tests.caller import Caller
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry

NOW = paris("2015-10-12 08:00")


def test_an_hour_is_set_shown_and_taken_back(nurse: Caller, world: TrialFixture) -> None:
    one = f"participants/{SiteFixture(world).booked().number}/"
    with time_machine.travel(NOW, tick=False):
        assert nurse.post(f"{one}injections/1/hour/", {"hour": "09:30"}).json()["hour"] == "09:30"
        assert nurse.post(f"{one}visits/V2/hour/", {"hour": "14:00"}).json()["hour"] == "14:00"
        calendar = nurse.get(f"{one}calendar/").json()
        assert (calendar["injections"][0]["hour"], calendar["visits"][1]["hour"]) == ("09:30", "14:00")
        assert nurse.get("due/").json()["injections"][0]["hour"] == "09:30"
        assert nurse.post(f"{one}injections/1/hour/", {"hour": None}).json()["hour"] is None


@pytest.mark.parametrize("hour", ["9:30", "24:00", "09:30:00", 930, "", "09:60"])
def test_what_is_no_hour_is_refused(nurse: Caller, world: TrialFixture, hour: object) -> None:
    one = f"participants/{SiteFixture(world).booked().number}/"
    answer = nurse.post(f"{one}injections/1/hour/", {"hour": hour})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["hour"])
    assert not AuditEntry.objects.filter(action="hour.set").exists()
