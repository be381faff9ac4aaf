"""Fixtures of the pharmacy: a live trial, participants with day 1 tomorrow, stock, two pharmacists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.test import Client

from dosing.pharmacy.stock import receive_lot
from dosing.pharmacy.worklist import PreparationView, preparations
from dosing.services.booking import book_first_injection
from randomization.core.design_file import Plan
from randomization.models import RandomizationList
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.steps import activate_list, seal_list
from randomization.services import draw_envelope
from tests.keys import recovery_key_is_proved
from tests.plugins.kept_worlds import KeptStep, given, keep
from tests.trial_fixture import WORLD, TrialFixture, new_trial
from trial.models import Delegation, Participant
from trial.permissions import Role

DAY = date(2015, 10, 6)
"""Tuesday: day 1 of everybody here; `at` is the morning before."""

SEED = bytes([1]) * 32
"""A list whose first three envelopes hold all three arms (asserted in test_preparing)."""


AT = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
"""The moment of the kept steps: what the fixture `at` gives where a test has no other."""


def list_in_use(world: TrialFixture, at: datetime) -> RandomizationList:
    """A live list of the recommended design, sealed by one person and activated by another."""
    one, two = (world.person(Role.UNBLINDED_STATISTICIAN, f"stat.{name}") for name in ("one", "two"))
    design = design_of(world.trial, Plan())
    list_ = make_list(trial=world.trial, environment="live", design=design, by=one, at=at, seed=SEED)
    check_list(list_=list_, by=one, at=at)
    seal_list(list_=list_, by=one, at=at)
    recovery_key_is_proved(one, at)
    activate_list(list_=list_, by=two, at=at)
    return list_


def one_booked(world: TrialFixture, at: datetime) -> Participant:
    """One more participant who is randomised and has day 1 on DAY."""
    participant = world.participant()
    draw_envelope(participant=participant, by=world.nurse, at=at)
    book_first_injection(participant=participant, day=DAY, by=world.nurse, at=at)
    return participant


def receive_lots(world: TrialFixture, at: datetime) -> dict[str, str]:
    """One good lot of each product; the lot numbers by product."""
    numbers = {"Aldesleukin": "A1147", "Placebo (vehicle alone)": "G5-208"}
    for product, number in numbers.items():
        receive_lot(
            site=world.site,
            product=product,
            lot_number=number,
            expiry=date(2017, 4, 30),
            quantity=20,
            by=world.person(Role.PHARMACIST, "pharma.one"),
            at=at,
        )
    return numbers


keep(
    __file__,
    WORLD,
    KeptStep("active", lambda made: list_in_use(made["world"], AT), needs=("at",)),
    KeptStep("people", lambda made: [one_booked(made["world"], AT) for _ in range(3)], needs=("booked",)),
    KeptStep("stocked", lambda made: receive_lots(made["world"], AT), needs=("pharmacist",)),
)


@pytest.fixture
def world(db: None) -> TrialFixture:
    return given("world") or new_trial()


@pytest.fixture
def active(world: TrialFixture, at: datetime) -> RandomizationList:
    """A live list of the recommended design, in use."""
    return given("active") or list_in_use(world, at)


@pytest.fixture
def pharmacist(world: TrialFixture) -> Delegation:
    return world.person(Role.PHARMACIST, "pharma.one")


@pytest.fixture
def colleague(world: TrialFixture) -> Delegation:
    return world.person(Role.PHARMACIST, "pharma.two")


@pytest.fixture
def booked(world: TrialFixture, active: RandomizationList, at: datetime) -> Callable[[], Participant]:
    """Makes one more participant who is randomised and has day 1 on DAY."""
    return partial(one_booked, world, at)


@pytest.fixture
def people(booked: Callable[[], Participant]) -> list[Participant]:
    """Three participants, one in each arm."""
    return given("people") or [booked() for _ in range(3)]


@pytest.fixture
def stocked(world: TrialFixture, pharmacist: Delegation, at: datetime) -> dict[str, str]:
    """One good lot of each product; the lot numbers by product."""
    return given("stocked") or receive_lots(world, at)


@pytest.fixture
def todo(
    people: list[Participant], stocked: dict[str, str], pharmacist: Delegation, at: datetime
) -> tuple[PreparationView, ...]:
    """What is to be prepared on DAY, by participant."""
    return preparations(day=DAY, by=pharmacist, at=at)


PASSWORD = "amber-birch-cedar-17"


def signature_of(by: Delegation) -> dict[str, str]:
    """What that person types to sign; the password is set here."""
    by.user.set_password(PASSWORD)
    by.user.save()
    return {"user_name": by.user.username, "password": PASSWORD}


@pytest.fixture
def enter() -> Callable[[Delegation], Client]:
    """A browser in which that person has logged in at the pharmacy door with a second factor."""

    def entered(by: Delegation) -> Client:
        client = Client()
        client.force_login(by.user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
        session["account_authentication_methods_user"] = str(by.user.pk)
        session["delegation"] = str(by.pk)
        session.save()
        return client

    return entered
