"""Fixtures of the locked room: a live trial with two statisticians and a pharmacist."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from randomization.core.design_file import Plan
from randomization.models import RandomizationList
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.steps import activate_list, seal_list
from tests.keys import recovery_key_is_proved
from tests.plugins.kept_worlds import KeptStep, given, keep
from tests.trial_fixture import WORLD, TrialFixture, new_trial
from trial.models import Delegation
from trial.permissions import Role

AT = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
"""The moment of the kept steps: what the fixture `at` gives where a test has no other."""


def list_maker(world: TrialFixture, at: datetime) -> Delegation:
    """Somebody who makes lists, where the recovery key is proved."""
    by = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")
    recovery_key_is_proved(by, at)
    return by


def list_in_use(world: TrialFixture, draft: RandomizationList, at: datetime) -> RandomizationList:
    """The draft, sealed by one person and activated by the other."""
    one, two = (world.person(Role.UNBLINDED_STATISTICIAN, f"stat.{name}") for name in ("one", "two"))
    check_list(list_=draft, by=one, at=at)
    seal_list(list_=draft, by=one, at=at)
    activate_list(list_=draft, by=two, at=at)
    return draft


keep(__file__, WORLD, KeptStep("statistician", lambda made: list_maker(made["world"], AT), needs=("at",)))


@pytest.fixture
def world(db: None) -> TrialFixture:
    return given("world") or new_trial()


@pytest.fixture
def statistician(world: TrialFixture, at: datetime) -> Delegation:
    """Somebody who makes lists, where the recovery key is proved."""
    return given("statistician") or list_maker(world, at)


@pytest.fixture
def second_statistician(world: TrialFixture) -> Delegation:
    return world.person(Role.UNBLINDED_STATISTICIAN, "stat.two")


@pytest.fixture
def draft(world: TrialFixture, statistician: Delegation, at: datetime) -> RandomizationList:
    """A live list of the recommended design, just made."""
    design = design_of(world.trial, Plan())
    return make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at)


@pytest.fixture
def active(
    world: TrialFixture, draft: RandomizationList, second_statistician: Delegation, at: datetime
) -> RandomizationList:
    """The same list, sealed by one person and activated by the other."""
    return list_in_use(world, draft, at)
