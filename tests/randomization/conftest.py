"""Fixtures of the randomisation tests."""

from __future__ import annotations

import pytest

from tests.trial_fixture import TrialFixture, new_trial


@pytest.fixture
def world(db: None) -> TrialFixture:
    """NCT02059759, live, with nobody in it yet."""
    return new_trial()
