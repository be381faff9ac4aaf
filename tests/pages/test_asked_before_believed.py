"""Unlikely numbers on the checklist's page: asked about, kept as typed, taken once confirmed."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings

from dosing.demo_world import passing_answers
from dosing.models import Deviation
from tests.checklist import in_boxes, in_words
from tests.pages.conftest import Browser
from tests.pages.test_installed_goes_on import installed_before
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import AuditEntry, EligibilityCheck, Participant
from trial.screening.services import screen


def checklist(person: Participant) -> str:
    return f"/participants/{person.number}/eligibility/"


def whole(ward: SiteFixture, **answers: object) -> dict[str, object]:
    """Answers to every question as the page sends them."""
    passing = passing_answers(ward.site.trial.protocol_version.protocol, START.date())
    return in_words({"birth_date": "1960-05-17"} | passing | answers)


def box(page: str, name: str = "I7") -> str:
    """The box that confirms an answer; empty where there is none."""
    found = re.search(rf'<input[^>]*name="confirm-{name}"[^>]*>', page)
    return found[0] if found else ""


@pytest.mark.parametrize("typed", ["695", "695,0", "4,9", "160.1", "-70", "0", "1 012"])
def test_an_unlikely_number_is_asked_about_and_changes_nothing(
    nurse: Browser, ward: SiteFixture, typed: str
) -> None:
    person, entries = ward.consented(), AuditEntry.objects.count()
    status, page = nurse.refused(checklist(person), **whole(ward, I7=typed))
    assert status == 422 and "is outside 5 to 160. Is it right?" in page
    assert f'value="{typed}"' in page and "checked" not in box(page)
    assert not EligibilityCheck.objects.exists()
    assert AuditEntry.objects.count() == entries
    assert ward.status(person) == "screening"


def test_the_question_stands_at_its_field_and_the_box_behind_it(nurse: Browser, ward: SiteFixture) -> None:
    _status, page = nurse.refused(checklist(ward.consented()), **whole(ward, I7="695"))
    assert page.index('id="id_I7_error"') < page.index('id="id_I7"') < page.index('id="id_confirm-I7"')
    assert 'value="695"' in box(page) and "data-unkept" in box(page)
    assert "Yes, 695 % is right." in page


def test_the_confirmed_number_is_judged_and_stands_in_the_trail(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    nurse.send(checklist(person), **whole(ward, I7="695", **{"confirm-I7": "695"}))
    check = EligibilityCheck.objects.get()
    assert (check.eligible, check.answers["I7"]) == (True, 695)
    entry = AuditEntry.objects.get(action="participant.eligibility_checked")
    assert json.loads(entry.body)["confirmed"] == {"I7": "695"}


@pytest.mark.parametrize("ticked", ["69.5", "6950", "on", "yes", "True", ""])
def test_a_box_for_another_number_confirms_nothing_and_is_not_ticked_again(
    nurse: Browser, ward: SiteFixture, ticked: str
) -> None:
    status, page = nurse.refused(
        checklist(ward.consented()), **whole(ward, I7="695", **{"confirm-I7": ticked})
    )
    assert status == 422 and 'value="695"' in box(page) and "checked" not in box(page)
    assert not EligibilityCheck.objects.exists()


@pytest.mark.parametrize("typed", ["69,5", "69.5", "5", "160"])
def test_a_likely_number_is_not_asked_about(nurse: Browser, ward: SiteFixture, typed: str) -> None:
    nurse.send(checklist(ward.consented()), **whole(ward, I7=typed))
    assert EligibilityCheck.objects.count() == 1
    entry = AuditEntry.objects.get(action="participant.eligibility_checked")
    assert "confirmed" not in json.loads(entry.body)


def test_a_number_put_right_after_the_question_needs_no_box(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    nurse.refused(checklist(person), **whole(ward, I7="695"))
    nurse.send(checklist(person), **whole(ward, I7="69,5", **{"confirm-I7": "695"}))
    assert EligibilityCheck.objects.get().failures[0]["id"] == "I7"


def test_it_is_asked_in_french(nurse: Browser, ward: SiteFixture) -> None:
    nurse.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    _status, page = nurse.refused(checklist(ward.consented()), **whole(ward, I7="1695,5"))
    assert "n’est pas compris entre 5 et 160. Est-ce exact\u202f?" in page
    assert "Oui, 1695,5" in page and "est exact." in page


def test_a_second_check_asks_again(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    nurse.send(checklist(person), **whole(ward, I7="695", **{"confirm-I7": "695"}))
    status, _page = nurse.refused(checklist(person), **whole(ward, I7="695"))
    assert status == 422 and EligibilityCheck.objects.count() == 1


def test_it_may_wait_unasked_and_is_asked_about_when_it_is_judged(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    nurse.send(checklist(person), keep="yes", I7="695")
    status, page = nurse.refused(checklist(person), **whole(ward, I7="695"))
    assert status == 422 and box(page)


def test_an_installed_version_without_a_range_asks_nothing(nurse: Browser, ward: SiteFixture) -> None:
    installed_before(ward.site.trial, "no plausible range")
    nurse.send(checklist(ward.consented()), **whole(ward, I7="695"))
    assert EligibilityCheck.objects.get().eligible


# --- The day of a consent ----------------------------------------------------------------------------

EARLY = "2015-09-06"
"""A day before the screening period of whoever would have day 1 today."""


def ways(ward: SiteFixture) -> list[tuple[str, str, dict[str, object]]]:
    """Address, field, and what else is asked: of a new number, a first consent, a correction."""
    bare = screen(site=ward.site, by=ward.nurse, at=START)
    signed = ward.consented()
    return [
        ("/participants/new/", "consent_signed_on", {"site": ward.site.pk}),
        (f"/participants/{bare.number}/consent/", "signed_on", {}),
        (f"/participants/{signed.number}/consent/correction/", "signed_on", {"reason": "Misread."}),
    ]


@pytest.mark.parametrize("way", range(3))
def test_an_odd_consent_is_asked_about_kept_as_typed_and_drafted_when_confirmed(
    nurse: Browser, ward: SiteFixture, way: int
) -> None:
    address, field, more = ways(ward)[way]
    status, page = nurse.refused(address, **more, **in_boxes(**{field: EARLY}))
    assert status == 422 and "the screening period reaches back to 7 September 2015. Is it right?" in page
    assert f'value="{EARLY}"' in box(page, field) and "checked" not in box(page, field)
    assert not Deviation.objects.exists()
    nurse.send(address, **more, **in_boxes(**{field: EARLY}), **{f"confirm-{field}": EARLY})
    assert list(Deviation.objects.values_list("kind", flat=True)) == ["consent_off_period"]


@pytest.mark.parametrize("way", range(3))
def test_a_box_for_another_day_keeps_none(nurse: Browser, ward: SiteFixture, way: int) -> None:
    address, field, more = ways(ward)[way]
    status, page = nurse.refused(
        address, **more, **in_boxes(**{field: "2015-08-01"}), **{f"confirm-{field}": EARLY}
    )
    assert status == 422 and "the site opened on 1 September 2015" in page
    assert "checked" not in box(page, field) and not Deviation.objects.exists()


def test_an_odd_consent_is_asked_about_in_french(nurse: Browser, ward: SiteFixture) -> None:
    nurse.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    _status, page = nurse.refused(
        "/participants/new/", site=ward.site.pk, **in_boxes(consent_signed_on=EARLY)
    )
    assert "la période de sélection remonte au 7 septembre 2015. Est-ce exact" in page
