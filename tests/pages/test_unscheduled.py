"""The pages and the API of visits beside the plan."""

from __future__ import annotations

import time_machine

from dosing.models import UnscheduledVisit
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture, paris

NOW = paris("2015-10-16 10:00")
DAY = {"day_day": "12", "day_month": "10", "day_year": "2015"}


def test_the_nurse_records_corrects_and_takes_back(nurse: Browser, ward: SiteFixture) -> None:
    one = f"/participants/{ward.booked().number}/"
    with time_machine.travel(NOW, tick=False):
        assert (
            nurse.post(f"{one}unscheduled/", DAY | {"hour": "9 h 30", "reason": "Fever."}).status_code == 302
        )
        page = nurse.get(one).content.decode()
        assert f"{one}unscheduled/1/" in page
        assert "09:30" in page
        right = DAY | {"hour": "", "reason": "Rash.", "why": "Misread."}
        assert nurse.post(f"{one}unscheduled/1/", right).status_code == 302
        assert "Rash." in nurse.get(one).content.decode()
        assert nurse.post(f"{one}unscheduled/1/", right | {"never": "on"}).status_code == 302
        assert f"{one}unscheduled/1/" not in nurse.get(one).content.decode()
    assert [row.taken_back for row in UnscheduledVisit.objects.all()] == [False, False, True]


def test_the_same_form_sent_twice_is_one_visit(nurse: Browser, ward: SiteFixture) -> None:
    address = f"/participants/{ward.booked().number}/unscheduled/"
    with time_machine.travel(NOW, tick=False):
        for _twice in range(2):
            nurse.post(address, DAY | {"reason": "Fever."}, headers={"Idempotency-Key": "one"})
    assert UnscheduledVisit.objects.count() == 1
