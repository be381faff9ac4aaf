"""Fixtures: a live trial, and the people of its site."""

from __future__ import annotations

import pytest

from tests.ward import Ward
from tests.worlds import World, new_world


@pytest.fixture
def world(db: None) -> World:
    """NCT02059759, live, with nobody in it yet."""
    return new_world()


@pytest.fixture
def ward(world: World) -> Ward:
    """Its site, and who works there."""
    return Ward(world)
