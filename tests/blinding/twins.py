"""The other twins: the pharmacist and envelopes to come, two sites, a code break, rows in another order."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.blinding.ground import Ground, grounds
from tests.blinding.recording import HEX_MASKS, Difference, Recorded, Seen, differences, told
from tests.blinding.stage import PARTS, Stage
from tests.blinding.worlds import World, find

RESERVE = {("pharmacy", "reserve_list"), ("clinic", "thursday")}
LOOKED = (*(part for part in PARTS if part not in RESERVE), ("pharmacy", "look_round"))
"""Without the reserve list: in these worlds the first one is never used up."""
AT_SITE_ONE = ("nurse.one", "investigator.one", "system.one")
Found = tuple[int, list[Difference]]
"""How many channels were compared, and those that differ."""
NOT_FOR_PEOPLE = frozenset({"statements"})
"""Statements of the pharmacy carry boxes, and no two boxes are alike."""

GIVEN = frozenset({"status", "headers", "cookies", "body", "compressed size"})
"""What a person gets. Inside, primary keys and the database's plans go on from what the other site did."""
STORED = frozenset({"mail", "rows", "files"})
NOTICE = (
    "/outbox/",
    "table trial_auditentry",
    "table trial_auditchain",
    "table randomization_codebreaknotice",
    "/audit/",
    "worker runs",
)
"""Where a code break may show: the trail, and the notice that a worker sends and the outbox keeps."""


def pharmacists_view(ground: Ground, out: Path, depth: str) -> Found:
    """What the pharmacist sees differently when only envelopes that nobody has drawn hold other arms."""
    names = ("envelopes left", "envelopes left, all placebo")
    stages = [Stage(ground, find(name), out, depth, parts=LOOKED) for name in names]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Stage.play, stages))
    one, other = (Recorded(stage.seen("pharmacy")) for stage in stages)
    found = differences(one, other)
    return one.size(), [row for row in found if row.channel not in NOT_FOR_PEOPLE]


def played_once(ground: Ground, out: Path, depth: str, world: World) -> Path:
    """The file of that world; two of the twins share their base."""
    stage = Stage(ground, world, out, depth)
    return stage.seen("clinic") if stage.seen("clinic").exists() else stage.play()


def played_both(ground: Ground, out: Path, depth: str, *names: str) -> list[Recorded]:
    """Those worlds, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return [
            Recorded(file) for file in pool.map(partial(played_once, ground, out, depth), map(find, names))
        ]


def other_sites_view(ground: Ground, out: Path, depth: str) -> Found:
    """What the people of one site see differently when the other site is busy.

    A receipt shows the head of the trial's trail, a hash that every act anywhere moves on.
    """
    one, other = played_both(ground, out, depth, "base", "busy second site")
    found = differences(one, other, HEX_MASKS)
    size = sum(given_to_site_one(row) for row in one.seen)
    return size, [row for row in found if row.channel != "compressed size" and given_to_site_one(row)]


def given_to_site_one(row: Seen | Difference) -> bool:
    """Whether this is something that a person or system of the first site got."""
    return row.channel in GIVEN and spoken_by(row.what) in AT_SITE_ONE


def spoken_by(what: str) -> str:
    """Who asked."""
    return what.partition(" ")[2].partition(":")[0].removesuffix(" (token)")


def code_breaks_view(ground: Ground, out: Path, depth: str) -> Found:
    """What anybody sees differently after a code break, beyond the notice and the trail."""
    one, other = played_both(ground, out, depth, "no code break", "base")
    found = differences(one, other, HEX_MASKS)
    size = sum(given_to_others(row) for row in one.seen)
    seen = [row for row in found if row.channel != "compressed size" and given_to_others(row)]
    return size, [row for row in seen if not (row.channel == "files" and only_letters(row))]


def only_letters(row: Difference) -> bool:
    """Whether files differ by letters alone, of which each was compared when it was sent."""
    one, other = (
        [line for line in (side or b"").splitlines() if not line.startswith(b"mail/")]
        for side in (row.one, row.other)
    )
    return one == other


def given_to_others(row: Seen | Difference) -> bool:
    """Whether this is something that somebody gets, or stored, and not where the notice belongs."""
    return row.channel in GIVEN | STORED and not is_notice(row.what)


def is_notice(what: str) -> bool:
    """Whether this is a place where the code break is to be seen."""
    return any(place in what for place in NOTICE)


def mixed_rows_view(ground: Ground, out: Path, depth: str) -> Found:
    """What anybody sees differently when rows lie in another order, which follows from who wrote when."""
    one, other = played_both(ground, out, depth, "base", "rows in another order")
    return one.size(), list(differences(one, other))


def twins(ground: Ground, out: Path, depth: str) -> Iterator[tuple[str, int, list[Difference]]]:
    """Each promise with how many channels were compared and what speaks against it."""
    out.mkdir(parents=True, exist_ok=True)
    for view, promise in VIEWS["postgresql" if ground.server else "sqlite"].items():
        yield (promise, *view(ground, out, depth))


VIEWS = {
    "sqlite": {
        pharmacists_view: "the pharmacist sees nothing of envelopes that are not drawn",
        other_sites_view: "one site sees nothing of what the other does",
        code_breaks_view: "a code break shows in the trail and the notice only",
    },
    "postgresql": {mixed_rows_view: "nothing follows how rows lie in the database"},
}


def main() -> int:
    """Each promise on one database, to look into."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=VIEWS, default="sqlite")
    database, bad = parser.parse_args().database, 0
    with (
        tempfile.TemporaryDirectory(prefix="velum-twins-") as folder,
        grounds(Path(folder), database) as ground,
    ):
        for promise, size, against in twins(ground, Path(folder, "out"), "plain"):
            print(f"{promise}: {len(against)} differences, {size} channels")
            print("\n".join(told(row) for row in against[:20]), flush=True)
            bad += len(against)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
