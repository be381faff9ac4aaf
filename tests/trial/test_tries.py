"""Tries that fail: counted for one account and address, entered folded, in a chain of their own."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import RequestFactory, override_settings

from tests.at_once import at_once
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, TrialFixture
from trial.audit import chain_name, first_break
from trial.models import Alarm, AuditChain, AuditEntry, ChainKind, TryCount
from trial.people.tries import pace
from trial.people.tries.addresses import UNKNOWN, address_of, neighbourhood
from trial.people.tries.counting import add, give_back, key_of, take
from trial.people.tries.folding import count_failure
from trial.permissions import Role

HERE, THERE = "192.0.2.7", "198.51.100.9"


def fail(ward: SiteFixture, times: int, address: str = HERE, at: object = START) -> None:
    for _time in range(times):
        count_failure("log_in", user=ward.nurse.user, address=address, at=at)  # type: ignore[arg-type]


def lines() -> list[tuple[str, int]]:
    """Address and number of every entry about tries, in their order."""
    rows = AuditEntry.objects.filter(chain__kind=ChainKind.TRIES).order_by("id")
    return [(body["address"], body["count"]) for body in (json.loads(row.body) for row in rows)]


def test_of_a_hundred_failures_three_are_entered_and_an_hour_later_the_next_one(ward: SiteFixture) -> None:
    fail(ward, 100)
    assert lines() == [(HERE, 1), (HERE, 10), (HERE, 100)]
    fail(ward, 1, at=START + timedelta(hours=1))
    assert lines()[3:] == [(HERE, 1)]


def test_another_address_is_counted_by_itself(ward: SiteFixture) -> None:
    fail(ward, 9)
    fail(ward, 2, THERE)
    assert lines() == [(HERE, 1), (THERE, 1)]


def test_a_thousand_addresses_fill_no_chain(ward: SiteFixture) -> None:
    for number in range(300):
        fail(ward, 1, f"203.0.113.{number % 250}" if number < 250 else f"192.0.2.{number}")
    assert len(lines()) == pace.MOST_LINES


def test_no_try_touches_the_chain_of_acts(ward: SiteFixture) -> None:
    acts = AuditChain.objects.filter(kind=ChainKind.ACTS)
    here = ward.worker(Role.STUDY_NURSE, "one.site", ward.site)
    before = list(acts.order_by("pk").values("pk", "sequence", "head"))
    fail(ward, 10)
    count_failure("log_in", user=here.user, address=HERE, at=START)
    count_failure("log_in", address=HERE, at=START)
    assert list(acts.order_by("pk").values("pk", "sequence", "head")) == before
    tried = AuditChain.objects.filter(kind=ChainKind.TRIES)
    assert sorted(map(chain_name, tried)) == ["nct02059759/01/tries", "nct02059759/tries"]
    assert [first_break(chain, AuditEntry) for chain in tried] == [None, None]


def test_a_name_that_no_account_has_is_kept_nowhere(world: TrialFixture) -> None:
    count_failure("log_in", address=HERE, at=START)
    entry = AuditEntry.objects.get(action="log_in.failed")
    assert (entry.subject, json.loads(entry.body)) == ("", {"address": HERE, "count": 1})
    assert all(len(key) == 64 for key in TryCount.objects.values_list("pk", flat=True))


def test_from_the_tenth_failure_on_a_person_is_told_wherever_they_came_from(ward: SiteFixture) -> None:
    for number in range(9):
        fail(ward, 1, f"192.0.2.{number}")
    assert not Alarm.objects.exists()
    fail(ward, 91, THERE)
    told = Alarm.objects.order_by("id").values_list("what", "account", "count")
    assert list(told) == [("log_in", ward.nurse.user.username, 10), ("log_in", ward.nurse.user.username, 100)]


@pytest.mark.django_db(transaction=True)
def test_eight_tries_at_the_same_moment_are_eight() -> None:
    numbers = at_once(*[lambda: add(key_of("x"), at=START)] * 8)
    assert sorted(numbers, key=str) == list(range(1, 9))


@pytest.mark.django_db(transaction=True)
def test_of_twenty_tries_at_the_same_moment_five_are_looked_at() -> None:
    def tried() -> int:
        wait = lambda count: pace.wait_after(count, slowed_only=False)  # noqa: E731
        return take(key_of("x"), at=START, wait=wait, early=False)[0]

    assert sorted(at_once(*[tried] * 20), key=str) == [0] * 15 + [1, 2, 3, 4, 5]


def test_a_right_try_does_not_count(db: None) -> None:
    wait = lambda count: pace.wait_after(count, slowed_only=True)  # noqa: E731
    for _time in range(5):
        number, free_at = take("x", at=START, wait=wait, early=False)
    assert (number, free_at) == (5, START + pace.SLOW)
    assert take("x", at=START, wait=wait, early=False) == (0, START + pace.SLOW)
    give_back("x", at=START)
    assert take("x", at=START, wait=wait, early=False) == (5, START + pace.SLOW)


@pytest.mark.parametrize("slowed_only", [True, False])
@pytest.mark.parametrize("ahead", [timedelta(minutes=11), timedelta(hours=3), timedelta(days=400)])
@pytest.mark.parametrize("right", [True, False])
def test_a_clock_that_ran_ahead_and_was_set_back_shuts_nobody_out(
    db: None, slowed_only: bool, ahead: timedelta, right: bool
) -> None:
    wait = lambda count: pace.wait_after(count, slowed_only=slowed_only)  # noqa: E731
    for _time in range(7):
        take("x", at=START + ahead, wait=wait, early=True)
    if right:
        give_back("x", at=START + ahead)
    number, free_at = take("x", at=START, wait=wait, early=False)
    assert (number, free_at) == (7 if right else 8, START + wait(number))
    assert take("x", at=START, wait=wait, early=False)[0] == 0  # slowed as ever
    assert take("x", at=START + timedelta(hours=1), wait=wait, early=False)[0] == 1


def test_what_is_an_hour_old_is_forgotten(ward: SiteFixture) -> None:
    fail(ward, 3)
    later = START + timedelta(hours=2)
    fail(ward, 1, THERE, at=later)
    assert not TryCount.objects.filter(since__lt=later).exists()


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "198.51.100.9", HERE),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "10.0.0.1, 198.51.100.9", "198.51.100.9"),
        (2, "10.0.0.1, 198.51.100.9, 10.1.1.1", "198.51.100.9"),
        (2, "198.51.100.9", HERE),
        (1, "nonsense", HERE),
        (1, "", HERE),
        (1, "198.51.100.9:4711", "198.51.100.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:198.51.100.9", "198.51.100.9"),
    ],
)
def test_only_what_a_trusted_proxy_adds_is_believed(proxies: int, told: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=told)
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert address_of(request) == address


def test_an_address_that_nobody_told_is_called_unknown() -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="")) == UNKNOWN


def test_one_connection_has_many_addresses_of_version_6_and_counts_once() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") == "2001:db8::"
    assert (neighbourhood(HERE), neighbourhood(UNKNOWN)) == (HERE, UNKNOWN)


def test_the_pace() -> None:
    waits = [
        (pace.wait_after(n, slowed_only=True), pace.wait_after(n, slowed_only=False)) for n in (4, 5, 99)
    ]
    assert waits == [(timedelta(0), timedelta(0)), (pace.SLOW, pace.SHUT), (pace.SLOW, pace.SHUT)]
    assert [n for n in range(1, 2000) if pace.is_tenfold(n)] == [1, 10, 100, 1000]
    assert [n for n in range(1, 2000) if pace.is_alarm(n)] == [10, 100, 1000]
