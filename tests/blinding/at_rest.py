"""Arms with names that occur nowhere else, a whole script played, and then a search through all that is left.

Searched: the database's files with journal and write-ahead log, mail, logs, temporary files, what Redis
keeps, and the memory of the running clinic process, which holds whatever a core dump of it would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.blinding.ground import Ground
from tests.blinding.recording import Recorded
from tests.blinding.stage import Stage
from tests.blinding.worlds import CANARIES, CANARY
from tests.servers.postgres import Postgres

NAMES = tuple(
    word.encode() for word in (*CANARY.codes, *CANARY.labels, *CANARIES.work.lots, CANARIES.work.note)
)
NEEDLE = re.compile(b"|".join(map(re.escape, NAMES)))


@dataclass(frozen=True)
class Found:
    """How many files and bytes were searched, the operations before that, and where a name turned up."""

    operations: int
    files: int
    bytes: int
    hits: tuple[str, ...]
    in_clinics_memory: int
    in_pharmacys_memory: int


def search(
    ground: Ground, out: Path, depth: str, breach: str = "", redis_url: str = "", redis: Path | None = None
) -> Found:
    """Play the script with canaries, then look everywhere."""
    stage = Stage(ground, CANARIES, out, depth, breach, redis_url=redis_url)
    seen: dict[str, int] = {}

    def before_the_end(home: Path) -> None:
        for door, player in stage.players.items():
            seen[door] = memory_hits(player.process.pid)
        if ground.server:
            checkpoint(ground.server)
        folders = [home, *([redis] if redis else []), *([ground.server.folder] if ground.server else [])]
        files = [
            path
            for folder in folders
            for path in folder.rglob("*")
            if path.is_file() and path.name != "secret.json"
        ]
        seen["files"], seen["bytes"] = len(files), sum(path.stat().st_size for path in files)
        hits.extend(
            f"{path.name}: {count} times"
            for path in files
            if (count := len(NEEDLE.findall(path.read_bytes())))
        )

    hits: list[str] = []
    stage.before_the_end = before_the_end
    recorded = Recorded(stage.play())
    hits += [
        f"what the clinic let be seen: {len(NEEDLE.findall(content))} times"
        for content in recorded.contents()
        if NEEDLE.search(content)
    ]
    operations = sum(1 for row in recorded.seen if row.channel == "statements")
    return Found(operations, seen["files"], seen["bytes"], tuple(hits), seen["clinic"], seen["pharmacy"])


def checkpoint(server: Postgres) -> None:
    """Have PostgreSQL write everything to its files."""
    from tests.blinding.ground import run_sql

    run_sql(server, "CHECKPOINT")


def memory_hits(process: int) -> int:
    """How often a name stands in the memory of a process of ours."""
    return sum(len(NEEDLE.findall(part)) for part in memory_of(process))


def memory_of(process: int) -> Iterator[bytes]:
    """Everything that a process has in readable and writable memory."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except (OSError, OverflowError, ValueError):
                continue
