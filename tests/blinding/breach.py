"""`make breach`: every planted leak is caught, and the wall that caught it is printed.

A leak in what blinded people get is planted in two worlds, and the two recordings must differ where they
are the same without it; one of something that is no arm in the two worlds of another twin. An attempt on
another wall must fail, and for the reason that the wall gives.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.blinding.at_rest import search
from tests.blinding.breaches import Breach, known
from tests.blinding.container_secrets import place_secrets
from tests.blinding.errors import TASKS_ONLY, UNTIL_THURSDAY, failures
from tests.blinding.recording import Difference, Recorded, differences
from tests.blinding.run import PARTS, Parts, Run, RunFailed, until
from tests.blinding.sandbox import Sandbox, open_sandbox
from tests.blinding.sweep_depths import PORTIONS
from tests.blinding.twins import TWINS, run_twin
from tests.blinding.worlds import BASE, find
from tests.tools.compose import Shape

AT_ONCE = 2
AS_FAR_AS = {
    "monday": until("evening"),
    "tuesday": until("tuesday"),
    "sweep": (*until("tuesday"), ("clinic", "sweep")),
    "whole sweep": until("sweep"),
    "onlookers": until("onlookers"),
}
"""How much is run for a leak that says when it shows; if it does not, the whole script is run."""
REFUSED = r"NumbersTell|ListDamaged|SealDamaged"
"""What the pharmacy itself says to a list that would tell."""


@dataclass(frozen=True)
class Caught:
    """What became of one planted leak: the wall that caught it, and where; nothing if none did."""

    breach: Breach
    wall: str
    where: str

    def line(self) -> str:
        """The leak on one line."""
        return f"{self.breach.name:<22}{self.wall or 'NOT CAUGHT':<12}{self.where:<44}{self.breach.what}"


def caught(sandbox: Sandbox, breach: Breach, out: Path) -> Caught:
    """Plant one leak and see which wall catches it."""
    if breach.wall == "cipher":
        hits = search(sandbox, out, "brief", breach.name, parts=AS_FAR_AS["tuesday"]).hits
        return Caught(breach, "cipher" if hits else "", f"{len(hits)} places at rest")
    if breach.wall == "errors":
        parts = TASKS_ONLY if breach.until == "wednesday" else UNTIL_THURSDAY
        found = failures(sandbox, out, "brief", breach.name, parts)
        where = f"{len(found.leaks)} leaks, {len(found.torn)} half-written, {len(found.unreached)} unreached"
        return Caught(breach, "errors" if found.leaks or found.torn or found.unreached else "", where)
    if breach.wall != "behaviour":
        return run_against(sandbox, breach)
    folder = Path(tempfile.mkdtemp(dir=out))
    try:
        if breach.twin:
            found = between_twins(sandbox, breach, folder)
        else:
            found = run_twice(sandbox, breach, folder, AS_FAR_AS[breach.until])
            found = found or run_twice(sandbox, breach, folder, PARTS)
    except RunFailed as reason:
        refusal = re.search(REFUSED, str(reason))
        return Caught(breach, "list check" if refusal else "", refusal[0] if refusal else str(reason)[-200:])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    channels = sorted({row.channel for row in found})
    return Caught(breach, "behaviour" if found else "", summary(channels))


def run_twice(sandbox: Sandbox, breach: Breach, folder: Path, parts: Parts) -> list[Difference]:
    """What differs between the two worlds as far as these parts go."""
    worlds = (BASE, find(breach.world))
    portions = tuple(range(PORTIONS if "sweep" in breach.until else 1))
    runs = [Run(sandbox, world, folder, "brief", breach.name, parts, portions=portions) for world in worlds]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(differences(*map(Recorded, pool.map(Run.execute, runs))))


def between_twins(sandbox: Sandbox, breach: Breach, folder: Path) -> list[Difference]:
    """What differs between the two worlds of its twin, in the short form."""
    twin = TWINS[breach.twin]
    _, found = twin.compared(*run_twin(twin, sandbox, folder, short=True, breach=breach.name))
    return found


def summary(channels: list[str]) -> str:
    """The channels that differ, the telling ones first."""
    order = (
        "body",
        "headers",
        "cookies",
        "status",
        "mail",
        "tasks",
        "log",
        "rows",
        "files",
        "statements",
        "random bytes",
        "lines",
        "calls",
    )
    ranked = sorted(channels, key=lambda name: order.index(name) if name in order else len(order))
    return ", ".join(ranked[:4]) + (f" +{len(ranked) - 4}" if len(ranked) > 4 else "")


def run_against(sandbox: Sandbox, breach: Breach) -> Caught:
    """Have a clinic process try it; it must fail there, and in the words of the wall."""
    said = attempted(sandbox, breach.name)
    last = (said.strip().splitlines() or ["it succeeded"])[-1]
    held = refused(breach, said)
    return Caught(
        breach,
        breach.wall if held else "",
        last.split(": ")[0].rpartition(".")[2][:40] if held else last[:160],
    )


def attempted(sandbox: Sandbox, names: str, door: str = "clinic", shape: Shape | None = None) -> str:
    """What a process of that door says when it fails at an attempt, or at one of several; nothing if not.

    Its keys and secrets are those that docker-compose.yml, or another `shape`, gives the service.
    """
    home = Path(tempfile.mkdtemp(prefix="velum-wall-"))
    name = f"wall_{home.name[-8:].lower()}"
    url = sandbox.copy(name, home) or f"sqlite:///{home / 'velum.sqlite3'}"
    try:
        environment = sandbox.environment(door, home, url)
        environment["VELUM_KEYS"] = str(place_secrets(sandbox, door, home, shape))
        words = [sys.executable, "-m", "tests.blinding.attempt", names]
        done = subprocess.run(words, cwd=sandbox.code, env=environment, capture_output=True, text=True)
    finally:
        sandbox.drop(name)
        shutil.rmtree(home, ignore_errors=True)
    return (done.stderr or "it said nothing") if done.returncode else ""


def refused(breach: Breach, said: str) -> bool:
    """Whether an attempt was made and its wall stopped it, not the start of the process or another fault."""
    last = (said.strip().splitlines() or [""])[-1]
    return f", in {breach.name}\n" in said and re.search(breach.says, last) is not None


def caught_all(database: str, breaches: Iterable[Breach]) -> list[Caught]:
    """All of them on one database, each printed as it is caught."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="velum-breach-") as folder:
        home = Path(folder)
        (home / "sandbox").mkdir()
        with open_sandbox(home / "sandbox", database) as sandbox:
            for breach in breaches:
                rows.append(caught(sandbox, breach, home))
                print(rows[-1].line(), flush=True)
    return rows


def main() -> int:
    """Plant, print a table, and exit with 1 if a single leak went unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these leaks")
    given = parser.parse_args()
    started, breaches = time.monotonic(), known()
    chosen = [breaches[name] for name in given.names or breaches]
    rows = caught_all("sqlite", [one for one in chosen if one.database == "sqlite"])
    again = [one for one in chosen if one.database == "postgresql" or one.wall == "database"]
    if again:
        print("On PostgreSQL, where a wall is the clinic's role, and rows lie in no order:")
        rows += caught_all("postgresql", again)
    missed = {row.breach.name for row in rows if not row.wall}
    seconds = time.monotonic() - started
    print(f"\n{len(chosen) - len(missed)} of {len(chosen)} planted leaks were caught, in {seconds:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
