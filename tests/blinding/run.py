"""Runs one world: a process of each door, a database of its own, and the parts in their order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.blinding.recording import overheard
from tests.blinding.sandbox import Sandbox
from tests.blinding.worlds import World
from tests.servers.redis import Redis, private_redis

Parts = tuple[tuple[str, str], ...]
MORNING, EARLY_LOOK = ("pharmacy", "tuesday_morning"), ("clinic", "before_seven")
PARTS: Parts = (
    ("pharmacy", "make_list"),
    ("clinic", "first_day"),
    ("clinic", "draws"),
    ("pharmacy", "stock"),
    ("clinic", "evening"),
    MORNING,
    EARLY_LOOK,
    ("pharmacy", "tuesday_seven"),
    ("clinic", "tuesday"),
    ("pharmacy", "night"),
    ("pharmacy", "wednesday_morning"),
    ("clinic", "wednesday"),
    ("pharmacy", "reserve_list"),
    ("pharmacy", "afternoon"),
    ("pharmacy", "onlookers"),
    ("clinic", "thursday"),
    ("clinic", "sweep"),
    ("clinic", "rest"),
)
A_QUARTER_TO_SEVEN = 405
MEMORY = Path("/dev/shm")
DRAWS = ("clinic", "draws")
EXAMINED_ELSEWHERE, ELSEWHERE = ("clinic", "examined_elsewhere"), ("clinic", "elsewhere")


def until(part: str) -> Parts:
    """The script up to and with a part."""
    names = [name for _door, name in PARTS]
    return PARTS[: names.index(part) + 1]


class RunFailed(Exception):
    """A process stopped; its last words follow."""


@dataclass
class DoorProcess:
    """A process of one door, waiting for its next part."""

    door: str
    process: subprocess.Popen[bytes]
    control: int
    errors: Path

    def run_part(self, part: str) -> None:
        """Have it run a part, and wait. Raises RunFailed."""
        assert self.process.stdin
        try:
            self.process.stdin.write(f"{part}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        self.wait(b"done\n", part)

    def end(self) -> None:
        """Let it write down what it saw and go."""
        assert self.process.stdin
        self.process.stdin.close()
        self.wait(b"written\n", "the end")
        self.process.wait(timeout=60)

    def wait(self, word: bytes, part: str) -> None:
        if os.read(self.control, 64) != word:
            self.process.wait(timeout=60)
            raise RunFailed(f"{self.door}, {part}: {self.errors.read_text()[-14000:]}")


@dataclass
class Run:
    """One world in a sandbox. `breach` names a planted leak, whose process is then given the secret.

    `portions` are those of the sweep over all addresses that are made. Tasks go through a Redis of its own
    if `with_redis`, else through memory. `before_the_end` is called with the world's folder while both
    processes still run.
    """

    sandbox: Sandbox
    world: World
    out: Path
    depth: str = "full"
    breach: str = ""
    parts: Parts = PARTS
    with_redis: bool = False
    portions: tuple[int, ...] = (0,)
    redis: Redis | None = None
    database: str = ""
    before_the_end: Callable[[Path], None] = field(default=lambda home: None)
    processes: dict[str, DoorProcess] = field(default_factory=dict)

    def execute(self) -> Path:
        """Run the world; returns the file of what the clinic let be seen."""
        home = Path(tempfile.mkdtemp(prefix="velum-world-", dir=MEMORY if MEMORY.is_dir() else None))
        self.database = name = f"world_{home.name[-8:].lower()}".replace("-", "_")
        url = self.sandbox.copy(name, home)
        broker = ExitStack()
        try:
            self.redis = broker.enter_context(private_redis()) if self.with_redis else None
            for door in ("pharmacy", "clinic"):
                self.processes[door] = self.start(door, home, url)
            for door, part in self.script():
                if self.world.rows_mixed and door == "clinic":
                    self.sandbox.mix_rows(name)
                self.processes[door].run_part(part)
            self.before_the_end(home)
            for door_process in self.processes.values():
                door_process.end()
        finally:
            for door_process in self.processes.values():
                door_process.process.kill()
                door_process.process.wait()
                os.close(door_process.control)
            broker.close()
            self.sandbox.drop(name)
            shutil.rmtree(home, ignore_errors=True)
        overheard(self.seen("clinic"), self.seen("pharmacy"))
        return self.seen("clinic")

    def script(self) -> list[tuple[str, str]]:
        """The parts, in the order of this world's clocks; one twin has more of the second hospital."""
        parts = list(self.parts)
        if self.world.work.minute > A_QUARTER_TO_SEVEN and {MORNING, EARLY_LOOK} <= {*parts}:
            at = parts.index(MORNING)
            parts[at : at + 2] = [EARLY_LOOK, MORNING]
        if self.world.second_site == "busy":
            parts.insert(parts.index(("pharmacy", "night")), ELSEWHERE)
            parts.insert(parts.index(DRAWS), EXAMINED_ELSEWHERE)
        return parts

    def seen(self, door: str) -> Path:
        """The file of what that door let be seen."""
        return (
            self.out / f"{self.world.name.replace(' ', '-')}{'-' + self.breach if self.breach else ''}.{door}"
        )

    def start(self, door: str, home: Path, url: str) -> DoorProcess:
        """Start a door's process. Only the pharmacy is told which world it is in."""
        out, errors = self.seen(door), home / f"{door}.log"
        out.unlink(missing_ok=True)
        reader, writer = os.pipe()
        words = [
            sys.executable,
            "-m",
            "tests.blinding.door_process",
            str(self.sandbox.facts),
            str(out),
            str(writer),
        ]
        words += ["--depth", self.depth, "--portions", ",".join(map(str, self.portions))]
        if door == "pharmacy":
            words += ["--world", self.world.name]
        if door == "pharmacy" or self.breach:
            words += ["--secret", str(home / "secret.json"), "--breach", self.breach]
        environment = self.sandbox.environment(door, home / door, self.placed(home, url))
        environment |= {"TMPDIR": str(home), "REDIS_URL": self.redis.url if self.redis else ""}
        environment["PYTHONHASHSEED"] = self.world.hash_seed if door == "clinic" else "0"
        (home / door / "static").mkdir(parents=True, exist_ok=True)
        with errors.open("w+b") as log:
            process = subprocess.Popen(
                words,
                cwd=self.sandbox.code,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[writer],
            )
        os.close(writer)
        return DoorProcess(door, process, reader, errors)

    @staticmethod
    def placed(home: Path, url: str) -> str:
        """Where the world's database is."""
        return url or f"sqlite:///{home / 'velum.sqlite3'}"
