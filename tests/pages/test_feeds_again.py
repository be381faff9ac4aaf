"""What a calendar program asks of an address: whether anything changed, how often to come, which clocks."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dosing.services.status import withdraw
from tests.pages.conftest import Browser
from tests.pages.test_feeds import address_of
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START


@pytest.fixture
def address(nurse: Browser, ward: SiteFixture) -> str:
    ward.booked()
    return address_of(nurse, "/feeds/")


def test_what_has_not_changed_is_not_sent_again(address: str) -> None:
    first = Client().get(address)
    again = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    weak = Client().get(address, headers={"if-none-match": f"W/{first['ETag']}"})
    assert weak.status_code == 304


def test_that_nothing_changed_is_known_without_reading_calendars(address: str) -> None:
    tag = Client().get(address)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        Client().get(address, headers={"if-none-match": tag})
    assert not [one for one in captured if "dosing_planned" in one["sql"]]


def test_what_has_changed_is_sent_with_another_tag(address: str, ward: SiteFixture) -> None:
    first = Client().get(address)
    person = ward.booked()
    withdraw(participant=ward.again(person), scope="treatment", reason="So.", by=ward.nurse, at=START)
    then = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert (then.status_code, then["ETag"] == first["ETag"]) == (200, False)


def test_another_day_has_another_tag(address: str) -> None:
    first = Client().get(address)["ETag"]
    with time_machine.travel(START + timedelta(days=1), tick=False):
        assert Client().get(address)["ETag"] != first


def test_the_head_alone_has_no_body(address: str) -> None:
    full, head = Client().get(address), Client().head(address)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", full["ETag"])
    assert head["Content-Type"] == full["Content-Type"] == "text/calendar; charset=utf-8"
    assert Client().post(address).status_code == 405


def test_programs_are_told_how_often_to_come(address: str) -> None:
    content = Client().get(address).content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n" in content
    assert b"X-PUBLISHED-TTL:PT4H\r\n" in content


def test_the_zone_of_a_feed_covers_every_day_in_it(address: str) -> None:
    calendar = icalendar.Calendar.from_ical(Client().get(address).content)
    (zone,) = calendar.walk("VTIMEZONE")
    first = min(event.start for event in calendar.walk("VEVENT"))
    assert min(part["DTSTART"].dt.date() for part in zone.subcomponents) < first
