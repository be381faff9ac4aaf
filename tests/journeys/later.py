"""The doors of the demonstration at a later hour, so that no test has to wait for it.

Run as a program it is that door: the same application and database, with the clock put forward.
The pharmacy's publishes what is due by then, and ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.error import URLError
from urllib.request import urlopen

from tests.journeys.demonstration import ROOT, Demonstration
from tests.servers.processes import die_with_parent, free_port, wait_until


class Later:
    """A second process of the clinic door. `address` is where it answers."""

    def __init__(self, demonstration: Demonstration) -> None:
        self.demonstration, self.port = demonstration, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, at: datetime) -> None:
        """Serve as if it were a minute after that moment, when the pharmacy has published what was due."""
        moment = (at + timedelta(minutes=1)).isoformat()
        subprocess.run(
            [sys.executable, "-m", "tests.journeys.later", "publish", moment],
            cwd=ROOT,
            env=self.demonstration.environment("pharmacy"),
            check=True,
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.later", str(self.port), moment],
            cwd=ROOT,
            env=self.demonstration.environment("clinic"),
            preexec_fn=die_with_parent,
        )
        wait_until(self._answers, seconds=60, what="the later clinic door")

    def _answers(self) -> bool:
        assert self.process and self.process.poll() is None
        try:
            urlopen(f"{self.address}/health", timeout=2).close()
        except (URLError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End it."""
        if self.process:
            self.process.terminate()
            self.process.wait(10)


def publish() -> None:
    """Do once what the pharmacy's process does when a quarter begins."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("publish_readiness", "--once")


def serve(port: int) -> None:
    """Serve the clinic door."""
    from waitress.server import create_server

    from trial.wsgi import application

    create_server(application, host="127.0.0.1", port=port, threads=8).run()


if __name__ == "__main__":
    import time_machine

    os.environ["DJANGO_SETTINGS_MODULE"] = "trial.settings"
    time_machine.travel(datetime.fromisoformat(sys.argv[2]).astimezone(UTC), tick=True).start()
    if sys.argv[1] == "publish":
        publish()
    else:
        serve(int(sys.argv[1]))
