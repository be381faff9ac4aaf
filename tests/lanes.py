"""Which tests run together, behind which door and on which database.

The door is a property of a process, so no single process can run everything.
A lane is one pytest process; `tests/run.py` runs them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent

NO_DOOR = ("core", "spec", "contracts", "compose", "docs", "tools", "machinery")
"""Folders of tests that need neither Django nor a database."""

CLINIC = ("trial", "randomization", "dosing", "pages", "api")
WORLDS = ("blinding",)
"""Twin worlds: they start processes of both doors themselves, two at a time."""
PHARMACY = ("sealed", "pharmacy")
BROUGHT = ("brought",)
"""Tests of the pharmacy's door that ask for no database, so that one lane of its two is enough."""
PROCESSES = ("faults",)
"""Folders of tests that start real processes of both doors themselves."""
BROWSER = ("journeys",)
NEWCOMER = ("newcomer",)
"""Folders of tests that fetch the dependencies anew."""


@dataclass(frozen=True)
class Lane:
    """One pytest process.

    `door` is empty where no Django is needed. A lane that `spreads` starts processes of its own, some of
    which wait for each other with a time limit: beside it runs one that does not, and no second one that
    does. One that runs only `when_named` is not part of the whole suite. `minutes` are about how long it
    takes beside another: the longest begin first, so that none is left to run alone at the end.
    """

    name: str
    folders: tuple[str, ...]
    door: str = ""
    database: str = ""
    spreads: bool = False
    when_named: bool = False
    minutes: int = 1

    @property
    def paths(self) -> list[Path]:
        """The folders that exist, in the order of the lane."""
        return [TESTS / folder for folder in self.folders if (TESTS / folder).is_dir()]


LANES = (
    Lane("core", NO_DOOR, minutes=9),
    Lane("clinic-sqlite", CLINIC, "clinic", "sqlite", minutes=28),
    Lane("clinic-postgresql", CLINIC, "clinic", "postgresql", minutes=21),
    Lane("pharmacy-sqlite", PHARMACY + BROUGHT, "pharmacy", "sqlite", minutes=14),
    Lane("pharmacy-postgresql", PHARMACY, "pharmacy", "postgresql", minutes=19),
    Lane("blinding", WORLDS, "clinic", "sqlite", spreads=True, minutes=23),
    Lane("processes", PROCESSES, "clinic", "sqlite", spreads=True, minutes=4),
    Lane("journeys", BROWSER, spreads=True, minutes=13),
    Lane("newcomer", NEWCOMER, spreads=True, when_named=True),
)


def door_of(folder: str) -> str:
    """The door that tests of this folder need, or nothing if they need none.

    Raises KeyError for a folder that is in no lane.
    """
    return {name: lane.door for lane in LANES for name in lane.folders}[folder]


def folders_without_lane() -> list[str]:
    """Folders that hold tests which no lane would run, and test files outside any folder."""
    known = {folder for lane in LANES for folder in lane.folders}
    found = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    return sorted(found - known)
