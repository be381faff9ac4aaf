"""The clinic door of the demonstration at a later hour, so that no test has to wait for it.

Run as a program it is that door: the same application and database, with the clock put forward.
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
        """Serve as if it were a minute after that moment."""
        moment = (at + timedelta(minutes=1)).isoformat()
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


def serve(port: int, moment: datetime) -> None:
    """Serve the clinic door with the clock running on from that moment."""
    import time_machine
    from waitress.server import create_server

    os.environ["DJANGO_SETTINGS_MODULE"] = "trial.settings"
    time_machine.travel(moment.astimezone(UTC), tick=True).start()
    from trial.wsgi import application

    create_server(application, host="127.0.0.1", port=port, threads=8).run()


if __name__ == "__main__":
    serve(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
