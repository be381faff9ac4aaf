"""The pages of protocol versions."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from dosing.models import Plan, VisitRecord
from tests.amended import a_week_later
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.people.amendments import install_amendment
from trial.protocol.files import PROTOCOLS, parse_protocol

AMENDED = a_week_later(
    (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8").replace('version = "1"', 'version = "2"', 1)
)


def test_one_participant_is_moved_after_a_look_at_every_changed_day(
    investigator: Browser, ward: SiteFixture
) -> None:
    number = ward.booked().number
    install_amendment(file=parse_protocol(AMENDED), at=START)
    address = f"/participants/{number}/version/"
    page = investigator.read(address)
    assert '<th scope="row">V7</th><td>Mon 28 Mar 2016</td><td>Mon 4 Apr 2016</td>' in page
    assert Plan.objects.get().protocol_version.version == "1"
    assert "The calendar follows the newest protocol version." in investigator.send(
        address, reason="Amendment 2."
    )
    assert "There is nothing to move." in investigator.read(address)


def test_or_all_of_them(investigator: Browser, ward: SiteFixture) -> None:
    people = [ward.booked() for _ in range(2)]
    install_amendment(file=parse_protocol(AMENDED), at=START)
    page = investigator.read("/protocol-versions/")
    assert all(person.number in page for person in people) and "1 day would change" in page
    page = investigator.send("/protocol-versions/", reason="Amendment 2.")
    assert "2 participants are moved." in page and "Everybody is on the newest version." in page


def test_days_that_would_pass_are_named_and_can_be_said_not_applicable(
    investigator: Browser, ward: SiteFixture
) -> None:
    number = ward.booked().number
    sooner = (
        AMENDED.replace("day = 176", "day = 120")
        .replace("Day 176", "Day 120")
        .replace("Jour 176", "Jour 120")
    )
    install_amendment(file=parse_protocol(sooner), at=START)
    words = "1 day would lie in the past, with nothing recorded of it: V7 (Mon 8 Feb 2016)."
    address = f"/participants/{number}/version/"
    with time_machine.travel(paris(f"{MONDAY + timedelta(days=149)} 09:00"), tick=False):
        assert words in investigator.read(address) and words in investigator.read("/protocol-versions/")
        assert investigator.refused(address, reason="Amendment 2.", not_applicable="V6")[0] == 422
        investigator.send(address, reason="Amendment 2.", not_applicable="V7")
    assert VisitRecord.objects.get().outcome == "not_applicable"
