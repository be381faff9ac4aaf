"""Calendars that go along: secret addresses, read by two independent libraries, and files."""

from __future__ import annotations

import re
from datetime import date, timedelta

import icalendar
import time_machine
import vobject
from django.test import Client

from dosing.models import CalendarFeed
from dosing.services.choosing import move_course
from dosing.services.feeding import make_feed
from dosing.services.status import withdraw
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START, leave
from trial.models import Participant
from trial.people.amendments import install_amendment
from trial.people.delegating import end_delegation
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, parse_protocol

NOW = paris(f"{MONDAY} 15:00")


def address_of(browser: Browser, page: str) -> str:
    """Make an address on that page and read it there."""
    content = browser.post(page).content.decode()
    found = re.search(r"/feeds/[\w-]{43}\.ics", content)
    assert found, content
    return found.group()


def events(address: str) -> dict[str, icalendar.Event]:
    answer = Client().get(address)
    assert answer.status_code == 200
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_two_libraries_read_the_same_days(nurse: Browser, ward: SiteFixture) -> None:
    number = ward.booked().number
    address = address_of(nurse, f"/participants/{number}/feeds/")
    ours = {(uid, event.start) for uid, event in events(address).items()}
    theirs = vobject.readOne(Client().get(address).content.decode())
    assert {(str(event.uid.value), event.dtstart.value) for event in theirs.vevent_list} == ours
    assert len(ours) == 15 + 7
    assert theirs.vtimezone.tzid.value == "Europe/Paris"


def test_the_nurses_address_shows_everybody_within_reach_and_nobody_else(ward: SiteFixture) -> None:
    here, there = ward.booked(), ward.booked(site=ward.second_site())
    browser = Browser(ward.worker(role=Role.STUDY_NURSE, name="only-here", site=ward.site))
    text = Client().get(address_of(browser, "/feeds/")).content.decode()
    assert here.number in text and there.number not in text


def test_a_moved_course_keeps_its_uids_with_a_higher_sequence(nurse: Browser, ward: SiteFixture) -> None:
    participant = ward.booked()
    address = address_of(nurse, f"/participants/{participant.number}/feeds/")
    ward.inject(participant, 1)
    before = events(address)
    start = MONDAY + timedelta(days=30)
    move_course(
        participant=ward.again(participant), course=2, start=start, reason="Away.", by=ward.nurse, at=NOW
    )
    after = events(address)
    assert before.keys() == after.keys()
    moved = {uid for uid in before if before[uid].start != after[uid].start}
    assert {uid.rpartition("-")[2] for uid in moved} == {f"{n}@velum" for n in range(6, 11)}
    assert all(after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in before)


def test_what_the_new_plan_has_no_more_is_cancelled(investigator: Browser, ward: SiteFixture) -> None:
    participant = ward.booked()
    address = address_of(investigator, f"/participants/{participant.number}/feeds/")
    text = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8").replace('"V6"', '"V6B"')
    install_amendment(file=parse_protocol(text.replace("visits[V6]", "visits[V6B]")), at=START)
    investigator.send(f"/participants/{participant.number}/version/", reason="Renamed.")
    found = events(address)
    states = {uid: str(event["STATUS"]) for uid, event in found.items() if "v6" in uid}
    assert sorted(states.values()) == ["CANCELLED", "CONFIRMED"]


def gone(address: str) -> bool:
    return Client().get(address).status_code == 410


def only_cancels(address: str) -> bool:
    states = {str(event["STATUS"]) for event in events(address).values()}
    return states == {"CANCELLED"}


def test_an_address_ends_when_it_is_revoked(nurse: Browser, ward: SiteFixture) -> None:
    ward.booked()
    address = address_of(nurse, "/feeds/")
    assert not gone(address)
    nurse.send("/feeds/", revoke=CalendarFeed.objects.get().digest)
    assert gone(address)
    assert Client().get("/feeds/" + "x" * 43 + ".ics").status_code == 404


def test_the_page_does_not_count_the_addresses_that_others_made(nurse: Browser, ward: SiteFixture) -> None:
    """A key of the database would; the twins of two sites found it."""
    there = ward.worker(role=Role.STUDY_NURSE, name="there", site=ward.second_site())
    for _ in range(7):
        make_feed(by=there, at=START, language="en")
    address_of(nurse, "/feeds/")
    feed = CalendarFeed.objects.get(made_by=ward.nurse)
    named = re.findall(r'name="revoke" value="(.*?)"', nurse.get("/feeds/").content.decode())
    assert named == [feed.digest]


def test_and_with_the_duty_of_its_maker(nurse: Browser, ward: SiteFixture) -> None:
    ward.booked()
    address = address_of(nurse, "/feeds/")
    by = ward.world.person(Role.ADMINISTRATOR)
    end_delegation(delegation=ward.nurse, by=by, at=START, reason="Leaves.")
    assert only_cancels(address)


def test_and_with_the_account_of_its_maker(nurse: Browser, investigator: Browser, ward: SiteFixture) -> None:
    page = f"/participants/{ward.booked().number}/feeds/"
    addresses = [address_of(nurse, "/feeds/"), address_of(nurse, page)]
    kept = address_of(investigator, page)
    leave(ward.nurse, "account")
    assert [gone(address) for address in (*addresses, kept)] == [True, True, False]
    listed = re.findall(r'name="revoke" value="(.*?)"', investigator.read(page))
    assert listed == [CalendarFeed.objects.get(made_by=ward.investigator).digest]


def left(ward: SiteFixture, participant: Participant, scope: str) -> None:
    withdraw(participant=ward.again(participant), scope=scope, reason="So.", by=ward.nurse, at=START)


def test_and_with_the_consent_to_be_contacted(nurse: Browser, ward: SiteFixture) -> None:
    participant = ward.booked()
    address = address_of(nurse, f"/participants/{participant.number}/feeds/")
    left(ward, participant, "treatment")
    assert {str(event["STATUS"]) for event in events(address).values()} == {"CANCELLED", "CONFIRMED"}
    left(ward, participant, "contact")
    assert gone(address)


def test_only_the_digest_of_a_secret_is_kept_and_it_is_shown_once(nurse: Browser, ward: SiteFixture) -> None:
    ward.booked()
    secret = address_of(nurse, "/feeds/").removeprefix("/feeds/").removesuffix(".ics")
    assert secret not in str(list(CalendarFeed.objects.values()))
    assert secret not in nurse.read("/feeds/")


def test_the_files_of_the_page_are_those_of_the_api(nurse: Browser, ward: SiteFixture) -> None:
    number = ward.booked().number
    table = nurse.read(f"/participants/{number}/calendar.csv").splitlines()
    assert len(table) == 1 + 15 + 7
    assert table[1] == f"{number},injection,C1D1,1,1,1,2015-10-12,2015-10-12,2015-10-12,planned,,,,"
    assert nurse.get(f"/participants/{number}/calendar.pdf").content.startswith(b"%PDF")
    assert nurse.get(f"/participants/{number}/calendar.exe").status_code == 404


def test_a_feed_is_the_same_on_another_day(nurse: Browser, ward: SiteFixture) -> None:
    ward.booked()
    address = address_of(nurse, "/feeds/")
    first = Client().get(address).content
    with time_machine.travel(START + timedelta(hours=9), tick=False):
        assert Client().get(address).content == first
    assert date(2015, 10, 12) == MONDAY
