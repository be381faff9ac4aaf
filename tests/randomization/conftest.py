"""Fixtures of the randomisation tests."""

from __future__ import annotations

import pytest

from tests.plugins.kept_worlds import given, keep
from tests.trial_fixture import WORLD, TrialFixture, new_trial

keep(__file__, WORLD)


@pytest.fixture
def world(db: None) -> TrialFixture:
    """NCT02059759, live, with nobody in it yet."""
    return given("world") or new_trial()
