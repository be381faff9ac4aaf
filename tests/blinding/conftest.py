"""Grounds for the worlds, made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blinding.ground import Ground, grounds


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """An installation on SQLite that worlds copy."""
    with grounds(tmp_path_factory.mktemp("ground"), "sqlite") as found:
        yield found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where recordings go."""
    return tmp_path
