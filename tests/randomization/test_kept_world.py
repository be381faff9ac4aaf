"""The world of an ordinary test is one that is kept: without this the suite is slow and nobody sees why."""

from __future__ import annotations

from tests.plugins.kept_worlds import given
from tests.trial_fixture import TrialFixture


def test_the_world_of_an_ordinary_test_is_a_kept_one(world: TrialFixture) -> None:
    assert world is given("world")
