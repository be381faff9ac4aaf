"""`make blinding`: the same trial in every world, on both databases; nothing that is seen may differ."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.blinding.ground import Ground, grounds
from tests.blinding.recording import HEX_MASKS, Difference, Recorded, differences, told
from tests.blinding.stage import Stage
from tests.blinding.sweep_depths import DEPTHS
from tests.blinding.worlds import BASE, REAL, WORLDS, World, find
from tests.servers.processes import ServerUnavailable

AT_ONCE = 2
THOROUGH = ("all placebo", "everything at once")
"""Compared once more at full depth."""


@dataclass
class Comparison:
    """One world held against the base."""

    world: str
    database: str
    depth: str
    channels: int
    seconds: float
    found: list[Difference] = field(default_factory=list)

    def line(self) -> str:
        """The comparison on one line."""
        verdict = f"{len(self.found)} DIFFER" if self.found else "the same"
        played = f"{self.world:<34}{self.database:<12}{self.depth:<7}"
        return f"{played}{self.channels:>7} channels {self.seconds:>6.1f} s  {verdict}"


def played(ground: Ground, world: World, out: Path, depth: str) -> tuple[Path, float]:
    """Play a world; the file and the seconds."""
    started = time.monotonic()
    return Stage(ground, world, out, depth).play(), time.monotonic() - started


def compared(
    ground: Ground,
    database: str,
    out: Path,
    depth: str,
    base: World,
    worlds: Iterable[World],
    masks: tuple[bytes, ...] = (),
) -> list[Comparison]:
    """Play the base and the worlds, two at a time, and hold each against the base."""
    out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        first = pool.submit(played, ground, base, out, depth)
        others = [(world, pool.submit(played, ground, world, out, depth)) for world in worlds]
        base_file = first.result()[0]
        rows = []
        for world, future in others:
            file, seconds = future.result()
            one, other = Recorded(base_file), Recorded(file)
            found = [
                row
                for row in differences(one, other, masks)
                if not (masks and row.channel == "compressed size")
            ]
            row = Comparison(world.name, database, depth, other.size(), seconds, found)
            print(row.line(), flush=True)
            for difference in row.found[:5]:
                print(told(difference))
            rows.append(row)
            file.unlink()
        base_file.unlink()
    return rows


def all_of(database: str, worlds: list[World], depth: str) -> list[Comparison]:
    """Every comparison on one database."""
    with tempfile.TemporaryDirectory(prefix="velum-blinding-") as folder:
        home = Path(folder)
        (home / "ground").mkdir()
        with grounds(home / "ground", database) as ground:
            rows = compared(ground, database, home / "worlds", depth, BASE, worlds)
            if depth != "brief":
                rows += compared(ground, database, home / "real", depth, REAL[0], [REAL[1]], HEX_MASKS)
            if depth != "brief" and database == "sqlite":
                rows += compared(
                    ground, database, home / "full", "full", BASE, [find(name) for name in THOROUGH]
                )
    return rows


def main() -> int:
    """Run, print a line for each world and the differences, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--world", action="append", help="only these worlds")
    parser.add_argument("--depth", choices=DEPTHS, default="short")
    given = parser.parse_args()
    started, rows, not_run = time.monotonic(), [], []
    worlds = [find(name) for name in given.world] if given.world else list(WORLDS)
    for database in given.database or ("sqlite", "postgresql"):
        try:
            rows += all_of(database, worlds, given.depth)
        except ServerUnavailable as reason:
            not_run.append(f"{database}: {reason}")
    return summed_up(rows, not_run, time.monotonic() - started)


def summed_up(rows: list[Comparison], not_run: list[str], seconds: float) -> int:
    """The closing lines, and the exit status."""
    bad = [row for row in rows if row.found]
    worlds = {row.world for row in rows}
    channels = Counter(difference.channel for row in bad for difference in row.found)
    seen = sum(row.channels for row in rows)
    print(f"\n{len(worlds)} worlds beside the base, {len(rows)} comparisons, {seen} channels")
    named = ", ".join(f"{name} {count}" for name, count in channels.items())
    print(f"{len(bad)} worlds differ{f': {named}' if bad else ''}")
    print(f"{seconds:.0f} s")
    for reason in not_run:
        print(f"Not run: {reason}")
    return 1 if bad or not_run or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
