"""After a death, or the end of the maker's duty, an address cancels what it showed, for thirty days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.test import Client

from dosing.services.feeding import make_feed
from dosing.services.judging import SaidOfVisit
from dosing.services.recording import record_visit
from dosing.services.status import withdraw
from tests.pages.conftest import Browser
from tests.pages.test_feeds import address_of, events
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Delegation, Participant
from trial.people.delegating import end_delegation
from trial.people.duties.shutting import revoke_addresses
from trial.permissions import Role

WEDNESDAY = paris("2015-10-14 11:00")
LAST = timedelta(days=30) - timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def anne(ward: SiteFixture) -> Participant:
    """Two of her injections are given."""
    person = ward.booked()
    ward.inject(person, 1)
    ward.inject(person, 2)
    return ward.again(person)


def die(ward: SiteFixture, person: Participant, at: datetime = WEDNESDAY) -> None:
    day = at.date()
    withdraw(participant=ward.again(person), scope="death", reason="At home.", day=day, by=ward.nurse, at=at)


def leave(duty: Delegation, ward: SiteFixture, at: datetime = WEDNESDAY) -> None:
    admin = ward.world.person(Role.ADMINISTRATOR)
    end_delegation(delegation=duty, by=admin, at=at, reason="Leaves.")


def at(moment: datetime, address: str) -> tuple[int, bytes]:
    with time_machine.travel(moment, tick=False):
        answer = Client().get(address)
    return answer.status_code, answer.content


def days(content: bytes) -> dict[str, date]:
    found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return {str(event["UID"]): event.start for event in found}


def test_after_a_death_only_what_was_shown_and_lies_ahead_is_cancelled(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    shown = days(at(WEDNESDAY, address)[1])
    die(ward, anne)
    status, content = at(WEDNESDAY, address)
    ahead = {uid: day for uid, day in shown.items() if day >= date(2015, 10, 14)}
    assert (status, days(content)) == (200, ahead)
    assert 0 < len(ahead) < len(shown)


def test_they_hold_identity_day_and_the_word_and_no_more(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    before = {uid: int(event["SEQUENCE"]) for uid, event in events(address).items()}
    die(ward, anne)
    _status, content = at(WEDNESDAY, address)
    said = {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "CLASS"}
    for event in icalendar.Calendar.from_ical(content).walk("VEVENT"):
        assert set(event) == said
        assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("Cancelled", "CANCELLED")
        assert int(event["SEQUENCE"]) > before[str(event["UID"])]
    assert anne.number.encode() not in content


def test_the_word_is_french_at_a_french_address(ward: SiteFixture, anne: Participant) -> None:
    secret = make_feed(by=ward.nurse, at=START, language="fr", participant=anne)
    die(ward, anne)
    _status, content = at(WEDNESDAY, f"/feeds/{secret}.ics")
    assert content.count("SUMMARY:Annulé\r\n".encode()) == content.count(b"BEGIN:VEVENT")


@pytest.mark.parametrize("end", ["death", "duty"])
def test_for_thirty_days_and_then_it_is_gone(
    nurse: Browser, ward: SiteFixture, anne: Participant, end: str
) -> None:
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    die(ward, anne) if end == "death" else leave(ward.nurse, ward)
    content = at(WEDNESDAY, address)[1]
    assert at(WEDNESDAY + LAST, address) == (200, content)
    assert at(WEDNESDAY + LAST + timedelta(seconds=1), address)[0] == 410


def test_after_the_end_of_a_duty_nothing_new_shows(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    other = ward.worker(role=Role.STUDY_NURSE, name="stays", site=ward.site)
    address = address_of(nurse, "/feeds/")
    leave(ward.nurse, ward)
    content = at(WEDNESDAY, address)[1]
    record_visit(
        participant=anne,
        code="V2",
        said=SaidOfVisit(outcome="moved", day=date(2015, 10, 21), reason="Asked to."),
        by=other,
        at=WEDNESDAY + DAY,
    )
    assert at(WEDNESDAY + 3 * DAY, address) == (200, content)


def test_a_visit_that_was_moved_is_cancelled_where_it_was_shown(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    moved = SaidOfVisit(outcome="moved", day=date(2015, 10, 21), reason="Asked to.")
    record_visit(participant=anne, code="V2", said=moved, by=ward.nurse, at=WEDNESDAY)
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    die(ward, anne)
    found = days(at(WEDNESDAY, address)[1])
    assert [day for uid, day in found.items() if "-visit-v2@" in uid] == [date(2015, 10, 21)]


def test_an_ended_duty_says_that_the_appointments_stand(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    mine = address_of(nurse, f"/participants/{anne.number}/feeds/")
    leave(ward.nurse, ward)
    assert b"no appointment is cancelled by that" in at(WEDNESDAY, mine)[1].replace(b"\r\n ", b"")


def test_a_death_says_no_such_thing(nurse: Browser, ward: SiteFixture, anne: Participant) -> None:
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    die(ward, anne)
    assert b"CALDESC" not in at(WEDNESDAY, address)[1]


def test_somebody_who_died_is_cancelled_at_the_nurses_address_by_number(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    address = address_of(nurse, "/feeds/")
    die(ward, anne)
    shown = icalendar.Calendar.from_ical(at(WEDNESDAY, address)[1]).walk("VEVENT")
    cancelled = [str(event["SUMMARY"]) for event in shown if event["STATUS"] == "CANCELLED"]
    assert cancelled
    assert all(said.startswith(f"Cancelled · {anne.number} · ") for said in cancelled)


def test_an_address_that_is_revoked_while_it_cancels_is_gone_at_once(
    nurse: Browser, ward: SiteFixture, anne: Participant
) -> None:
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    die(ward, anne)
    admin = ward.world.person(Role.ADMINISTRATOR)
    assert revoke_addresses(user=ward.nurse.user, by=admin, at=WEDNESDAY, reason="Lost.") == 1
    assert at(WEDNESDAY, address)[0] == 410


def test_what_is_over_is_no_try_at_a_secret(nurse: Browser, ward: SiteFixture, anne: Participant) -> None:
    address = address_of(nurse, f"/participants/{anne.number}/feeds/")
    die(ward, anne)
    at(WEDNESDAY + 31 * DAY, address)
    assert not AuditEntry.objects.filter(action="feed.failed").exists()
    Client().get("/feeds/" + "x" * 43 + ".ics")
    assert AuditEntry.objects.filter(action="feed.failed").exists()
