"""`python -m tests.blinding.at_rest`: arms whose names occur nowhere else, a script of a thousand operations,
and then a search for those names through all that is left.

Searched: the database's files with journal and write-ahead log, dumps, mail, logs, temporary files, what
Redis holds and writes down, and the memory of the running clinic process, which is what a core dump of it
would hold. Names are looked for in every form of `tests.blinding.forms`, and in what lies compressed or
encoded in those bytes (in memory: as it lies there). The same search has to find the names in an unsealed
build, and in the pharmacy's memory.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.blinding.forms import forms_of, unpacked
from tests.blinding.recording import Recorded
from tests.blinding.run import PARTS, Parts, Run, until
from tests.blinding.sandbox import Sandbox, open_sandbox
from tests.blinding.sweep_depths import DEPTHS
from tests.blinding.worlds import CANARIES, STEM
from tests.servers.processes import ServerUnavailable

WRITTEN = sorted(forms_of(STEM.encode()))
"""Every form of what the names, lots and the note all begin with."""
OUR_OWN = {"secret.json"}
"""What the script itself writes down for planted leaks."""


@dataclass
class Found:
    """How much was searched, after how many operations, and where a name turned up."""

    operations: int = 0
    files: int = 0
    bytes: int = 0
    hits: list[str] = field(default_factory=list)
    in_clinics_memory: int = 0
    in_pharmacys_memory: int = 0

    def look(self, where: str, content: bytes) -> None:
        """Search through some bytes, and through what is packed in them."""
        self.files, self.bytes = self.files + 1, self.bytes + len(content)
        if count := times(content):
            self.hits.append(f"{where}: {count} times")
        if count := sum(map(times, unpacked(content))):
            self.hits.append(f"{where}, unpacked: {count} times")

    def line(self) -> str:
        """What was found, on one line."""
        much = f"{self.operations} operations, {self.files} files and dumps, {self.bytes / 1e6:.0f} MB"
        memory = (
            f"in memory of the clinic {self.in_clinics_memory}, of the pharmacy {self.in_pharmacys_memory}"
        )
        return f"{much}: {len(self.hits)} places hold a name; {memory}"


def times(content: bytes) -> int:
    """How often a name stands there, in whatever form."""
    return sum(map(content.count, WRITTEN))


def search(
    sandbox: Sandbox,
    out: Path,
    depth: str,
    breach: str = "",
    *,
    parts: Parts = PARTS,
    with_redis: bool = False,
) -> Found:
    """Run the script with canaries, then look everywhere."""
    run = Run(sandbox, CANARIES, out, depth, breach, parts, with_redis, portions=(0, 1, 2, 3))
    found = Found()

    def before_the_end(home: Path) -> None:
        found.in_clinics_memory, found.in_pharmacys_memory = (
            memory_hits(run.processes[door].process.pid) for door in ("clinic", "pharmacy")
        )
        for path in left_behind(run, home):
            found.look(path.name, path.read_bytes())
        for name, dump in dumps(run, home):
            found.look(name, dump)

    run.before_the_end = before_the_end
    recorded = Recorded(run.execute())
    for content in recorded.contents():
        found.look("what the clinic let be seen", content)
    found.operations = sum(1 for row in recorded.seen if row.channel == "statements")
    return found


def left_behind(run: Run, home: Path) -> Iterator[Path]:
    """Every file of the world, of the database server and of Redis, which are told to write everything."""
    folders = [home]
    if run.sandbox.server:
        from tests.blinding.sandbox import run_sql

        run_sql(run.sandbox.server, "CHECKPOINT")
        folders.append(run.sandbox.server.folder)
    if run.redis:
        import redis

        redis.Redis.from_url(run.redis.url).save()
        folders.append(run.redis.folder)
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and path.name not in OUR_OWN)


def dumps(run: Run, home: Path) -> Iterable[tuple[str, bytes]]:
    """Everything in the database as text, as a dump has it; and what Redis has in memory."""
    if run.redis and run.redis.process:
        yield "memory of Redis", b"".join(memory_of(run.redis.process.pid))
    if not run.sandbox.server:
        with sqlite3.connect(home / "velum.sqlite3") as file:
            yield "dump", "\n".join(file.iterdump()).encode()
        return
    import psycopg

    with psycopg.connect(run.sandbox.server.url_of(run.database)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                yield f"dump of {table}", b"".join(bytes(row) for row in rows)


def memory_hits(process: int) -> int:
    """How often a name stands in the memory of a process of ours."""
    return sum(map(times, memory_of(process)))


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


def main() -> int:
    """Search on both databases, sealed and unsealed, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--depth", choices=DEPTHS, default="short")
    given, bad = parser.parse_args(), 0
    for database in given.database or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="velum-at-rest-") as folder:
            home = Path(folder)
            (home / "sandbox").mkdir()
            try:
                with open_sandbox(home / "sandbox", database) as sandbox:
                    sealed = search(sandbox, home, given.depth, with_redis=sandbox.server is not None)
                    print(f"{database}, sealed:   {sealed.line()}", *sealed.hits, sep="\n    ", flush=True)
                    unsealed = search(sandbox, home, "brief", "unsealed", parts=until("tuesday"))
            except ServerUnavailable as reason:
                print(f"Not run: {database}: {reason}")
                bad = 1
                continue
        print(f"{database}, unsealed: {unsealed.line()}", *unsealed.hits[:5], sep="\n    ", flush=True)
        bad += bool(sealed.hits or sealed.in_clinics_memory or not unsealed.hits)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
