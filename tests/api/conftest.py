"""Fixtures of the API tests: Monday 5 October 2015, a nurse with a token, the trial installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.caller import Caller
from tests.plugins.kept_worlds import given, keep
from tests.trial_fixture import START, WORLD, TrialFixture, new_trial
from trial.permissions import Role

keep(__file__, WORLD)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still at the beginning of the trial, until a test moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None) -> TrialFixture:
    """NCT02059759, live, with nobody in it yet."""
    return given("world") or new_trial()


@pytest.fixture
def nurse(world: TrialFixture) -> Caller:
    return Caller(world.nurse)


@pytest.fixture
def investigator(world: TrialFixture) -> Caller:
    return Caller(world.person(Role.INVESTIGATOR))
