"""The sandbox of the worlds, made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blinding.sandbox import Sandbox, open_sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An installation on SQLite that worlds copy."""
    with open_sandbox(tmp_path_factory.mktemp("sandbox"), "sqlite") as found:
        yield found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where recordings go."""
    return tmp_path
