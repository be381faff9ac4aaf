"""Whoever came by the hospital's log-in gives a code of the second factor where others give the password."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.signing_on import PASSWORD, came_by_sign_on, code_of, forget_codes, with_app
from tests.site_fixture import SiteFixture
from trial.models import AuditEntry, Participant, Signature, User


@pytest.fixture
def nurse(ward: SiteFixture) -> User:
    ward.world.blinded_list()
    return with_app(ward.nurse.user)


@pytest.fixture
def browser(nurse: User) -> Client:
    made = Client()
    came_by_sign_on(made, nurse)
    return made


def page_of(person: Participant) -> str:
    return f"/participants/{person.number}/randomize/"


def answers(nurse: User, secret: str) -> dict[str, Any]:
    return {"confirmed": "on", "password": secret, "user_name": nurse.username, "key": "one-form"}


def test_the_page_asks_for_a_code_and_takes_it(ward: SiteFixture, nurse: User, browser: Client) -> None:
    person = ward.eligible()
    page = browser.get(page_of(person)).content.decode()
    assert "Code of your second factor" in page and "Your password" not in page
    assert browser.post(page_of(person), answers(nurse, code_of(nurse))).status_code == 302
    assert Signature.objects.get().name == nurse.shown_name


@pytest.mark.parametrize("secret", [PASSWORD, "000000", ""])
def test_neither_the_password_nor_another_code_signs(
    ward: SiteFixture, nurse: User, browser: Client, secret: str
) -> None:
    answer = browser.post(page_of(ward.eligible()), answers(nurse, secret))
    assert answer.status_code in {403, 422}
    assert "That code is not good" in answer.content.decode() or not secret
    assert not Signature.objects.exists()
    assert AuditEntry.objects.filter(action="second_factor.failed").exists() == bool(secret)


def test_a_code_signs_one_act_and_no_second(ward: SiteFixture, nurse: User, browser: Client) -> None:
    one, other, code = ward.eligible(), ward.eligible(), code_of(nurse)
    assert browser.post(page_of(one), answers(nurse, code)).status_code == 302
    assert browser.post(page_of(other), answers(nurse, code)).status_code == 403
    forget_codes(nurse)
    assert browser.post(page_of(other), answers(nurse, code_of(nurse, later=1))).status_code == 302


def test_the_same_form_sent_twice_is_one_act(ward: SiteFixture, nurse: User, browser: Client) -> None:
    """A double tap: the code is used up by the first, and the second is that very act."""
    person, sent = ward.eligible(), answers(nurse, code_of(nurse))
    found = [browser.post(page_of(person), sent).status_code for _time in range(2)]
    assert found == [302, 302] and Signature.objects.count() == 1


def test_wrong_codes_slow_and_never_shut(ward: SiteFixture, nurse: User, browser: Client) -> None:
    person = ward.eligible()
    found = [browser.post(page_of(person), answers(nurse, "000000")).status_code for _time in range(7)]
    assert found[:5] == [403] * 5 and found[-1] == 429


def test_somebody_elses_code_signs_nothing(ward: SiteFixture, nurse: User, browser: Client) -> None:
    other = with_app(ward.investigator.user)
    assert browser.post(page_of(ward.eligible()), answers(nurse, code_of(other))).status_code == 403


def test_whoever_came_by_password_gives_the_password(ward: SiteFixture, nurse: User) -> None:
    browser, person = Client(), ward.eligible()
    came_by_sign_on(browser, nurse)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
    session.save()
    assert browser.post(page_of(person), answers(nurse, code_of(nurse))).status_code == 403
    assert browser.post(page_of(person), answers(nurse, PASSWORD)).status_code == 302
