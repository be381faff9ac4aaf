"""The outbox shows what left, the trail shows what was done, each within reach."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dosing.reading.outbox import masked
from dosing.tick import tick
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.audit import record
from trial.core.chain import canonical
from trial.models import AuditEntry
from trial.pages.trail import details, harmless
from trial.permissions import Role
from trial.screening.shapes import EntryShape


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    """A mail folder instead of a mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def test_a_sent_reminder_can_be_read_without_its_address(
    nurse: Browser, ward: SiteFixture, folder: Path
) -> None:
    person = ward.booked(MONDAY, email="somebody@example.org")
    tick(at=paris("2015-10-11 20:00"))
    page = nurse.read("/outbox/")
    assert "Your appointment on Monday 12 October 2015" in page
    assert f"Your number: {person.number}" in page
    assert "somebody@example.org" not in page and "s…@example.org" in page


def test_another_sites_letters_are_not_shown(ward: SiteFixture, folder: Path) -> None:
    there = ward.booked(MONDAY, site=ward.second_site(), email="somebody@example.org")
    tick(at=paris("2015-10-11 20:00"))
    here = Browser(ward.worker(role=ward.nurse.role, name="only-here", site=ward.site))
    page = here.read("/outbox/")
    assert there.number not in page and "s…@example.org" not in page


def test_no_reminder_yet_says_when_they_are_planned(nurse: Browser) -> None:
    assert "They are planned when day 1 is booked" in nurse.read("/outbox/")


def test_the_trail_names_who_did_what(monitor: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    page = monitor.read(f"/audit/?q={person.number}")
    assert "calendar.booked" in page and "envelope.drawn" in page
    assert ward.nurse.user.username in page


def test_an_entry_of_a_draw_does_not_say_how_far_the_list_is_used(ward: SiteFixture) -> None:
    """Beside the target, which everybody knows, the place in the list is the number of envelopes left."""
    ward.booked(MONDAY)
    drawn = AuditEntry.objects.get(action="envelope.drawn")
    assert set(json.loads(drawn.body)) == {"list", "number", "stratum"}


def test_the_place_in_an_early_entry_of_a_draw_is_not_shown(monitor: Browser, ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    early = AuditEntry.objects.get(action="envelope.drawn")
    early.body = canonical(json.loads(early.body) | {"position": 31})
    assert {"number", "position"} <= set(json.loads(early.body))
    assert [name for name, _ in details(early)] == ["list", "number", "stratum"]
    assert set(EntryShape(early).data["body"]) == {"list", "number", "stratum"}


def test_the_trail_of_one_site_is_not_shown_to_another(ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    there = ward.worker(role=Role.MONITOR, name="there", site=ward.second_site())
    assert person.number not in Browser(there).read("/audit/")


def test_the_story_of_a_participant_is_told_latest_first(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-12 12:00"), tick=False):
        ward.inject(person, 1)
        page = nurse.read(f"/participants/{person.number}/")
    told = ["Injection 1 given", "Day 1 booked for", "Envelope drawn", "Found eligible", "Screening begun"]
    assert [page.index(words) for words in told] == sorted(page.index(words) for words in told)


def test_an_address_is_masked() -> None:
    assert masked("claire@example.org") == "c…@example.org"


def test_the_outbox_says_first_what_was_sent_and_then_what_comes_next(
    nurse: Browser, ward: SiteFixture
) -> None:
    ward.booked(MONDAY, email="somebody@example.org")
    tick(at=paris("2015-10-11 20:00"))
    page = nurse.read("/outbox/")
    sent, ahead = page.partition('id="ahead"')[::2]
    assert "Sent, or why not" in sent and ">planned<" not in sent
    days = ["Tue 13 Oct 2015", "Wed 14 Oct 2015", "Thu 15 Oct 2015"]
    places = [ahead.index(day) for day in days]
    assert places == sorted(places)


def test_the_trail_says_words_and_both_clocks(monitor: Browser, ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    page = monitor.read("/audit/")
    assert '<td data-label="What">Calendar booked</td>' in page
    assert '2015-10-05 09:30:00</time> <span class="small soft" translate="no">Europe/Paris' in page
    assert "2015-10-05 07:30:00 UTC" in page


@pytest.mark.parametrize(
    ("asked", "first", "absent"),
    [
        ("act=envelope.drawn", "Envelope drawn", "Calendar booked"),
        ("person=live-study_nurse", "Calendar booked", "Trial installed"),
        ("day=2015-10-05", "Calendar booked", None),
        ("day=2015-10-04", None, "Calendar booked"),
        ("day=nonsense", None, "Calendar booked"),
        ("act=pigeon.sent", None, "Calendar booked"),
    ],
)
def test_the_trail_is_searched_by_act_person_and_day(
    monitor: Browser, ward: SiteFixture, asked: str, first: str | None, absent: str | None
) -> None:
    ward.booked(MONDAY)
    rows = monitor.read(f"/audit/?{asked}").partition("<tbody>")[2].partition("</tbody>")[0]
    assert first is None or first in rows
    assert absent is None or absent not in rows


def test_the_trail_is_searched_by_participant_however_the_number_is_typed(
    monitor: Browser, ward: SiteFixture
) -> None:
    one, other = ward.booked(MONDAY), ward.booked(MONDAY)
    rows = monitor.read(f"/audit/?participant={one.number.lower().replace('-', ' ')}").partition("<tbody>")[2]
    assert one.number in rows and other.number not in rows


def test_the_trail_can_be_taken_along_and_no_cell_is_a_formula(monitor: Browser, ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    with transaction.atomic():
        record(
            action="day.closed",
            subject="=1+1",
            by=ward.nurse,
            at=START,
            trial=ward.world.trial,
            body={"reason": "@SUM(A1)"},
        )
    answer = monitor.get("/audit/trail.csv?act=day.closed")
    row = next(csv.DictReader(io.StringIO(answer.content.decode())))
    assert (row["about"], row["code"], row["act"]) == ("'=1+1", "day.closed", "Day closed")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trail.csv"'
    assert [harmless(one) for one in ("-1", "\t=1", " =1", "1-1")] == ["'-1", "'\t=1", "' =1", "1-1"]


def test_the_trail_costs_the_same_however_much_it_holds(monitor: Browser, ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    monitor.read("/audit/")
    with CaptureQueriesContext(connection) as few:
        monitor.read("/audit/")
    for _time in range(3):
        ward.booked(MONDAY)
    with CaptureQueriesContext(connection) as many:
        monitor.read("/audit/")
    assert len(few) == len(many)
