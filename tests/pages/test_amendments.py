"""The pages of protocol versions."""

from __future__ import annotations

from dosing.models import Plan
from tests.amended import a_week_later
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture
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
