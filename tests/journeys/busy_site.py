"""A busy site behind a clinic door of its own, whose clock stands where a test puts it.

Run as a program it is that door: embedded server, SQLite in the folder given, the clock of MONDAY. It takes
orders line by line, and answers each with one line.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.demonstration import ROOT, clean_environment
from tests.servers.processes import die_with_parent, free_port

MORNING = "2015-10-12 08:03"
"""Site time at which it begins: between two quarters of the morning on which all its people have day 1."""


class BusySite:
    """The door as a test sees it. `address` is where it answers, `cookie` the nurse's session."""

    def __init__(self, folder: Path, *, people: int, ready: int) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.journeys.busy_site",
                str(folder),
                str(port),
                str(people),
                str(ready),
            ],
            cwd=ROOT,
            env=clean_environment(VELUM_DOOR="clinic"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )
        self.cookie = self._answer()

    def order(self, *words: str) -> str:
        """`at 2015-10-12 08:15:20` sets the clock; `ready 3` says that so many more syringes are ready;
        `minute` asks for the minute until which the nurse's session was seen in use."""
        assert self.process.stdin
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        assert line, "the busy site ended"
        return line

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)


@contextmanager
def busy_site(folder: Path, *, people: int, ready: int) -> Iterator[BusySite]:
    """A site where that many people have their first injection today."""
    site = BusySite(folder, people=people, ready=ready)
    try:
        yield site
    finally:
        site.stop()


def prepare(folder: Path) -> None:
    """What Django needs before it starts."""
    from tests.plugins.lane import give_keys

    os.environ.update(DJANGO_SETTINGS_MODULE="trial.settings", VELUM_HOME=str(folder), VELUM_PLAIN_HTTP="1")
    os.environ["VELUM_SECRET_KEY"] = "0" * 64
    (folder / "static").mkdir()
    give_keys(folder / "keys")


def serve(folder: Path, port: int, people: int, ready: int) -> None:
    """Build the site, serve it, and do what is ordered."""
    prepare(folder)
    import django

    django.setup()
    import time_machine
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from waitress.server import create_server

    from dosing.models import PlannedInjection, Readiness
    from tests.site_fixture import MONDAY, SiteFixture, paris
    from tests.trial_fixture import new_trial
    from trial.people.log_in.session_store import SessionStore
    from trial.people.log_in.sessions import MINUTE

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ward = SiteFixture(new_trial())
    ward.world.blinded_list(people)
    waiting = [ward.booked(MONDAY) for _one in range(people)][::-1]
    clock = time_machine.travel(paris(MORNING), tick=True)
    clock.start()
    nurse = Client()
    nurse.force_login(ward.nurse.user)
    key = nurse.cookies[settings.SESSION_COOKIE_NAME].value

    def make_ready(number: int) -> None:
        for _one in range(number):
            planned = PlannedInjection.objects.get(plan__participant=waiting.pop(0), number=1)
            at = paris("2015-10-12 07:00")
            Readiness.objects.create(
                participant=planned.plan.participant, number=1, date=MONDAY, visible_from=at
            )

    # It listens from here, before anybody is told the address; the walls of a server stand in its own thread.
    listening = socket.create_server(("127.0.0.1", port))

    def server() -> None:
        from trial.wsgi import application

        create_server(application, sockets=[listening], threads=4).run()

    make_ready(ready)
    threading.Thread(target=server, daemon=True).start()
    print(f"{settings.SESSION_COOKIE_NAME}={key}", flush=True)
    for line in sys.stdin:
        what, _, more = line.strip().partition(" ")
        if what == "at":
            clock.stop()
            clock = time_machine.travel(paris(more), tick=True)
            clock.start()
        elif what == "ready":
            make_ready(int(more))
        print(SessionStore(key).get(MINUTE, "none"), flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), *map(int, sys.argv[2:]))
