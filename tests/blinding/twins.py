"""The other twins: the pharmacist and envelopes to come, two sites, a code break, rows in another order."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.blinding.documented import is_documented
from tests.blinding.recording import HEX_MASKS, Difference, Recorded, Seen, differences, told
from tests.blinding.run import PARTS, Parts, Run, until
from tests.blinding.sandbox import Sandbox, open_sandbox
from tests.blinding.worlds import find

RESERVE = {("pharmacy", "reserve_list"), ("clinic", "thursday")}
LOOKED = (*(part for part in PARTS if part not in RESERVE), ("pharmacy", "look_round"))
"""Without the reserve list: in these worlds the first one is never used up."""
ONE_CODE = tuple(part for part in PARTS if part not in {("pharmacy", "afternoon"), ("pharmacy", "onlookers")})
"""Without the afternoon, on which two more codes are broken."""
TO_WEDNESDAY = until("wednesday")
TO_THE_SYRINGES = (
    ("pharmacy", "make_list"),
    ("clinic", "first_day"),
    ("clinic", "draws"),
    ("pharmacy", "stock"),
    ("pharmacy", "tuesday_morning"),
    ("pharmacy", "tuesday_seven"),
    ("pharmacy", "look_round"),
)
AT_SITE_ONE = ("nurse.one", "investigator.one", "system.one")
Found = tuple[int, list[Difference]]
"""How many channels were compared, and those that differ."""
NOT_FOR_PEOPLE = frozenset({"statements", "bare statements"})
"""Statements of the pharmacy carry boxes, and no two boxes are alike."""

GIVEN = frozenset({"status", "headers", "cookies", "body", "compressed size"})
"""What a person gets. Inside, primary keys and the database's plans go on from what the other site did."""
STORED = frozenset({"mail", "rows", "files"})
SEALED_HEAD = (rb"sealed trail [0-9a-f]{16}", rb"(?<=[0-9a-f]{64},)[0-9a-f]{64}")
"""Hashes of sealed entries, over salted commitments: the head in the foot of each page of the pharmacy, and
what stands behind the digest of the content in its table of signatures."""
AFTER_MASKS = frozenset({"compressed size"})
"""Says nothing where hashes are masked."""


@dataclass(frozen=True)
class Twin:
    """A promise, two worlds between which it has to hold, and what of a recording it is about.

    `short` are the parts of the short form. What matches `masks` is left out of account, and so is a
    difference that is `allowed`.
    """

    promise: str
    worlds: tuple[str, str]
    about: Callable[[Seen | Difference], bool] = lambda row: True
    masks: tuple[bytes, ...] = ()
    allowed: Callable[[Difference], bool] = lambda row: False
    door: str = "clinic"
    parts: Parts = PARTS
    short: Parts = TO_WEDNESDAY
    database: str = "sqlite"

    def compared(self, one: Recorded, other: Recorded) -> Found:
        """What two runs show differently of what the promise is about."""
        found = (row for row in differences(one, other, self.masks) if self.about(row))
        kept = [row for row in found if not (self.masks and row.channel in AFTER_MASKS)]
        size = sum(self.about(row) for row in one.seen)
        return size, [row for row in kept if not self.allowed(row)]


def shown_to_people(row: Seen | Difference) -> bool:
    """Whether this is something else than what a process says to its database."""
    return row.channel not in NOT_FOR_PEOPLE


def given_to_site_one(row: Seen | Difference) -> bool:
    """Whether this is something that a person or system of the first site got."""
    return row.channel in GIVEN and spoken_by(row.what) in AT_SITE_ONE


def spoken_by(what: str) -> str:
    """Who asked."""
    return what.partition(" ")[2].partition(":")[0].removesuffix(" (token)")


def given_or_stored(row: Seen | Difference) -> bool:
    """Whether this is something that somebody gets, or that is stored where the clinic can read."""
    return row.channel in GIVEN | STORED


TWINS = {
    "undrawn": Twin(
        "the pharmacist sees nothing of envelopes that are not drawn",
        ("envelopes left", "envelopes left, all placebo"),
        shown_to_people,
        SEALED_HEAD,
        door="pharmacy",
        parts=LOOKED,
        short=TO_THE_SYRINGES,
    ),
    "sites": Twin(
        "one site sees nothing of what the other does",
        ("base", "busy second site"),
        given_to_site_one,
        HEX_MASKS,
        parts=ONE_CODE,
    ),
    "code break": Twin(
        "a code break shows in the trail, the notice and the mark on pages only, as documented",
        ("no code break", "base"),
        given_or_stored,
        HEX_MASKS,
        is_documented,
        parts=ONE_CODE,
    ),
    "rows": Twin(
        "nothing follows how rows lie in the database",
        ("base", "rows in another order"),
        database="postgresql",
    ),
}
"""Two of them share a world, as their parts are the same. Both mask hashes: a receipt shows the head of the
trial's trail, which every act anywhere moves on."""


def run_twin(
    twin: Twin, sandbox: Sandbox, out: Path, depth: str = "plain", *, short: bool = False, breach: str = ""
) -> list[Recorded]:
    """Its two worlds."""
    parts = twin.short if short else twin.parts
    runs = [Run(sandbox, find(name), out, depth, breach, parts) for name in twin.worlds]
    run_all(runs)
    return [Recorded(run.seen(twin.door)) for run in runs]


def run_all(runs: Iterable[Run]) -> None:
    """Run them, two at a time; one that lies there already, for another twin, is not run again."""
    new = {run.seen("clinic"): run for run in runs if not run.seen("clinic").exists()}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Run.execute, new.values()))


def twins(sandbox: Sandbox, out: Path, depth: str) -> Iterator[tuple[str, int, list[Difference]]]:
    """Each promise with how many channels were compared and what speaks against it."""
    out.mkdir(parents=True, exist_ok=True)
    chosen = those_on("postgresql" if sandbox.server else "sqlite")
    run_all(Run(sandbox, find(name), out, depth, parts=twin.parts) for twin in chosen for name in twin.worlds)
    for twin in chosen:
        yield (twin.promise, *twin.compared(*run_twin(twin, sandbox, out, depth)))


def those_on(database: str) -> Iterable[Twin]:
    """The twins that are compared on that database."""
    return [twin for twin in TWINS.values() if twin.database == database]


def main() -> int:
    """Each promise on one database, to look into."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    database, bad = parser.parse_args().database, 0
    with (
        tempfile.TemporaryDirectory(prefix="velum-twins-") as folder,
        open_sandbox(Path(folder), database) as sandbox,
    ):
        for promise, size, against in twins(sandbox, Path(folder, "out"), "plain"):
            print(f"{promise}: {len(against)} differences, {size} channels")
            print("\n".join(told(row) for row in against[:20]), flush=True)
            bad += len(against)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
