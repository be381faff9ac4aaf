"""The pages of deviations."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from dosing.services.status import hold
from tests.checklist import in_boxes
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START


def missed(ward: SiteFixture) -> str:
    participant = ward.booked()
    ward.inject(
        participant, 1, outcome="missed", happened_at=None, reason="Refused.", at=paris(f"{MONDAY} 10:00")
    )
    return participant.number


def test_the_list_shows_what_was_drafted_and_narrows_by_state(nurse: Browser, ward: SiteFixture) -> None:
    number = missed(ward)
    assert "injection missed" in nurse.read("/deviations/")
    assert number not in nurse.read("/deviations/?state=closed")
    assert number in nurse.read("/deviations.csv")


def test_the_investigator_closes_one(investigator: Browser, ward: SiteFixture) -> None:
    address = f"/participants/{missed(ward)}/deviations/"
    page = investigator.send(address, number=1, important="no", assessment="One of fifteen.")
    assert "The deviation is classified." in page
    said = {"number": 1, "important": "no", "assessment": "One of fifteen.", "closed": "on"}
    status, page = investigator.refused(address, **said)
    assert status == 422 and "Sign this to close the deviation." in page
    page = investigator.send(address, **said, password=PASSWORD)
    assert "The deviation is closed." in page and "One of fifteen." in page
    status, _page = investigator.refused(address, number=1, important="no", assessment="Again.")
    assert status == 422


def test_a_consent_corrected_after_the_draw_says_what_it_contradicts(
    nurse: Browser, investigator: Browser, ward: SiteFixture
) -> None:
    number = ward.randomized().number
    with time_machine.travel(paris("2015-10-07 09:00"), tick=False):
        page = nurse.send(
            f"/participants/{number}/consent/correction/",
            **in_boxes(signed_on="2015-10-06"),
            reason="Misread.",
        )
        assert "a deviation is drafted. Tell the investigator." in page
        assert "presumed important" in nurse.read("/deviations/")
        assert "Presumed important because of its kind" in investigator.read(
            f"/participants/{number}/deviations/"
        )


def test_a_hold_that_has_passed_its_limit_stands_under_late(investigator: Browser, ward: SiteFixture) -> None:
    participant = ward.booked()
    until = MONDAY + timedelta(days=3)
    hold(participant=participant, reason="Fever.", until=until, by=ward.investigator, at=START)
    with time_machine.travel(paris("2015-10-17 09:00"), tick=False):
        assert "Treatment on hold · until Thu 15 Oct" in investigator.read("/today/")
        assert "The hold should have ended by" in investigator.read(f"/participants/{participant.number}/")


def test_who_has_died_is_not_called_withdrawn(nurse: Browser, ward: SiteFixture) -> None:
    number = ward.booked().number
    page = nurse.send(
        f"/participants/{number}/withdraw/",
        scope="death",
        **in_boxes(day="2015-10-05"),
        reason="His wife called.",
        password=PASSWORD,
    )
    assert "deceased" in page and "Died on Monday 5 October 2015" in page
    assert "deceased" in nurse.read("/participants/")
