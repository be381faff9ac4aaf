"""Debian's Firefox, driven key by key through Marionette: a socket that takes and answers JSON.

    python -m tests.tools.firefox

says which Firefox the journeys use. They need little of it, so this is all there is of a client.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.processes import die_with_parent, wait_until

NAME = "firefox-esr"
PATIENCE = 60
"""Seconds for a start or an answer on a busy machine."""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""Under which name WebDriver hands out an element."""
PREFERENCES = {
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.normandy.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "extensions.update.enabled": False,
    "services.settings.server": "http://127.0.0.1:9",
}
"""A port of its own choice, and the browser asks nobody for anything on its own."""


def find() -> str:
    """The path of a Firefox ESR, or an empty string. VELUM_FIREFOX comes before what is on the path."""
    given = os.environ.get("VELUM_FIREFOX", "")
    return next((path for name in (given, NAME) if name and (path := shutil.which(name))), "")


def missing() -> str:
    """Why there is no Firefox here, or an empty string."""
    return "" if find() else f"no {NAME}: install it, or set VELUM_FIREFOX to its path"


class Firefox:
    """One window of a Firefox that runs."""

    def __init__(self, port: int) -> None:
        self._link = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._said, self._count = b"", 0
        self._hear()
        self.ask("WebDriver:NewSession")

    def ask(self, command: str, **words: Any) -> Any:
        """What the browser answers to a command. Raises RuntimeError with what it complains of."""
        self._count += 1
        said = json.dumps([0, self._count, command, words])
        self._link.sendall(f"{len(said.encode())}:{said}".encode())
        _kind, _number, fault, answer = self._hear()
        if fault:
            raise RuntimeError(f"{command}: {fault['message']}")
        return answer.get("value", answer) if isinstance(answer, dict) else answer

    def _hear(self) -> Any:
        """The next message: its length in bytes, a colon, JSON."""
        while b":" not in self._said:
            self._said += self._more()
        length, _colon, self._said = self._said.partition(b":")
        while len(self._said) < int(length):
            self._said += self._more()
        message, self._said = self._said[: int(length)], self._said[int(length) :]
        return json.loads(message)

    def _more(self) -> bytes:
        if not (part := self._link.recv(65536)):
            raise RuntimeError("Firefox has closed the connection.")
        return part

    def go(self, address: str) -> None:
        """Open an address, and wait until it is there."""
        self.ask("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: object) -> Any:
        """What a script on the page returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def press(self, selector: str, keys: str) -> None:
        """Press keys in a control, one after the other."""
        found = self.ask("WebDriver:FindElement", using="css selector", value=selector)
        self.ask("WebDriver:ElementSendKeys", id=found[ELEMENT], text=keys)

    def click(self, selector: str) -> None:
        """Click on a control."""
        found = self.ask("WebDriver:FindElement", using="css selector", value=selector)
        self.ask("WebDriver:ElementClick", id=found[ELEMENT])

    def keep(self, name: str, value: str) -> None:
        """Take a cookie for the host whose page is open."""
        self.ask("WebDriver:AddCookie", cookie={"name": name, "value": value, "path": "/"})


@contextmanager
def running(**preferences: object) -> Iterator[Firefox]:
    """A Firefox with an empty profile, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / "user.js").write_text(_as_script(PREFERENCES | preferences))
        process = subprocess.Popen(
            [find(), "--headless", "--marionette", "--no-remote", "--profile", folder, "about:blank"],
            env=os.environ | {"HOME": folder, "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        try:
            yield Firefox(_port(Path(folder)))
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _as_script(preferences: dict[str, object]) -> str:
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(it)});\n" for name, it in preferences.items())


def _port(folder: Path) -> int:
    """The port that this Firefox chose; it writes it down once it listens there."""
    note = folder / "MarionetteActivePort"
    wait_until(lambda: note.exists() and note.read_text().strip() != "", seconds=PATIENCE, what=NAME)
    return int(note.read_text())


if __name__ == "__main__":
    print(find() or missing())
    sys.exit(0)
