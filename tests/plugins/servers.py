"""Fixtures for tests that need a server of their own; without one they are skipped by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.hospital import Hospital, a_hospital
from tests.servers.postgres import Postgres, private_postgres
from tests.servers.processes import ServerUnavailable
from tests.servers.redis import Redis, private_redis


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A private PostgreSQL, not the one of the lane: a test may stop it, kill it and make databases."""
    try:
        with private_postgres() as server:
            yield server
    except ServerUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A private Redis; a test that stops it starts it again."""
    try:
        with private_redis() as server:
            yield server
    except ServerUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def _hospital_process() -> Iterator[Hospital]:
    """The log-in of a hospital, for doors that answer in this process."""
    with a_hospital("http://testserver", "https://testserver") as server:
        yield server


@pytest.fixture
def hospital(_hospital_process: Hospital) -> Hospital:
    """The same, saying the truth until it is told otherwise."""
    _hospital_process.say()
    return _hospital_process
