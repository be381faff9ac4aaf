"""`manage.py demo`: the whole system on one machine, for looking and trying.

Each step runs in a process of the door it belongs to, as in production: this command itself only
starts them and tells what happens.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.demo.people import PEOPLE, demo_password
from trial.installation import DOORS

TRIAL = "nct02059759"
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
HALF_BUILT = ("velum.sqlite3*", "keys", "mail", "celerybeat-schedule*", "demo-password")
"""What an interrupted `make demo` may leave below VELUM_HOME, of use to nobody."""


class Command(BaseCommand):
    """Set up what is missing, walk one participant through the main job, then serve both doors."""

    help = "A demonstration on one machine: both doors, worker, beat, a training list and demo people."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The clinic's port; the pharmacy takes the next one."""
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, **options: Any) -> None:
        """Set up, walk, print the log-ins, serve until Ctrl-C."""
        port: int = options["port"]
        home = settings.VELUM_HOME
        home.mkdir(parents=True, exist_ok=True)
        if (home / "demo-built").exists():
            self._set_up(home)
        else:
            with building(home):
                self._set_up(home)
                self._walk()
        self._log_ins(port)
        serve(port, self.stdout.write)

    def _set_up(self, home: Path) -> None:
        if not (home / "keys").exists():
            run("pharmacy", "make_keys", quiet=True)
        run("pharmacy", "migrate", "--verbosity=0")
        for door in DOORS:
            run(door, "createcachetable", "--verbosity=0")
        run("pharmacy", "collectstatic", "--no-input", "--verbosity=0")

    def _walk(self) -> None:
        now = datetime.now(UTC)
        since = (now - timedelta(days=220)).isoformat()
        protocol = settings.BASE_DIR / "trial" / "protocols" / f"{TRIAL}.toml"
        opening = (now - timedelta(days=215)).date().isoformat()
        self.stdout.write("\nOne participant of NCT02059759, the whole way:\n")
        run(
            "clinic",
            "install_trial",
            str(protocol),
            "--environment=training",
            f"--open-sites-on={opening}",
            quiet=True,
        )
        run("pharmacy", "demo_people", f"--trial={TRIAL}", f"--since={since}")
        run("pharmacy", "demo_list", f"--trial={TRIAL}", f"--since={since}")
        run("clinic", "demo_world", f"--trial={TRIAL}")
        run("pharmacy", "demo_pharmacy", f"--trial={TRIAL}")

    def _log_ins(self, port: int) -> None:
        self.stdout.write(f"\nClinic door    http://127.0.0.1:{port}/")
        self.stdout.write(f"Pharmacy door  http://127.0.0.1:{port + 1}/   (UNBLINDED)")
        self.stdout.write(f"\nEverybody's password: {demo_password(settings.VELUM_HOME)}")
        for person in PEOPLE:
            factor = "with a second factor" if person.needs_second_factor else ""
            self.stdout.write(f"  {person.username:<14} {person.role.label:<24} {factor}")
        self.stdout.write("\nSecond factors, whenever you need one:  make demo-code")
        self.stdout.write(
            "Ctrl-C stops everything; `make demo` goes on where it was; `make clean-demo` forgets it.\n"
        )


@contextmanager
def building(home: Path) -> Iterator[None]:
    """Mark the demonstration as half built while it is, after removing what an interrupted one left.

    The mark is a lock as well. The processes that build inherit it, so one that outlives this
    command keeps the next from starting beside it. An installation without a mark is never touched.

    Raises CommandError if somebody is building, if the database is no demonstration's, and at Ctrl-C.
    """
    mark = home / "demo-building"
    interrupted = mark.exists()
    if not interrupted and (home / "velum.sqlite3").exists():
        raise CommandError(
            f"{home / 'velum.sqlite3'} is not from a finished demonstration. "
            "Set VELUM_HOME to another folder; or, if everything in there may go, run `make clean-demo`."
        )
    with mark.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise CommandError("The demonstration is being built already. Wait until that is done.") from busy
        os.set_inheritable(held.fileno(), True)
        if interrupted:
            clear(home)
        try:
            yield
        except KeyboardInterrupt as ctrl_c:
            raise CommandError("Interrupted while it was being built. `make demo` starts over.") from ctrl_c
        mark.rename(home / "demo-built")


def clear(home: Path) -> None:
    """Remove what an interrupted build left, and nothing else."""
    for path in (path for pattern in HALF_BUILT for path in home.glob(pattern)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def environment(door: str) -> dict[str, str]:
    """The environment of a demonstration process of that door."""
    return {
        **os.environ,
        "VELUM_DOOR": door,
        "VELUM_HOME": str(settings.VELUM_HOME),
        "VELUM_PLAIN_HTTP": "1",
        "DJANGO_SETTINGS_MODULE": "trial.settings",
    }


def run(door: str, *command: str, quiet: bool = False) -> None:
    """Run one command of a door to its end. Raises CommandError with what it said."""
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(
        [*MANAGE, *command], env=environment(door), stdout=output, check=False, close_fds=False
    )
    if done.returncode:
        raise CommandError(f"`{command[0]}` at the {door} door did not succeed; its message stands above.")


def serve(port: int, say: Any) -> None:
    """Start both doors, wait until they answer, and stop them together at Ctrl-C."""
    # Also where a shell started this in the background, with Ctrl-C ignored; the doors inherit that.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    doors = [
        subprocess.Popen(
            [*MANAGE, "serve", f"--port={number}"], env=environment(door), start_new_session=True
        )
        for number, door in enumerate(DOORS, start=port)
    ]
    try:
        for number, door in enumerate(doors, start=port):
            wait_for(number, door)
        say("Both doors are open.")
        while all(door.poll() is None for door in doors):
            time.sleep(0.5)
        raise CommandError("One of the doors has stopped; its message stands above.")
    except KeyboardInterrupt:
        say("\nStopping.")
    finally:
        stop(doors)


def wait_for(port: int, door: subprocess.Popen[bytes], seconds: int = 60) -> None:
    """Wait until the door's health page answers. Raises CommandError if it does not."""
    for _try in range(seconds * 4):
        if door.poll() is not None:
            break
        with suppress(URLError, OSError):
            urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
            return
        time.sleep(0.25)
    raise CommandError(f"Nothing answers on port {port}. Is it taken? Try PORT=9000 make demo.")


def stop(doors: list[subprocess.Popen[bytes]]) -> None:
    """Ask every door to stop, and insist after ten seconds; a second Ctrl-C changes nothing."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)
    for door in doors:
        with suppress(ProcessLookupError):
            door.send_signal(signal.SIGINT)
    for door in doors:
        try:
            door.wait(10)
        except subprocess.TimeoutExpired:
            door.kill()
            door.wait()
