"""kill -9 of the clinic's web process around a draw: whoever asks again with the same key gets one envelope.

    make kill            25 kills at each of the eight points, on both databases

The short form in `make test` kills twice at each point.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.killing_points import COMMITTED, POINTS
from tests.lanes import TESTS
from tests.servers.processes import die_with_parent, free_port

KILLS = int(os.environ.get("KILLS_PER_POINT", "2"))
PATIENCE = 60
ROOT = TESTS.parent
pytestmark = pytest.mark.slow


class Door:
    """The clinic door under gunicorn, with the knife in it; the master starts a worker after each kill."""

    def __init__(self, home: Path, url: str) -> None:
        self.port, self.home = free_port(), home
        self.environment = {
            "PATH": os.environ["PATH"],
            "VELUM_HOME": str(home),
            "VELUM_SECRET_KEY": secrets.token_hex(32),
            "VELUM_PLAIN_HTTP": "1",
            "DATABASE_URL": url,
        }
        self.run("pharmacy", "manage.py", "migrate", "--verbosity", "0")
        self.run("clinic", "manage.py", "createcachetable")
        self.planted: dict[str, Any] = json.loads(
            self.run("clinic", "-m", "tests.faults.plant_draws", str(KILLS * len(POINTS)))
        )

    def run(self, door: str, *words: str) -> str:
        """A program of this installation, to its good end."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment | {"VELUM_DOOR": door},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> subprocess.Popen[bytes]:
        """Open the door."""
        program = str(Path(sys.executable).parent / "gunicorn")
        words = [program, "tests.faults.killing:application", "--preload", "--no-control-socket"]
        with (self.home / "gunicorn.log").open("ab") as log:
            return subprocess.Popen(
                [*words, "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env=self.environment | {"VELUM_DOOR": "clinic"},
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def ask(self, method: str, number: str, **headers: str) -> tuple[int, dict[str, Any]]:
        """One request. Raises OSError or HTTPException when the process dies before its answer is whole."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"Authorization": f"Bearer {self.planted['token']}", "Content-Type": "application/json"}
        path = f"/api/v1/trials/nct02059759/participants/{number}/randomization/"
        wire.request(method, path, body="{}" if method == "POST" else None, headers=given)
        answer = wire.getresponse()
        return answer.status, json.loads(answer.read())

    def until_answered(self, method: str, number: str, **headers: str) -> tuple[int, dict[str, Any]]:
        """Ask again and again, as a client does that got no answer."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask(method, number, **headers)
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < end, "the door did not come back"
                time.sleep(0.02)


@pytest.fixture(params=["sqlite", "postgresql"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    opened = Door(tmp_path, database(request, tmp_path))
    process = opened.start()
    try:
        yield opened
    finally:
        process.terminate()
        process.wait(timeout=30)


def database(request: pytest.FixtureRequest, home: Path) -> str:
    """A new database; on PostgreSQL, on a server of the suite's own."""
    if request.param == "sqlite":
        return f"sqlite:///{home}/velum.sqlite3"
    server = request.getfixturevalue("postgres_server")
    name = f"killed_{secrets.token_hex(4)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return str(server.url_of(name))


def test_nothing_is_lost_or_doubled_when_the_process_is_killed_while_drawing(door: Door) -> None:
    numbers = iter(door.planted["numbers"])
    given, outcomes = {}, Counter[tuple[str, str]]()
    for point in POINTS * KILLS:
        participant = next(numbers)
        given[participant], seen = killed_once(door, participant, point)
        outcomes[point, seen] += 1
    print(*(f"\n{point}, {seen}: {count}" for (point, seen), count in sorted(outcomes.items())))
    assert outcomes == {(point, expected(point)): KILLS for point in POINTS}
    assert len(set(given.values())) == len(given) == KILLS * len(POINTS)
    assert f"ok  draws of nct02059759: {len(given)} rows" in door.run("clinic", "manage.py", "verify")


def expected(point: str) -> str:
    return "drawn before the kill" if point in COMMITTED else "drawn by the retry"


def killed_once(door: Door, participant: str, point: str) -> tuple[str, str]:
    """One kill, then the retry with the same key, twice; the number, and when it was drawn."""
    key = f"kill-{participant}"
    door.until_answered("GET", participant)  # the door is up
    try:
        answered = door.ask("POST", participant, Idempotency_Key=key, X_Kill_At=point)
    except (OSError, http.client.HTTPException):
        answered = None
    assert answered is None or point == "after the answer"
    before = door.until_answered("GET", participant)
    status, first = door.until_answered("POST", participant, Idempotency_Key=key)
    again = door.until_answered("POST", participant, Idempotency_Key=key)
    assert (status, again) == (201, (201, first))
    assert before[0] in {200, 404}, before
    assert before[0] == 404 or before == (200, first), before
    assert answered is None or answered == (201, first)
    seen = "drawn by the retry" if before[0] == 404 else "drawn before the kill"
    return str(first["randomization_number"]), seen
