"""The demonstration as the journeys use it: the real `manage.py demo` on private ports, in its own folder."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.lanes import TESTS
from tests.servers.processes import die_with_parent, free_port, wait_until

ROOT = TESTS.parent
TRIAL = "nct02059759"
OPEN = "Both doors are open."
PATIENCE = 240
"""Seconds for building it: half a minute on a quiet machine, four times that on a busy one."""
PERIOD = 30
"""Seconds for which the code of an authenticator app counts."""
FOREIGN = ("VELUM_", "DJANGO_", "DATABASE_", "REDIS_", "CELERY_", "MAKE", "PORT")


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without anything of an installation or a lane."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | {"PYTHONUNBUFFERED": "1"} | more


def two_ports() -> int:
    """A free port whose successor is free as well."""
    while True:
        port = free_port()
        with suppress(OSError, OverflowError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port + 1))
            return port


class Demonstration:
    """`manage.py demo` in one folder. `clinic` and `pharmacy` are the addresses of the doors."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, two_ports()
        self.clinic, self.pharmacy = (f"http://127.0.0.1:{self.port + n}" for n in (0, 1))
        self.log = home / "console.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.seconds = 0.0
        self._used: dict[str, str] = {}

    def environment(self, door: str = "clinic") -> dict[str, str]:
        """What a command of that door needs."""
        here = {"VELUM_HOME": str(self.home), "VELUM_TICK_SECONDS": "2"}
        return clean_environment(VELUM_PLAIN_HTTP="1", VELUM_DOOR=door, **here)

    def start(self) -> None:
        """Start it, and wait until both doors answer."""
        self.home.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", f"--port={self.port}"],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        wait_until(self._open, seconds=PATIENCE, what="the demonstration")
        self.seconds = time.monotonic() - started

    def _open(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise RuntimeError(f"The demonstration ended: {self.console()[-3000:]}")
        return OPEN in self.console()

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()

    def console(self) -> str:
        """Everything it has printed."""
        return self.log.read_text()

    @cached_property
    def password(self) -> str:
        """Everybody's password, as the console prints it."""
        found = re.search(r"Everybody's password: (\S+)", self.console())
        assert found, self.console()
        return found[1]

    def new_account(self, name: str, role: str) -> str:
        """Somebody more at the first site, with everybody's password; returns the name to log in with."""
        words = ("create_account", name, f"--trial={TRIAL}", f"--role={role}", "--site=01")
        self.manage(*words, door="pharmacy")
        link = re.search(r"http\S+/invitation/\S+", self.manage("password_link", name, door="clinic"))
        assert link, self.console()
        page = self.clinic + urlsplit(link[0]).path
        with requests.Session() as browser:
            browser.get(page, timeout=60).raise_for_status()
            token = next(value for cookie, value in browser.cookies.items() if "csrf" in cookie)
            typed = {"csrfmiddlewaretoken": token, "password": self.password, "again": self.password}
            browser.post(page, data=typed, headers={"Referer": page}, timeout=60).raise_for_status()
        return name

    def manage(self, *words: str, door: str, typed: str = "") -> str:
        """What another management command prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(door),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def code(self, person: str) -> str:
        """A second factor that this person has not used yet; may have to wait for the next one."""
        while True:
            codes = dict(re.findall(r"^(\w+) +(\d{6}) ", self.manage("demo_code", door="pharmacy"), re.M))
            if codes[person] != self._used.get(person):
                self._used[person] = codes[person]
                return str(codes[person])
            time.sleep(PERIOD - time.time() % PERIOD)

    def token(self, person: str, *, door: str) -> str:
        """A bearer token for the API of that door."""
        words = (f"--user={person}", f"--trial={TRIAL}", "--days=1", "--name=journey")
        return self.manage("create_token", *words, door=door).strip()

    def ready_from(self, participant: str) -> datetime | None:
        """From when the clinic may know that today's syringe is ready; None before it is released."""
        query = (
            "SELECT max(a.due_at) FROM pharmacy_announcement a "
            "JOIN pharmacy_preparationstep s ON s.id = a.step_id "
            "JOIN pharmacy_preparation p ON p.id = s.preparation_id "
            "JOIN trial_participant t ON t.id = p.participant_id WHERE t.number = ?"
        )
        address = f"file:{self.home / 'velum.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as database:
            (moment,) = database.execute(query, [participant]).fetchone()
        return datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None

    def letters(self) -> Iterator[EmailMessage]:
        """Every mail in the folder."""
        for path in sorted((self.home / "mail").glob("*.log")):
            for raw in re.split(rb"\n-{79}\n", path.read_bytes()):
                if raw.strip():
                    yield message_from_bytes(raw, policy=policy.default)  # type: ignore[misc]
