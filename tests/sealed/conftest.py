"""Fixtures of the locked room: a live trial with two statisticians and a pharmacist."""

from __future__ import annotations

from datetime import datetime

import pytest

from randomization.core.design_file import Plan
from randomization.models import RandomizationList
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.steps import activate_list, seal_list
from tests.keys import recovery_key_is_proved
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import Delegation
from trial.permissions import Role


@pytest.fixture
def world(db: None) -> TrialFixture:
    return new_trial()


@pytest.fixture
def statistician(world: TrialFixture, at: datetime) -> Delegation:
    """Somebody who makes lists, where the recovery key is proved."""
    by = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")
    recovery_key_is_proved(by, at)
    return by


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
    draft: RandomizationList, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> RandomizationList:
    """The same list, sealed by one person and activated by the other."""
    check_list(list_=draft, by=statistician, at=at)
    seal_list(list_=draft, by=statistician, at=at)
    activate_list(list_=draft, by=second_statistician, at=at)
    return draft
