"""Every page of a participant whose code was broken says so; the lists and counts too."""

from __future__ import annotations

import pytest
import time_machine

from randomization.models import CodeBreakNotice
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Participant
from trial.permissions import Role


@pytest.fixture
def person(ward: SiteFixture) -> Participant:
    """Somebody whose code was broken on Wednesday night."""
    person, doctor = ward.booked(MONDAY), ward.world.person(Role.INVESTIGATOR)
    CodeBreakNotice.objects.create(participant=person, by=doctor, at=paris("2015-10-14 02:10"))
    return person


@pytest.mark.parametrize(
    "path", ["", "calendar/", "receipt/", "days/", "options/", "contact/", "hold/", "withdraw/", "feeds/"]
)
def test_every_page_of_that_participant_says_it(
    investigator: Browser, person: Participant, path: str
) -> None:
    page = investigator.read(f"/participants/{person.number}/{path}")
    assert "Code broken on Wed 14 Oct 2015, 02:10, site time (Europe/Paris)" in page


def test_nobody_elses_page_says_it(investigator: Browser, ward: SiteFixture, person: Participant) -> None:
    assert "Code broken" not in investigator.read(f"/participants/{ward.booked(MONDAY).number}/")


def test_today_and_the_list_say_it(investigator: Browser, person: Participant) -> None:
    assert "Code broken on Wed 14 Oct" in investigator.read("/today/")
    assert "code broken" in investigator.read("/participants/")


def test_the_managers_page_today_says_it_too_and_offers_nothing_to_record(
    ward: SiteFixture, nurse: Browser, person: Participant
) -> None:
    manager = Browser(ward.world.person(Role.TRIAL_MANAGER))
    with time_machine.travel(paris("2015-10-15 09:00"), tick=False):
        assert 'href="/today/"' in manager.read("/participants/")
        page, offered = manager.read("/today/"), nurse.read("/today/")
    assert "Code broken on Wed 14 Oct" in page and "Course 1, day 4" in page
    for address in (f"/participants/{person.number}/injections/", "/feeds/"):
        assert address in offered and address not in page


def test_a_nurse_and_a_monitor_are_told_on_the_participants_page_alone(
    ward: SiteFixture, nurse: Browser, monitor: Browser, person: Participant
) -> None:
    assert "Code broken on" not in nurse.read("/today/")
    assert monitor.get("/today/").status_code == 403


def test_progress_counts_them(investigator: Browser, ward: SiteFixture, person: Participant) -> None:
    ward.booked(MONDAY)
    assert "Codes broken: of 1 participant." in investigator.read("/progress/")


def test_the_page_of_the_draw_warns_who_knows_arms(
    investigator: Browser, nurse: Browser, ward: SiteFixture, person: Participant
) -> None:
    address = f"/participants/{ward.eligible().number}/randomize/"
    assert "let them draw" in investigator.read(address)
    assert "let them draw" not in nurse.read(address)
