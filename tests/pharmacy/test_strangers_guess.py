"""Guesses at the pharmacy door: an account with a second factor is slowed and never shut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.utils import timezone

from randomization.sealed.models import SealedAlarm, SealedAuditChain, SealedAuditEntry
from tests.trial_fixture import TrialFixture
from trial.models import Alarm, AuditEntry, ChainKind, Delegation, TryCount, User
from trial.people.tries.alarms import send_alarms
from trial.permissions import Role

LOGIN, FACTOR = "/accounts/login/", "/accounts/2fa/authenticate/"
PASSWORD = "seven-quiet-herons-42"
HERE, THERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    """A morning in October 2015, standing still."""
    with time_machine.travel("2015-10-05T07:30:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def doctor(world: TrialFixture) -> User:
    """An investigator with a password, an app and recovery codes."""
    user: User = world.person(Role.INVESTIGATOR, "doctor").user
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def browser(address: str = HERE) -> Client:
    return Client(REMOTE_ADDR=address)


def attempt(client: Client, password: str = "wrong", name: str = "doctor") -> tuple[int, str]:
    """One try: status, and when to come again."""
    answer = client.post(LOGIN, {"login": name, "password": password})
    return answer.status_code, answer.headers.get("Retry-After", "")


def guess(times: int, address: str = HERE) -> None:
    for _time in range(times):
        attempt(browser(address))


def tried() -> list[tuple[str, int]]:
    rows = SealedAuditEntry.objects.filter(chain__kind=ChainKind.TRIES).order_by("id")
    return [(row.action, json.loads(row.body)["count"]) for row in rows]


def test_strangers_elsewhere_do_not_hold_up_the_doctor_for_a_moment(doctor: User) -> None:
    guess(60, THERE)
    assert attempt(browser(), PASSWORD) == (302, "")


def test_strangers_at_the_same_address_hold_the_doctor_up_for_ten_seconds(
    doctor: User, clock: time_machine.Traveller
) -> None:
    """And not longer, though they take every turn that is free meanwhile."""
    guess(60)
    mine = browser()
    assert attempt(mine, PASSWORD) == (429, "10")
    for _second in range(10):
        clock.shift(timedelta(seconds=1))
        guess(3)
    assert attempt(mine, PASSWORD) == (302, "")


def test_asking_again_too_soon_makes_the_wait_no_longer(doctor: User, clock: time_machine.Traveller) -> None:
    guess(6)
    mine = browser()
    attempt(mine, PASSWORD)
    clock.shift(timedelta(seconds=4))
    assert attempt(mine, PASSWORD) == (429, "6")
    clock.shift(timedelta(seconds=6))
    assert attempt(mine, PASSWORD) == (302, "")


def test_a_ticket_is_good_once_and_for_that_account_and_address(
    doctor: User, clock: time_machine.Traveller
) -> None:
    guess(6)
    mine = browser()
    attempt(mine)
    ticket = dict(mine.cookies)
    clock.shift(timedelta(seconds=10))
    guess(1)
    looked_at = []
    for address in (THERE, HERE, HERE):
        other = browser(address)
        other.cookies.update(ticket)
        looked_at.append(attempt(other, name="doctor" if address == HERE else "nobody")[0])
    assert looked_at == [200, 200, 429]


def test_the_page_says_what_to_do_meanwhile(doctor: User) -> None:
    guess(5)
    page = browser().post(LOGIN, {"login": "doctor", "password": PASSWORD}).content.decode()
    assert "is looked at in 10 s" in page
    assert "telephone the pharmacy on call, or open the printed sheet" in page


def test_what_happens_here_is_in_the_sealed_trail_and_nowhere_else(doctor: User) -> None:
    entries = AuditEntry.objects.count()
    guess(20)
    assert tried() == [("log_in.failed", 1), ("log_in.too_soon", 1), ("log_in.too_soon", 10)]
    assert (AuditEntry.objects.count(), TryCount.objects.count(), Alarm.objects.count()) == (entries, 0, 0)
    assert list(SealedAlarm.objects.values_list("what", "account", "count")) == [("log_in", "doctor", 10)]
    assert not SealedAuditChain.objects.filter(kind=ChainKind.ACTS).exists()


def test_wrong_codes_are_counted_and_the_right_one_waits_ten_seconds(
    doctor: User, clock: time_machine.Traveller
) -> None:
    mine = browser()
    attempt(mine, PASSWORD)
    statuses = [mine.post(FACTOR, {"code": f"00000{number}"}).status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    clock.shift(timedelta(seconds=10))
    assert mine.post(FACTOR, {"code": code}).status_code == 302
    assert ("second_factor.failed", 1) in tried() and ("second_factor.too_soon", 1) in tried()


def test_an_account_without_a_second_factor_is_shut_for_minutes(world: TrialFixture) -> None:
    """A password alone opens the clinic door: it is not guessed here."""
    user = world.nurse.user
    user.set_password(PASSWORD)
    user.save()
    for _time in range(5):
        attempt(browser(), name=user.username)
    assert attempt(browser(), PASSWORD, user.username) == (429, "300")


def test_a_log_in_here_is_entered_in_the_sealed_trail_and_nowhere_else(doctor: User) -> None:
    entries = AuditEntry.objects.count()
    mine = browser()
    attempt(mine, PASSWORD)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    mine.post(FACTOR, {"code": code})
    assert mine.get("/lists/").status_code == 403
    rows = SealedAuditEntry.objects.filter(chain__kind=ChainKind.DOOR).order_by("id")
    assert [(row.action, row.actor) for row in rows] == [("log_in.done", "doctor"), ("act.refused", "doctor")]
    assert json.loads(rows[0].body)["address"] == HERE
    assert AuditEntry.objects.count() == entries


def test_the_statistician_reads_the_sealed_trail_and_takes_it_along(
    doctor: User, world: TrialFixture, enter: Callable[[Delegation], Client]
) -> None:
    guess(1)
    reader = enter(world.person(Role.UNBLINDED_STATISTICIAN, "stat.one"))
    page = reader.get("/sealed-trail/?act=log_in.failed").content.decode()
    assert "Log-in failed" in page and HERE in page and "Sealed trail" in page
    table = reader.get("/sealed-trail/trail.csv?act=log_in.failed").content.decode().splitlines()
    assert len(table) == 2 and "log_in.failed" in table[1]


def test_the_mail_of_this_door_names_nobody(doctor: User, world: TrialFixture) -> None:
    """It leaves the sealed side: who is tried here, and from where, stands in the sealed trail."""
    person = world.person(Role.ADMINISTRATOR, "admin")
    User.objects.filter(pk=person.user_id).update(email="admin@hospital.example")
    guess(10)
    assert send_alarms(at=timezone.now()) == 1
    (letter,) = mail.outbox
    assert "Times within an hour, at least: 10" in letter.body
    assert "doctor" not in letter.body and HERE not in letter.body
