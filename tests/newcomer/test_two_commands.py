"""What a newcomer does: a fresh clone, `make demo`, Ctrl-C, again, and away with it.

Fetches the dependencies, so it takes minutes and a package index: `make newcomer`, never `make test`.
The tests are one story and run in this order.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.journeys.demonstration import OPEN, ROOT, clean_environment, two_ports
from tests.servers.processes import die_with_parent, wait_until

PATIENCE = 900
"""Seconds for fetching everything and building, on a busy machine with a slow index."""
STEPS = ("Screened", "Eligible", "Randomised", "Calendar", "Reminder", "Pharmacy")
INTERRUPTED = {0, 130, -signal.SIGINT}
"""How `make` may end after Ctrl-C."""


class Newcomer:
    """Somebody with a clone and a terminal."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.log, self.port = folder / "velum", folder / "console.log", two_ports()
        subprocess.run(["git", "clone", "--quiet", ROOT, self.clone], check=True)
        self.var = self.clone / "var"
        self.process: subprocess.Popen[bytes] | None = None

    def make(self, target: str) -> None:
        """Type `make` and a target, on an empty console; does not wait."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", target],
                cwd=self.clone,
                env=clean_environment(PORT=str(self.port)),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def reads(self, words: str) -> None:
        """Wait until the console shows these words."""
        wait_until(lambda: words in self.console() or self.ended, seconds=PATIENCE, what=words)
        assert words in self.console(), self.console()[-3000:]

    def console(self) -> str:
        return self.log.read_text()

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def send(self, what: signal.Signals) -> int:
        """Send a signal to everything that runs in the terminal, and wait for make's exit status."""
        assert self.process
        os.killpg(self.process.pid, what)
        return self.process.wait(60)

    def numbers(self) -> list[tuple[str, str]]:
        """Each participant's number and moment of screening."""
        with closing(sqlite3.connect(f"file:{self.var / 'velum.sqlite3'}?mode=ro", uri=True)) as database:
            query = "SELECT number, screened_at FROM trial_participant ORDER BY number"
            return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """The clone is made from what is committed."""
    newcomer = Newcomer(tmp_path_factory.mktemp("newcomer"))
    yield newcomer
    if not newcomer.ended:
        newcomer.send(signal.SIGINT)


def test_a_build_that_is_killed_leaves_a_half(newcomer: Newcomer) -> None:
    newcomer.make("demo")
    newcomer.reads("One participant of NCT02059759, the whole way:")
    newcomer.send(signal.SIGKILL)
    assert (newcomer.var / "demo-building").exists()
    assert not (newcomer.var / "demo-built").exists()


def test_make_demo_builds_it_anew_and_tells_the_walk(newcomer: Newcomer) -> None:
    newcomer.make("demo")
    newcomer.reads(OPEN)
    told = re.findall(r"^  (\w+) {2,}", newcomer.console(), re.MULTILINE)
    assert [step for step in told if step in STEPS] == list(STEPS)
    assert len(re.findall(r"course \d: (?:\w+ \d+ \w+ *){5}", newcomer.console())) == 3
    assert len(newcomer.numbers()) == 23


def test_both_doors_answer_and_a_reminder_has_been_mailed(newcomer: Newcomer) -> None:
    pages = [page(newcomer.port + n) for n in (0, 1)]
    assert ["UNBLINDED" in text for text in pages] == [False, True]
    assert list((newcomer.var / "mail").glob("*.log"))


def page(port: int) -> str:
    """The log-in page of a door."""
    with urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=30) as answer:
        return str(answer.read().decode())


def test_control_c_ends_it_quietly(newcomer: Newcomer) -> None:
    assert newcomer.send(signal.SIGINT) in INTERRUPTED
    assert "Stopping." in newcomer.console()
    assert "Traceback" not in newcomer.console()


def test_make_demo_again_goes_on_where_it_was(newcomer: Newcomer) -> None:
    before = newcomer.numbers()
    newcomer.make("demo")
    newcomer.reads(OPEN)
    assert "Screened" not in newcomer.console()
    assert newcomer.numbers() == before
    newcomer.send(signal.SIGINT)


def test_make_clean_demo_forgets_it(newcomer: Newcomer) -> None:
    newcomer.make("clean-demo")
    newcomer.reads("The demonstration is gone.")
    assert not newcomer.var.exists()
