"""A checklist on its page, kept half-done; and forms that are taken once however often they come."""

from __future__ import annotations

import pytest
import time_machine

from dosing.models import InjectionRecord
from tests.checklist import in_boxes
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import AuditEntry, ChecklistDraft, EligibilityCheck, Participant

KEY = "key-of-the-browser"


def checklist(person: Participant) -> str:
    return f"/participants/{person.number}/eligibility/"


def send(browser: Browser, address: str, key: str = KEY, **answers: object):  # type: ignore[no-untyped-def]
    """As `velum/keep.js` sends a form."""
    return browser.post(address, answers, headers={"Idempotency-Key": key, "Velum-Sent": "script"})


def test_answers_kept_for_later_stand_in_the_form_again(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    page = nurse.send(checklist(person), keep="yes", I1="yes", I7="63", **in_boxes(birth_date="1960-05-17"))
    assert "Saved for later: 2 of" in page and "Continue the checklist" in page
    form = nurse.read(checklist(person))
    assert 'value="63"' in form and "saved this unfinished on" in form
    assert "1960" not in form and "1960" not in str(ChecklistDraft.objects.get().answers)


def test_what_cannot_be_read_is_not_kept_and_what_is_missing_is_no_fault(
    nurse: Browser, ward: SiteFixture
) -> None:
    status, page = nurse.refused(checklist(ward.consented()), keep="yes", I7="seventy")
    assert status == 422 and 'id="id_I7_error"' in page and "Choose yes or no." not in page
    assert not ChecklistDraft.objects.exists()


def test_a_kept_checklist_is_judged_when_it_is_whole(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    nurse.send(checklist(person), keep="yes", I1="yes")
    status, page = nurse.refused(checklist(person), I1="yes")
    assert status == 422 and "Choose yes or no." in page
    assert not EligibilityCheck.objects.exists()


def test_a_form_sent_twice_is_recorded_once_and_answered_alike(nurse: Browser, ward: SiteFixture) -> None:
    entries = AuditEntry.objects.count()
    answers = [send(nurse, "/participants/new/", site=ward.site.pk) for _again in range(2)]
    assert Participant.objects.count() == 1
    assert AuditEntry.objects.count() == entries + 1
    number = Participant.objects.get().number
    assert {answer.headers["Velum-Next"] for answer in answers} == {f"/participants/{number}/"}
    assert nurse.read(f"/participants/{number}/").count(f"The number is {number}") == 2


def test_another_form_has_another_key(nurse: Browser, ward: SiteFixture) -> None:
    for key in ("one", "two"):
        send(nurse, "/participants/new/", key=key, site=ward.site.pk)
    assert Participant.objects.count() == 2


def test_the_same_key_with_other_answers_is_refused_with_what_was_said(
    nurse: Browser, ward: SiteFixture
) -> None:
    send(nurse, "/participants/new/", site=ward.site.pk)
    again = send(nurse, "/participants/new/", site=ward.site.pk, **in_boxes(consent_signed_on="2015-10-05"))
    assert again.status_code == 422 and "already sent with other answers" in again.content.decode()
    assert Participant.objects.count() == 1


def test_a_refusal_is_not_kept_so_the_mended_form_goes_through(nurse: Browser, ward: SiteFixture) -> None:
    assert (
        send(
            nurse, "/participants/new/", site=ward.site.pk, **in_boxes(consent_signed_on="2031-01-01")
        ).status_code
        == 422
    )
    assert send(nurse, "/participants/new/", site=ward.site.pk).status_code == 200
    assert Participant.objects.count() == 1


def test_an_injection_whose_answer_was_lost_is_not_asked_to_be_corrected(
    nurse: Browser, ward: SiteFixture
) -> None:
    address = f"/participants/{ward.booked(MONDAY).number}/injections/1/"
    late = {"outcome": "missed", "reason": "Fever"}
    with time_machine.travel(paris("2015-10-12 12:00"), tick=False):
        answers = [send(nurse, f"{address}?outcome=missed", **late) for _again in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert InjectionRecord.objects.count() == 1


def test_without_script_the_forms_own_token_is_its_key(nurse: Browser, ward: SiteFixture) -> None:
    token = {"csrfmiddlewaretoken": "x" * 64, "site": ward.site.pk}
    for _again in range(2):
        assert nurse.post("/participants/new/", token).status_code == 302
    assert Participant.objects.count() == 1


def test_somebody_elses_key_is_not_mine(nurse: Browser, investigator: Browser, ward: SiteFixture) -> None:
    for browser in (nurse, investigator):
        send(browser, "/participants/new/", site=ward.site.pk)
    assert Participant.objects.count() == 2


@pytest.mark.parametrize("page", ["new/", "{}/injections/1/", "{}/hold/", "{}/withdraw/", "{}/options/"])
def test_the_browser_keeps_what_is_typed(investigator: Browser, ward: SiteFixture, page: str) -> None:
    shown = investigator.read(f"/participants/{page.format(ward.booked(MONDAY).number)}")
    assert "velum/keep.js" in shown


def test_the_browser_keeps_no_address(nurse: Browser, ward: SiteFixture) -> None:
    assert "data-keep" not in nurse.read(f"/participants/{ward.booked(MONDAY).number}/contact/")
