"""Today with many rows over HTTP, beside the barest answer of the same server to the same person.

    .venv/bin/python -m tests.bench_today

Both go over one kept connection to the embedded server, through every middleware, with the session and the
person's duty read; the bare one (an address that takes no GET) then has nothing to ask and nothing to show.
A world of its own on SQLite, in a folder that is removed afterwards.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

from tests.bench import Benchmark, measure, table
from tests.plugins.lane import prepare

ROWS, ASKED = 200, 5


@contextmanager
def today(rows: int = ROWS) -> Iterator[Benchmark]:
    """A clinic door with that many things due today, served on a port of its own."""
    with prepare(None, "clinic"):
        os.environ["VELUM_LOG_LEVEL"] = "CRITICAL"  # each bare answer is a refusal, and would be logged
        cookie = _world(rows)
        with _served() as port:
            connection = HTTPConnection("127.0.0.1", port, timeout=120)

            def asked(path: str, wanted: int, cards: int) -> int:
                for _time in range(ASKED):
                    connection.request("GET", path, headers={"Cookie": cookie})
                    answer = connection.getresponse()
                    text = answer.read().decode()
                    found = (answer.status, text.count('<article class="todo'))
                    if found != (wanted, cards):
                        raise AssertionError(f"{path} answered {found}, not {(wanted, cards)}.")
                return ASKED

            yield Benchmark(
                f"today, {rows} rows",
                "a bare answer of the server",
                "answers",
                ASKED,
                lambda: asked("/today/", 200, rows),
                lambda: asked("/duty/", 405, 0),
            )
            connection.close()


def _world(rows: int) -> str:
    """An injection and the visit of day 1 for each participant; returns the nurse's cookie."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.site_fixture import SiteFixture
    from tests.trial_fixture import new_trial

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ward, now = SiteFixture(new_trial()), datetime.now(UTC)
    ward.world.blinded_list(rows // 2)
    for _row in range(rows // 2):
        ward.booked(now.astimezone(ward.site.tzinfo).date(), at=now - timedelta(days=3))
    browser = Client()
    browser.force_login(ward.nurse.user)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def _served() -> Iterator[int]:
    from waitress.server import create_server

    from trial.wsgi import application

    server = create_server(application, host="127.0.0.1", port=0, threads=2)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield int(server.effective_port)  # type: ignore[union-attr]
    finally:
        server.close()


def main(rows: int = ROWS) -> None:
    """Measure, and print one line."""
    with today(rows) as case:
        print(table([measure(case)]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
