"""A code of the second factor is good once: RFC 6238, section 5.2, and recovery codes likewise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.db.models import QuerySet
from django.test import Client

from randomization.sealed.enrolment.codes import make_code
from tests.at_once import Meeting, at_once, without_lock
from tests.trial_fixture import new_trial
from trial.models import Delegation, User
from trial.people.log_in import used_once
from trial.people.log_in.used_once import take_code
from trial.permissions import Role

PASSWORD = "seven-quiet-herons-42"
NOW = datetime(2015, 10, 5, 7, 30, 10, tzinfo=UTC)
SECRET = generate_totp_secret()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enrolled(pharmacist: Delegation) -> User:
    """A pharmacist with an app."""
    return with_app(pharmacist.user)


def with_app(user: User) -> User:
    cache.clear()
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, SECRET)
    return user


def shown(at: datetime, secret: str = SECRET) -> str:
    """What the app shows at that moment."""
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def log_in(user: User, code: str) -> tuple[Client, bool]:
    """A browser that gave the password and that code, and whether a page of the work opens."""
    browser = Client()
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    browser.post("/accounts/2fa/authenticate/", {"code": code})
    return browser, browser.get("/preparations/").status_code == 200


@pytest.mark.parametrize("later", [0, 1, 19, 20, 31, 49])
def test_a_code_opens_the_door_once_within_all_its_validity(
    enrolled: User, clock: time_machine.Traveller, later: int
) -> None:
    code = shown(NOW)
    assert log_in(enrolled, code)[1]
    clock.shift(timedelta(seconds=later))
    cache.clear()  # nothing that may be forgotten keeps it
    assert not log_in(enrolled, code)[1]


def test_an_earlier_code_is_not_taken_after_a_later_one(enrolled: User) -> None:
    assert log_in(enrolled, shown(NOW))[1]
    assert not log_in(enrolled, shown(NOW - timedelta(seconds=30)))[1]


def test_the_next_code_is_taken(enrolled: User, clock: time_machine.Traveller) -> None:
    assert log_in(enrolled, shown(NOW))[1]
    clock.shift(timedelta(seconds=30))
    assert log_in(enrolled, shown(NOW + timedelta(seconds=30)))[1]


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90])
def test_a_code_far_from_the_clock_is_not_taken(enrolled: User, seconds: int) -> None:
    assert not log_in(enrolled, shown(NOW + timedelta(seconds=seconds)))[1]


@pytest.mark.parametrize("typed", [lambda code: f"{code[:3]} {code[3:]}", lambda code: f" {code}"])
def test_another_way_of_typing_does_not_make_it_new(enrolled: User, typed: Callable[[str], str]) -> None:
    assert log_in(enrolled, typed(shown(NOW)))[1]
    assert not log_in(enrolled, shown(NOW))[1]


def test_a_code_that_logged_in_confirms_nothing_afterwards(
    enrolled: User, clock: time_machine.Traveller
) -> None:
    browser, _open = log_in(enrolled, code := shown(NOW))
    answer = browser.post("/accounts/2fa/reauthenticate/", {"code": code})
    assert "Incorrect code" in answer.content.decode()
    clock.shift(timedelta(seconds=30))
    assert browser.post("/accounts/2fa/reauthenticate/", {"code": shown(NOW + timedelta(seconds=30))}).url


def test_the_code_that_set_up_the_app_does_not_log_in(pharmacist: Delegation) -> None:
    user = pharmacist.user
    cache.clear()
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    seed = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert seed
    typed = {"code": shown(NOW, seed[0]), "enrolment_code": make_code(user=user, at=NOW)}
    browser.post("/accounts/2fa/totp/activate/", typed)
    assert browser.get("/preparations/").status_code == 200
    assert not log_in(user, typed["code"])[1]


def test_a_recovery_code_opens_the_door_once(enrolled: User) -> None:
    one, other = RecoveryCodes.activate(enrolled).get_unused_codes()[:2]
    assert [log_in(enrolled, code)[1] for code in (one, one, other)] == [True, False, True]


def kinds_of_code(user: User) -> dict[str, str]:
    return {"app": shown(NOW), "recovery": RecoveryCodes.activate(user).get_unused_codes()[0]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_requests_with_one_code_one_gets_in(kind: str) -> None:
    assert wins_of_two(with_app(new_trial().person(Role.PHARMACIST, "pharma.one").user), kind) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the rows are read and not locked."""
    user = with_app(new_trial().person(Role.PHARMACIST, "pharma.one").user)
    without_lock(monkeypatch, QuerySet, "select_for_update", lambda rows, **how: rows)
    monkeypatch.setattr(used_once.transaction, "atomic", lambda *to: nullcontext())
    assert wins_of_two(user, "app", take=take_code.__wrapped__) == 2  # type: ignore[attr-defined]


def wins_of_two(user: User, kind: str, take: Callable[..., Any] = take_code) -> int:
    """How many of two requests with the same code at the same time got in."""
    code, meeting = kinds_of_code(user)[kind], Meeting()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(used_once, "decrypt", meeting.after(used_once.decrypt))
        patch.setattr(used_once, "step_of", meeting.after(used_once.step_of))
        outcomes = at_once(*[lambda: take(user=user, code=code, at=NOW)] * 2)
    assert all(outcome is None or isinstance(outcome, Authenticator) for outcome in outcomes), outcomes
    return sum(isinstance(outcome, Authenticator) for outcome in outcomes)
