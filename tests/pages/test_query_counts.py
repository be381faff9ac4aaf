"""How many questions a page asks the database: few, and no more with more participants."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages.conftest import Browser
from tests.pages.test_feeds import address_of
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.screening.consent_correction import correct_consent

FRAME = 6
"""Session, person and duty; clock, protocol version and list: around every page."""


def questions(browser: Browser, address: str) -> int:
    """How many statements the page takes, once the session is warm."""
    browser.read(address)
    with CaptureQueriesContext(connection) as captured:
        browser.read(address)
    return len([one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_today_asks_little_and_no_more_with_more_participants(nurse: Browser, ward: SiteFixture) -> None:
    counts = []
    for _more in range(2):
        for _one in range(3):
            ward.booked(MONDAY)
        with time_machine.travel(paris("2015-10-13 07:30"), tick=False):
            counts.append(questions(nurse, "/today/"))
    assert counts == [FRAME + 6, FRAME + 6]  # one of them: what systems did and a person signs


def test_today_asks_two_things_more_of_who_can_judge(investigator: Browser, ward: SiteFixture) -> None:
    counts = []
    for _more in range(2):
        for _one in range(2):
            signed_on, at = MONDAY + timedelta(days=1), paris("2015-10-13 07:00")
            who = {"participant": ward.booked(MONDAY), "by": ward.nurse}
            correct_consent(signed_on=signed_on, reason="Misread.", at=at, **who)
        with time_machine.travel(paris("2015-10-13 07:30"), tick=False):
            assert "judge a deviation" in investigator.read("/today/")
            counts.append(questions(investigator, "/today/"))
    assert counts == [FRAME + 8, FRAME + 8]  # one of them: whose days an upgrade left open


def test_a_participants_page_asks_no_more_the_longer_the_story(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    address, counts = f"/participants/{person.number}/", []
    for numbers in ((1,), (2, 3, 4)):
        with time_machine.travel(paris("2015-10-16 18:00"), tick=False):
            for number in numbers:
                ward.inject(person, number)
            counts.append(questions(nurse, address))
    assert counts == [FRAME + 23, FRAME + 23]  # one of them: what waits for a countersignature


def test_a_nurses_feed_asks_no_more_with_more_participants(nurse: Browser, ward: SiteFixture) -> None:
    address = address_of(nurse, "/feeds/")
    counts = []
    for _more in range(2):
        for _one in range(3):
            ward.booked(MONDAY)
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address).status_code == 200
        counts.append(len(captured))
    assert counts == [13, 13]


def test_looking_writes_nothing_but_the_minute(nurse: Browser) -> None:
    nurse.read("/participants/")
    with CaptureQueriesContext(connection) as captured:
        nurse.read("/participants/")
    assert {one["sql"].split()[0] for one in captured.captured_queries} == {"SELECT"}


def test_the_list_asks_no_more_with_more_calendars(nurse: Browser, ward: SiteFixture) -> None:
    counts = []
    for _more in range(2):
        for _one in range(3):
            ward.booked(MONDAY)
        with time_machine.travel(paris("2015-10-13 07:30"), tick=False):
            counts.append(questions(nurse, "/participants/"))
    assert counts == [FRAME + 8, FRAME + 8]
