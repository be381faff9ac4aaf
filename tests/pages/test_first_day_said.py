"""The draw's page says that no day 1 is left, and the booking page takes a day that really was."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from dosing.models import Deviation, Plan
from randomization.models import Envelope
from tests.caller import Caller
from tests.checklist import in_boxes
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant

TOO_LATE = START.date() + timedelta(days=29)
RIGHT = {"confirmed": "on", "password": PASSWORD}
KEPT = {"confirm-first_injection": "2015-10-05"}


@pytest.fixture
def person(ward: SiteFixture) -> Participant:
    ward.world.blinded_list()
    return ward.eligible()


def test_the_page_of_the_draw_says_it_before_the_password_and_asks(
    nurse: Browser, ward: SiteFixture, person: Participant
) -> None:
    address = f"/participants/{person.number}/randomize/"
    with time_machine.travel(paris(f"{TOO_LATE} 09:00"), tick=False):
        assert "is too old" in nurse.read(f"/participants/{person.number}/")
        page = nurse.read(address)
        assert "is too old" in page and "confirm-first_injection" not in page
        status, page = nurse.refused(address, **RIGHT)
        assert (status, 'name="confirm-first_injection"' in page) == (422, True)
        assert not Envelope.objects.exclude(participant=None).exists()
        nurse.send(address, **RIGHT, **KEPT)
        assert "No day that the protocol allows is left" in nurse.read(
            f"/participants/{person.number}/first-injection/"
        )
        said = {"day": "other", "deviation_reason": "Waiver of the sponsor"} | in_boxes(
            other_day=f"{TOO_LATE}"
        )
        nurse.send(f"/participants/{person.number}/first-injection/", **said)
    assert Plan.objects.get().first_injection == TOO_LATE
    assert Deviation.objects.get().kind == "consent_off_period"


def test_another_day_has_a_day_and_a_reason(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.randomized()
    address = f"/participants/{person.number}/first-injection/"
    status, page = nurse.refused(address, day="other")
    assert status == 422 and "Enter the day." in page and "Say why, in a few words." in page
    tomorrow = {"day": "other", "deviation_reason": "x"} | in_boxes(other_day="2015-10-20")
    assert nurse.refused(address, **tomorrow)[0] == 422
    assert not Plan.objects.exists()


def test_a_reason_left_over_beside_a_lawful_day_is_none(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.randomized()
    said = {"day": "2015-10-06", "deviation_reason": "typed before"}
    nurse.send(f"/participants/{person.number}/first-injection/", **said)
    assert Plan.objects.get().reason == "" and not Deviation.objects.exists()


def test_the_api_says_it_beforehand_asks_and_takes_the_reason(ward: SiteFixture, person: Participant) -> None:
    with time_machine.travel(paris(f"{TOO_LATE} 09:00"), tick=False):
        caller, one = Caller(ward.nurse), f"participants/{person.number}/"
        assert "trop ancien" in caller.get(one, **{"Accept-Language": "fr"}).json()["notes"][0]
        asked = caller.post(f"{one}randomization/", {})
        assert (asked.status_code, asked.json()["code"]) == (422, "not_confirmed")
        confirmed = {"first_injection": "2015-10-05"}
        assert caller.post(f"{one}randomization/", {"confirmed": confirmed}).status_code == 201
        day = {"day": f"{TOO_LATE}"}
        answer = caller.post(f"{one}first-injection/", day)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["deviation_reason"])
        answer = caller.post(f"{one}first-injection/", day | {"deviation_reason": "Waiver"})
        assert (answer.status_code, answer.json()["first_injection"]) == (201, f"{TOO_LATE}")
