"""The pages after a slip: the reasons, the options with every changed day, and the closed days."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from dosing.models import ClosedDay, CourseChoice, Plan
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Participant

WEEK_3 = paris("2015-10-26 09:00")


def treated(ward: SiteFixture) -> Participant:
    participant = ward.booked()
    for number in range(1, 6):
        ward.inject(participant, number)
    return participant


def test_the_page_of_days_says_why_each_day_is_what_it_is(nurse: Browser, ward: SiteFixture) -> None:
    page = nurse.read(f"/participants/{ward.booked().number}/days/")
    assert "Day 33: fifth day of course 2, which starts 28 days after day 1." in page
    assert "Armistice" in page


def test_an_option_shows_every_changed_day_old_and_new(nurse: Browser, ward: SiteFixture) -> None:
    person = treated(ward)
    with time_machine.travel(WEEK_3, tick=False):
        page = nurse.read(f"/participants/{person.number}/options/")
    assert "Course 2 starts on Thursday 12 November 2015, 3 days later than planned" in page
    assert '<th scope="row">C2D1</th><td>Mon 9 Nov 2015</td><td>Thu 12 Nov 2015</td>' in page
    assert "Stop the treatment" in page and not CourseChoice.objects.exists()


def test_choosing_needs_a_reason_and_then_moves_the_course(nurse: Browser, ward: SiteFixture) -> None:
    person, chosen = treated(ward), f"move:2:{MONDAY + timedelta(days=31)}"
    with time_machine.travel(WEEK_3, tick=False):
        address = f"/participants/{person.number}/options/"
        status, _page = nurse.refused(address, option=chosen, reason="")
        assert (status, Plan.objects.count()) == (422, 1)
        page = nurse.send(address, option=chosen, reason="Fever.")
    assert "The course is moved" in page and "Course 2 moved to start on" in page
    assert Plan.objects.get(superseded_at=None).injections.get(number=6).date == MONDAY + timedelta(days=31)


def test_an_option_that_is_not_offered_is_not_taken(nurse: Browser, ward: SiteFixture) -> None:
    person = treated(ward)
    with time_machine.travel(WEEK_3, tick=False):
        address = f"/participants/{person.number}/options/"
        status, _page = nurse.refused(address, option="move:2:2015-12-24", reason="Fever.")
    assert (status, Plan.objects.count()) == (422, 1)


def test_stopping_leads_to_the_page_of_withdrawal(nurse: Browser, ward: SiteFixture) -> None:
    person = treated(ward)
    with time_machine.travel(WEEK_3, tick=False):
        page = nurse.send(f"/participants/{person.number}/options/", option="stop", reason="Enough.")
    assert "Withdrawal, death or loss to follow-up" in page
    assert "Sign and record it" in page


def test_a_late_day_1_is_pointed_out_until_somebody_chooses(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked()
    at = paris("2015-10-13 09:00")
    ward.inject(person, 1, happened_at=at, at=at, deviation_reason="The train was late.")
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        assert "A course began on another day" in nurse.read(f"/participants/{person.number}/")
        page = nurse.send(
            f"/participants/{person.number}/options/", option="follow:1", reason="The real one."
        )
    assert "A course began on another day" not in page


@pytest.mark.parametrize("who", ["nurse", "investigator"])
def test_after_a_missed_first_injection_another_day_1_is_found_and_chosen(
    who: str, request: pytest.FixtureRequest, ward: SiteFixture
) -> None:
    browser: Browser = request.getfixturevalue(who)
    person = ward.booked()
    at = paris("2015-10-12 12:00")
    ward.inject(person, 1, outcome="missed", reason="Fever.", happened_at=None, at=at)
    address = f"/participants/{person.number}/options/"
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        page = browser.read(f"/participants/{person.number}/")
        assert "The first injection was missed" in page and f'href="{address}"' in page
        assert "Day 1 is the first injection, Tuesday 13 October 2015" in browser.read(address)
        page = browser.send(address, option="follow:1", reason="Fever on day 1.")
    assert "The first injection was missed" not in page
    assert "13 Oct" in page and f'href="{address}"' not in page


def test_a_closed_day_is_entered_warned_of_and_taken_back(nurse: Browser, ward: SiteFixture) -> None:
    day = (MONDAY + timedelta(days=2)).isoformat()
    page = nurse.send("/closed-days/", site=ward.site.pk, day=day, name="Strike")
    assert "Wednesday 14 October 2015" in page
    booking = nurse.read(f"/participants/{ward.randomized().number}/first-injection/")
    assert "Wed 14 Oct (Strike)" in booking
    nurse.send("/closed-days/", site=ward.site.pk, day=day, open_again="on")
    assert list(ClosedDay.objects.values_list("closed", flat=True)) == [True, False]
