"""Fixtures: a live trial, and the people of its site."""

from __future__ import annotations

import pytest

from tests.site_fixture import SiteFixture
from tests.trial_fixture import TrialFixture, new_trial


@pytest.fixture
def world(db: None) -> TrialFixture:
    """NCT02059759, live, with nobody in it yet."""
    return new_trial()


@pytest.fixture
def ward(world: TrialFixture) -> SiteFixture:
    """Its site, and who works there."""
    return SiteFixture(world)
