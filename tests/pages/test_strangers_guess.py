"""Passwords guessed at the clinic door: counted by account and address, and nobody elsewhere waits."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client, override_settings

from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import AuditChain, AuditEntry, ChainKind, User

LOGIN = "/accounts/login/"
HERE, THERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def name(ward: SiteFixture) -> str:
    """The nurse's user name; her password is PASSWORD."""
    return Browser(ward.nurse).user.username


def attempt(name: str, password: str = "wrong", address: str = HERE, **headers: str) -> tuple[int, str, str]:
    """One try from a browser that nobody knows: status, when to come again, and the page."""
    answer = Client(REMOTE_ADDR=address).post(LOGIN, {"login": name, "password": password}, headers=headers)
    return answer.status_code, answer.headers.get("Retry-After", ""), answer.content.decode()


def guess(name: str, times: int, address: str = HERE) -> None:
    for _time in range(times):
        attempt(name, address=address)


def tried() -> list[str]:
    return list(
        AuditEntry.objects.filter(chain__kind=ChainKind.TRIES).order_by("id").values_list("action", flat=True)
    )


def test_strangers_elsewhere_do_not_hold_up_the_right_password(name: str) -> None:
    guess(name, 40, THERE)
    assert attempt(name, PASSWORD)[0] == 302


def test_after_five_wrong_ones_that_address_waits_and_is_told_how_long_and_what_to_do(name: str) -> None:
    guess(name, 5)
    status, after, page = attempt(name, PASSWORD)
    assert (status, after) == (429, "300")
    assert "Wait 5 minutes, then try again." in page
    assert "telephone the pharmacy on call" in page and 'href="/emergency/"' in page
    with time_machine.travel(START + timedelta(minutes=5), tick=False):
        assert attempt(name, PASSWORD)[0] == 302


def test_a_port_in_the_name_of_the_host_is_no_fresh_start(name: str) -> None:
    for port in range(5):
        attempt(name, host=f"localhost:{8000 + port}")
    assert attempt(name, host="localhost:9000")[0] == 429


def test_whoever_invents_forwarded_addresses_is_one_address_still(name: str) -> None:
    for number in range(5):
        attempt(name, x_forwarded_for=f"203.0.113.{number}")
    assert attempt(name, x_forwarded_for="203.0.113.77")[0] == 429


def test_behind_a_trusted_proxy_the_address_that_it_adds_counts(name: str) -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        for number in range(5):
            attempt(name, x_forwarded_for=f"203.0.113.{number}, {THERE}")
        assert attempt(name, PASSWORD, x_forwarded_for=f"203.0.113.77, {THERE}")[0] == 429
        assert attempt(name, PASSWORD, x_forwarded_for=f"{THERE}, {HERE}")[0] == 302


def test_a_name_that_nobody_has_is_answered_alike_and_kept_nowhere(name: str) -> None:
    """Or the answers would tell which names there are; and people type passwords where names belong."""
    pages = []
    for who in (name, "Tulip-Garden-1984"):
        guess(who, 5)
        status, after, page = attempt(who)
        pages.append((status, after, page.count("Wait 5 minutes")))
    assert pages[0] == pages[1]
    said = AuditEntry.objects.filter(chain__kind=ChainKind.TRIES).values_list("subject", "body")
    assert "Tulip" not in str(list(said))


def test_wrong_ones_and_those_that_came_too_soon_are_entered_folded(name: str) -> None:
    guess(name, 25)
    assert tried() == ["log_in.failed", "log_in.too_soon", "log_in.too_soon"]
    bodies = AuditEntry.objects.filter(action="log_in.too_soon").order_by("id")
    assert [json.loads(row.body) for row in bodies] == [
        {"address": HERE, "count": 1},
        {"address": HERE, "count": 10},
    ]
    assert {row.subject for row in bodies} == {name}


def test_no_guess_moves_the_head_of_a_chain_of_acts(name: str) -> None:
    heads = list(AuditChain.objects.filter(kind=ChainKind.ACTS).order_by("pk").values_list("head"))
    guess(name, 30)
    assert list(AuditChain.objects.filter(kind=ChainKind.ACTS).order_by("pk").values_list("head")) == heads


def test_the_password_asked_for_again_is_counted_and_strangers_do_not_matter(
    ward: SiteFixture, nurse: Browser, name: str
) -> None:
    guess(name, 20, "127.0.0.1")
    ward.world.blinded_list(9)
    address = f"/participants/{ward.eligible().number}/randomize/"
    for _time in range(5):
        assert nurse.refused(address, confirmed="on", password="wrong")[0] == 403
    status, page = nurse.refused(address, confirmed="on", password=PASSWORD)
    assert (status, "Wait 5 minutes" in page) == (429, True)
    assert tried().count("confirm.failed") == 1


def test_a_closed_account_is_no_different(name: str) -> None:
    User.objects.filter(username=name).update(is_active=False)
    guess(name, 5)
    assert attempt(name, PASSWORD)[0] == 429
