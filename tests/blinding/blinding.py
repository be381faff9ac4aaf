"""`make blinding`: the same trial in every world, on both databases; nothing that is seen may differ."""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

from tests.blinding.recording import HEX_MASKS, Difference, Recorded, differences, told
from tests.blinding.run import Run
from tests.blinding.sandbox import Sandbox, open_sandbox
from tests.blinding.sweep_depths import DEPTHS
from tests.blinding.twins import twins
from tests.blinding.worlds import BASE, BY_NAME, REAL, WORLDS, World, find
from tests.servers.processes import ServerUnavailable

AT_ONCE = 2
CALLS = "calls"
THOROUGH = ("everything at once",)
"""Compared once more at full depth: all placebo, with other names, lots, notes and times."""


@dataclass
class Comparison:
    """One world held against the base."""

    world: str
    database: str
    depth: str
    channels: int
    seconds: float
    found: list[Difference] = field(default_factory=list)
    once: list[Difference] = field(default_factory=list)

    def line(self) -> str:
        """The comparison on one line."""
        verdict = f"{len(self.found)} DIFFER" if self.found else "the same"
        verdict += f" (and {len(self.once)} that a second run did not show again)" if self.once else ""
        line = f"{self.world:<66}{self.database:<12}{self.depth:<13}"
        return f"{line}{self.channels:>7} channels {self.seconds:>6.1f} s  {verdict}"


@dataclass(frozen=True)
class Group:
    """Worlds that are held against one base at one depth. What `masks` match is left out of account.

    Each world makes its own part of the sweep over all addresses, so that between them they make it whole.
    """

    name: str
    depth: str
    base: World
    worlds: tuple[World, ...]
    masks: tuple[bytes, ...] = ()

    def portions(self, world: World) -> tuple[int, ...]:
        """Which parts of the sweep over all addresses a world makes; the base those of all its worlds."""
        if world == self.base:
            return tuple(range(len(self.worlds)))
        return (self.worlds.index(world),)


GROUPS = {
    "sqlite": (
        Group("all", "shared", BASE, WORLDS),
        Group("thorough", "full", BASE, tuple(map(find, THOROUGH))),
        Group("real", "plain", REAL[0], REAL[1:], HEX_MASKS),
    ),
    "postgresql": (Group("all", "shared plain", BASE, WORLDS),),
}
"""Every world on both databases; the one that differs most once more, with everybody at every address."""


def run_world(sandbox: Sandbox, group: Group, world: World, out: Path) -> tuple[Path, float]:
    """Run a world of a group; the file and the seconds. On PostgreSQL tasks go through a real Redis."""
    started = time.monotonic()
    with_redis, portions = sandbox.server is not None, group.portions(world)
    run = Run(sandbox, world, out, group.depth, with_redis=with_redis, portions=portions)
    return run.execute(), time.monotonic() - started


def compared(sandbox: Sandbox, database: str, home: Path, groups: Iterable[Group]) -> Iterator[Comparison]:
    """Run every group's base and worlds, AT_ONCE on this database, and hold each against its base."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = []
        for group in groups:
            out = home / group.name
            out.mkdir(parents=True)
            worlds = (group.base, *group.worlds)
            runs.append((group, [pool.submit(run_world, sandbox, group, world, out) for world in worlds]))
        for group, (first, *others) in runs:
            base = Recorded(first.result()[0])
            for world, future in zip(group.worlds, others, strict=True):
                file, seconds = future.result()
                other = Recorded(file)
                found = list(against(base, other, group.masks))
                file.unlink()
                row = Comparison(world.name, database, group.depth, other.size(), seconds, found)
                yield judged(row, sandbox, group, world, home)


def judged(row: Comparison, sandbox: Sandbox, group: Group, world: World, home: Path) -> Comparison:
    """The comparison; both were run again where nothing but a number of calls differed."""
    if row.found and {difference.channel for difference in row.found} == {CALLS}:
        confirm(row, sandbox, group, world, home)
    return row


def confirm(row: Comparison, sandbox: Sandbox, group: Group, world: World, home: Path) -> None:
    """Run both again where nothing but a number of calls differs, and keep what differs again.

    Deep inside a library that number now and then moves by one from run to run of one and the same world.
    What depends on an arm differs every time.
    """
    out = Path(tempfile.mkdtemp(dir=home))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(run_world, sandbox, group, one, out) for one in (group.base, world)]
    again = {one.what for one in against(*(Recorded(future.result()[0]) for future in runs), group.masks)}
    row.found, row.once = (
        [one for one in row.found if one.what in again],
        [one for one in row.found if one.what not in again],
    )
    shutil.rmtree(out)


def against(one: Recorded, other: Recorded, masks: tuple[bytes, ...]) -> Iterator[Difference]:
    """What differs of what both looked at. Where hashes are masked, sizes after compression say nothing."""
    found = differences(one, other, masks, shared=True)
    return (row for row in found if not (masks and row.channel == "compressed size"))


def all_of(database: str, groups: Iterable[Group], *, with_twins: bool) -> list[Comparison]:
    """Every comparison on one database, printed as it is made; then the other twins."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="velum-blinding-") as folder:
        home = Path(folder)
        (home / "sandbox").mkdir()
        with open_sandbox(home / "sandbox", database) as sandbox:
            for row in chain(
                compared(sandbox, database, home, groups), twin_rows(sandbox, database, home, with_twins)
            ):
                print("\n".join([row.line(), *map(told, row.found[:5])]), flush=True)
                rows.append(row)
    return rows


def twin_rows(sandbox: Sandbox, database: str, home: Path, wanted: bool) -> Iterator[Comparison]:
    """The other twins as comparisons."""
    started = time.monotonic()
    for promise, size, found in twins(sandbox, home / "twins", "plain") if wanted else ():
        yield Comparison(promise, database, "plain", size, time.monotonic() - started, found)
        started = time.monotonic()


def main() -> int:
    """Run, print a line for each world and the differences, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--world", action="append", help="only these worlds, and no other twins")
    parser.add_argument("--depth", choices=DEPTHS, help="for these worlds")
    given = parser.parse_args()
    started, databases = time.monotonic(), given.database or list(GROUPS)
    with ThreadPoolExecutor() as both:
        found = list(both.map(partial(one_database, given=given), databases))
    rows = [row for rows, _ in found for row in rows]
    return summed_up(rows, [reason for _, reason in found if reason], time.monotonic() - started)


def one_database(database: str, given: argparse.Namespace) -> tuple[list[Comparison], str]:
    """Every comparison on it, and why it could not be run, if so. Databases run beside each other."""
    groups = GROUPS[database]
    if given.world:
        chosen = tuple(map(find, given.world))
        groups = (Group("chosen", given.depth or groups[0].depth, BASE, chosen),)
    try:
        return all_of(database, groups, with_twins=not given.world), ""
    except ServerUnavailable as reason:
        return [], f"{database}: {reason}"


def summed_up(rows: list[Comparison], not_run: list[str], seconds: float) -> int:
    """The closing lines, and the exit status."""
    bad = [row for row in rows if row.found]
    worlds = {row.world for row in rows} & set(BY_NAME)
    channels = Counter(difference.channel for row in bad for difference in row.found)
    print(f"\n{len(worlds)} worlds beside their base, {len(rows)} comparisons, ", end="")
    print(f"{sum(row.channels for row in rows):,} channels; {len(bad)} comparisons with differences")
    print("\n".join(f"    {name}: {count}" for name, count in channels.items()))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    print("\n".join(f"Not run: {reason}" for reason in not_run))
    return 1 if bad or not_run or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
