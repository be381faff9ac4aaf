"""The services of docker-compose.yml as plain processes on private servers, without a container engine.

Commands, environment, secrets and mounts are read from the file itself; only what an engine would
do is done here: names of hosts, ports, and the folders below /run and /tmp that each service has
for itself. A service sees no variable and no secret that the file does not give it.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.postgres import Postgres
from tests.servers.processes import die_with_parent, free_port
from tests.servers.redis import Redis
from tests.tools import compose

BIN = Path(sys.executable).parent
OUR_MOUNTS = re.compile(r"(?<![\w./])/(run/secrets|run/keys|tmp)(?![\w])")
IN_DATABASE = re.compile(r"^postgresql://(\w+)@postgres:5432/(\w+)$")
ON_PORT = "8000"


@dataclass
class Shape:
    """A running installation. `variables` stand for the ${NAME:-default} of the file.

    `added` is what an override file of the installation adds to each service's environment.
    """

    folder: Path
    postgres: Postgres
    redis: Redis
    variables: dict[str, str] = field(default_factory=dict)
    added: dict[str, dict[str, str]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = compose.read()
        self.keys = self.folder / "keys"
        self.ports = {name: free_port() for name in ("clinic", "pharmacy")}
        self.contents = self.make_secrets()

    def make_secrets(self) -> dict[str, str]:
        """What the files below secrets/ hold, by the name that the compose file gives each."""
        from randomization.key_files import make_key_files

        make_key_files(self.keys)
        declared = self.file["secrets"] | self.file["configs"]
        keys = {path.name: path.read_text() for path in self.keys.iterdir()}
        return {
            name: keys.get(Path(at["file"]).name, secrets.token_hex(32)) for name, at in declared.items()
        } | {"redis_url": self.redis.url}

    def service(self, name: str) -> Mapping[str, Any]:
        """What the file says of one service."""
        return compose.services(self.file)[name]

    def root(self, name: str) -> Path:
        """The folder that stands for the container's own root."""
        return self.folder / name

    def mount(self, name: str) -> None:
        """Lay out the secrets, public keys and temporary folder of a service, and nothing else."""
        root = self.root(name)
        (root / "tmp").mkdir(parents=True, exist_ok=True)
        for kind, default in (("secrets", "/run/secrets/"), ("configs", "/")):
            for entry in self.service(name).get(kind, []):
                source = entry if isinstance(entry, str) else entry["source"]
                target = default + source if isinstance(entry, str) else entry["target"]
                path = root / target.lstrip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.contents[source])
                path.chmod(0o400)

    def here(self, name: str, value: str) -> str:
        """A value of the file, as it has to read on this machine."""
        if at := IN_DATABASE.match(value):
            return self.postgres.url_of(at[2], at[1])
        value = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: self.variables.get(m[1], m[2]), value)
        value = value.replace("$$", "$").replace(f"0.0.0.0:{ON_PORT}", f"127.0.0.1:{self.ports.get(name)}")
        value = value.replace(f"127.0.0.1:{ON_PORT}/", f"127.0.0.1:{self.ports.get(name)}/")
        return OUR_MOUNTS.sub(lambda m: str(self.root(name) / m[1]), value)

    def environment(self, name: str) -> dict[str, str]:
        """The variables of a service: those of the file, and what any image has."""
        own = {key: self.here(name, str(value)) for key, value in self.service(name)["environment"].items()}
        image = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOSTNAME": socket.gethostname(),
            "VELUM_STATIC": str(self.folder / "static"),
        }
        return image | own | self.added.get(name, {})

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a service to its end, or another command in its place."""
        self.mount(name)
        words = command or tuple(self.here(name, word) for word in self.service(name)["command"])
        return subprocess.run(
            words, cwd=compose.ROOT, env=self.environment(name), capture_output=True, text=True, timeout=120
        )

    def start(self, name: str) -> None:
        """Start a service as the file says; what it prints goes into a file named after it."""
        self.mount(name)
        words = [self.here(name, word) for word in self.service(name)["command"]]
        with self.log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                words,
                cwd=compose.ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def healthy(self, name: str) -> bool:
        """What the file's own health check says of a running service."""
        if self.processes[name].poll() is not None:
            raise RuntimeError(f"{name} stopped: {self.log(name).read_text()[-2000:]}")
        kind, *words = self.service(name)["healthcheck"]["test"]
        command = words if kind == "CMD" else ["sh", "-c", *words]
        return self.run(name, *(self.here(name, word) for word in command)).returncode == 0

    def log(self, name: str) -> Path:
        """What the service has printed."""
        return self.folder / f"{name}.log"

    def stop(self) -> dict[str, int]:
        """Stop what was started, as an engine does: TERM, then KILL. Returns each exit status."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        return {name: ended(process) for name, process in self.processes.items()}


def ended(process: subprocess.Popen[bytes]) -> int:
    """The exit status, after at most ten seconds of patience."""
    try:
        return process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait(timeout=10)
