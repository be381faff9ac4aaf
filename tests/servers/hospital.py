"""The log-in of a hospital, a process of its own: a real OpenID Connect provider that may be told to lie."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.servers.processes import ServerUnavailable, die_with_parent, free_port

CLIENT, SECRET = "velum", "secret-of-velum"
PROGRAM = Path(__file__).with_name("hospital_program.py")


class Hospital:
    """A running provider. `issuer` is what VELUM_SIGN_ON_ISSUER wants."""

    def __init__(self, folder: Path, doors: tuple[str, ...]) -> None:
        self.folder, self.doors, self.port = folder, doors, free_port()
        self.issuer = f"http://127.0.0.1:{self.port}/o"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises ServerUnavailable."""
        backs = [f"{door}/accounts/sign-on/back/" for door in self.doors]
        (self.folder / "hospital.sqlite3").unlink(missing_ok=True)
        with (self.folder / "hospital.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAM), str(self.folder), str(self.port), *backs],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=die_with_parent,
            )
        assert self.process.stdout
        if not self.process.stdout.readline().startswith("ready"):
            raise ServerUnavailable((self.folder / "hospital.log").read_text()[-2000:])

    def stop(self) -> None:
        """Kill it."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=10)

    def say(self, **lies: Any) -> None:
        """Have it say that from now on, and the truth for the rest."""
        self._send("POST", "/say/", json.dumps(lies))

    def logs_in(self, address: str) -> str:
        """What a browser at the hospital does with where it is sent: the address it comes back to."""
        answer = self._send("GET", address.removeprefix(f"http://127.0.0.1:{self.port}"))
        return answer.headers["Location"] or ""

    def _send(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        wire.request(method, path, body)
        answer = wire.getresponse()
        answer.read()
        return answer


def path_of(address: str) -> str:
    """Path and question of an address: what a browser asks of that host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@contextmanager
def a_hospital(*doors: str) -> Iterator[Hospital]:
    """A provider to which these doors are known. Raises ServerUnavailable."""
    with tempfile.TemporaryDirectory(prefix="velum-hospital-") as folder:
        found = Hospital(Path(folder), doors)
        found.start()
        try:
            yield found
        finally:
            found.stop()
