"""What a new plan moves as months are added up now is said before anybody confirms, in both languages."""

from __future__ import annotations

from html import unescape

import pytest

from tests.month_trial import MEETING, MONTHS, booked_before, version_with
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture

SAID = {
    "en": "3 days move with any new plan, as months are now added up before a short month cuts them: "
    "C4D1 from",
    "fr": "3 jours se déplacent avec tout nouveau plan",
}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("page", ["first-injection", "version"])
def test_booking_and_amendment_say_which_days_move(
    nurse: Browser, investigator: Browser, ward: SiteFixture, page: str, language: str
) -> None:
    version_with(ward.site.trial, "2", *MONTHS)
    person = booked_before(ward)
    version_with(ward.site.trial, "3", *MONTHS)
    who = nurse if page == "first-injection" else investigator
    shown = who.get(f"/participants/{person.number}/{page}/", headers={"accept-language": language})
    assert SAID[language] in unescape(shown.content.decode())


def test_the_page_of_somebody_with_two_doses_on_a_day_says_so(nurse: Browser, ward: SiteFixture) -> None:
    version_with(ward.site.trial, "2", *MEETING)
    person = ward.booked()
    page = unescape(nurse.read(f"/participants/{person.number}/"))
    assert "More than one dose of Study injection is planned for Thursday 12 November 2015" in page


def test_nothing_is_said_where_no_month_is_counted(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked()
    assert "added up" not in nurse.read(f"/participants/{person.number}/first-injection/")
    assert "More than one dose" not in nurse.read(f"/participants/{person.number}/")
