"""Fixtures: a live trial, and the people of its site."""

from __future__ import annotations

import pytest

from tests.plugins.kept_worlds import given, keep
from tests.site_fixture import SiteFixture
from tests.trial_fixture import WORLD, TrialFixture, new_trial

keep(__file__, WORLD)


@pytest.fixture
def world(db: None) -> TrialFixture:
    """NCT02059759, live, with nobody in it yet."""
    return given("world") or new_trial()


@pytest.fixture
def ward(world: TrialFixture) -> SiteFixture:
    """Its site, and who works there."""
    return SiteFixture(world)
