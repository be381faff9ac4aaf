"""Fixtures of the randomisation tests."""

from __future__ import annotations

import pytest

from tests.worlds import World, new_world


@pytest.fixture
def world(db: None) -> World:
    """NCT02059759, live, with nobody in it yet."""
    return new_world()
