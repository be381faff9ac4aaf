"""The page on which the hour of a day is set, and where the hour then stands."""

from __future__ import annotations

import time_machine

from dosing.models import Appointment
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture, paris
from trial.models import AuditEntry

NOW = paris("2015-10-12 08:00")


def test_the_nurse_sets_an_hour_and_sees_it_on_the_page_and_on_today(
    nurse: Browser, ward: SiteFixture
) -> None:
    one = f"/participants/{ward.booked().number}/"
    with time_machine.travel(NOW, tick=False):
        assert f"{one}hours/" in nurse.get(one).content.decode()
        answer = nurse.post(f"{one}hours/", {"day": "injection:1", "hour": "9 h 30"})
        assert answer.status_code == 302
        assert "09:30" in nurse.get(one).content.decode()
        assert "09:30" in nurse.get("/today/").content.decode()
        assert "09:30" in nurse.get(f"{one}hours/").content.decode()


def test_the_same_form_sent_twice_is_one_hour_and_an_empty_one_takes_it_back(
    nurse: Browser, ward: SiteFixture
) -> None:
    address = f"/participants/{ward.booked().number}/hours/"
    with time_machine.travel(NOW, tick=False):
        for _twice in range(2):
            nurse.post(address, {"day": "visit:V2", "hour": "14:00"}, headers={"Idempotency-Key": "one"})
        assert AuditEntry.objects.filter(action="hour.set").count() == 1
        nurse.post(address, {"day": "visit:V2", "hour": ""})
    assert Appointment.objects.order_by("-sequence")[0].hour is None


def test_a_time_that_is_none_is_asked_again_beside_its_question(nurse: Browser, ward: SiteFixture) -> None:
    address = f"/participants/{ward.booked().number}/hours/"
    with time_machine.travel(NOW, tick=False):
        answer = nurse.post(address, {"day": "visit:V2", "hour": "25:00"})
    assert answer.status_code == 422
    assert not Appointment.objects.exists()
