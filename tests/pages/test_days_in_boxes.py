"""Days in three boxes and numbers as text, on the clinic's pages: what is wrong is said of its box."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.conf import settings

from tests.checklist import in_boxes
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Consent, Participant

NEW = "/participants/new/"


def box(page: str, name: str) -> str:
    """One box of a day."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found
    return found[0]


def summary(page: str) -> list[tuple[str, str]]:
    """Where the list of problems leads, and with which sentence."""
    listed = page.partition('class="problem-list"')[2].partition("</ul>")[0]
    return re.findall(r'<a href="#([^"]+)">[^<]* – ([^<]*)</a>', listed)


@pytest.mark.parametrize(
    ("typed", "at_fault", "sentence"),
    [
        (("5", "10", "15"), "year", "“15” is no year. Write all four digits, such as 1952."),
        (("31", "9", "2015"), "day", "There is no 31 September 2015: that month has 30 days."),
        (("9", "31", "2015"), "month", "“31” is no month. Write 1 to 12, or its name."),
        (("5", "", "2015"), "month", "The month is missing."),
        (("٥", "10", "2015"), "day", "“٥” is no day of a month. Write 1 to 31."),
    ],
)
def test_the_box_at_fault_is_marked_and_led_to_and_shows_what_was_typed(
    nurse: Browser, ward: SiteFixture, typed: tuple[str, str, str], at_fault: str, sentence: str
) -> None:
    names = {
        f"consent_signed_on_{part}": said for part, said in zip(("day", "month", "year"), typed, strict=True)
    }
    status, page = nurse.refused(NEW, site=ward.site.pk, **names)
    assert (status, summary(page)) == (422, [(f"id_consent_signed_on_{at_fault}", sentence)])
    for name, said in names.items():
        assert f'value="{said}"' in box(page, name)
        assert ('aria-invalid="true"' in box(page, name)) == name.endswith(at_fault)
    assert not Participant.objects.exists()


def test_two_boxes_at_fault_have_a_sentence_each(nurse: Browser, ward: SiteFixture) -> None:
    _status, page = nurse.refused(
        NEW, site=ward.site.pk, consent_signed_on_day="5", consent_signed_on_year="15"
    )
    assert [place for place, _sentence in summary(page)] == [
        "id_consent_signed_on_month",
        "id_consent_signed_on_year",
    ]


def test_what_a_service_refuses_leads_to_the_first_box_and_marks_all(
    nurse: Browser, ward: SiteFixture
) -> None:
    _status, page = nurse.refused(NEW, site=ward.site.pk, **in_boxes(consent_signed_on="2015-10-06"))
    assert [place for place, _sentence in summary(page)] == ["id_consent_signed_on_day"]
    assert page.count('aria-invalid="true"') == 3


def test_a_month_may_be_named_and_leading_zeros_change_nothing(nurse: Browser, ward: SiteFixture) -> None:
    nurse.send(
        NEW,
        site=ward.site.pk,
        consent_signed_on_day="05",
        consent_signed_on_month="octobre",
        consent_signed_on_year="2015",
    )
    assert Consent.objects.get().signed_on.isoformat() == "2015-10-05"


def test_the_boxes_are_one_question_with_a_legend_and_names_of_their_own(nurse: Browser) -> None:
    nurse.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    page = nurse.read(NEW)
    assert re.search(r"<legend>Consentement signé le", page)
    labels = re.findall(r'<label for="id_consent_signed_on_\w+">(\w+)</label>', page)
    assert labels == ["Jour", "Mois", "Année"]
    for part in ("day", "month", "year"):
        control = box(page, f"consent_signed_on_{part}")
        assert 'inputmode="numeric"' in control and 'autocomplete="off"' in control


def test_a_date_of_birth_is_not_kept_in_the_browser(nurse: Browser, ward: SiteFixture) -> None:
    page = nurse.read(f"/participants/{ward.consented().number}/eligibility/")
    assert all("data-unkept" in box(page, f"birth_date_{part}") for part in ("day", "month", "year"))
    assert "data-unkept" not in box(page, "I6_day")


@pytest.mark.parametrize("typed", ["2:30 PM", "930", "24:00", "14.30"])
def test_a_time_that_could_be_another_is_refused_and_shown_as_typed(
    nurse: Browser, ward: SiteFixture, typed: str
) -> None:
    person = ward.booked(MONDAY)
    where = {"body_site": "abdomen_left", "place": "hospital", "given_by": "C. F."}
    with time_machine.travel(paris("2015-10-12 15:00"), tick=False):
        address = f"/participants/{person.number}/injections/1/"
        status, page = nurse.refused(address, time=typed, **where, **in_boxes(day=str(MONDAY)))
    assert status == 422 and "24-hour clock, such as 14:30" in page
    assert f'value="{typed}"' in box(page, "time")


@pytest.mark.parametrize(("language", "shown"), [("en-gb", "69.5"), ("fr", "69,5")])
def test_a_kept_number_is_shown_in_the_language_of_the_page(
    nurse: Browser, ward: SiteFixture, language: str, shown: str
) -> None:
    address = f"/participants/{ward.consented().number}/eligibility/"
    nurse.send(address, keep="yes", I7="69,5")
    nurse.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert f'value="{shown}"' in box(nurse.read(address), "I7")


@pytest.mark.parametrize("typed", ["1,234", " 69,5 %", "6 9,5", "+70", "070"])
def test_a_number_that_is_refused_is_shown_as_it_was_typed(
    nurse: Browser, ward: SiteFixture, typed: str
) -> None:
    address = f"/participants/{ward.consented().number}/eligibility/"
    status, page = nurse.refused(address, keep="yes", I7=typed)
    assert (status, [place for place, _sentence in summary(page)]) == (422, ["id_I7"])
    assert f'value="{typed}"' in box(page, "I7")
