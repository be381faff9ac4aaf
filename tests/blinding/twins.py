"""The other twins: the pharmacist and the envelopes to come, two sites, a code break and everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.blinding.ground import Ground
from tests.blinding.recording import HEX_MASKS, Difference, Recorded, differences
from tests.blinding.stage import PARTS, Stage
from tests.blinding.worlds import BASE, find

LOOKED = (*PARTS, ("pharmacy", "look_round"))
AT_SITE_ONE = ("nurse.one", "investigator.one", "system.one")
NOT_FOR_PEOPLE = frozenset({"statements"})
"""Statements of the pharmacy carry boxes, and no two boxes are alike."""

NOTICE = (
    "table trial_auditentry",
    "table trial_auditchain",
    "table randomization_codebreaknotice",
    "/audit/",
    "worker runs",
)
"""Where a code break may show: the trail, and the notice to the trial manager that a worker sends."""


def pharmacists_view(ground: Ground, out: Path, depth: str) -> list[Difference]:
    """What the pharmacist sees differently when only envelopes that nobody has drawn hold other arms."""
    names = ("envelopes left", "envelopes left, shifted", "envelopes left, all placebo")
    files = []
    for name in names:
        stage = Stage(ground, find(name), out, depth, parts=LOOKED)
        stage.play()
        files.append(Recorded(stage.seen("pharmacy")))
    found = [row for other in files[1:] for row in differences(files[0], other)]
    return [row for row in found if row.channel not in NOT_FOR_PEOPLE]


def other_sites_view(ground: Ground, out: Path, depth: str) -> list[Difference]:
    """What the people of one site see differently when the other site is busy."""
    one, other = (
        Recorded(Stage(ground, world, out, depth).play()) for world in (BASE, find("busy second site"))
    )
    return [row for row in differences(one, other) if spoken_by(row) in AT_SITE_ONE]


def spoken_by(row: Difference) -> str:
    """Who asked."""
    return row.what.partition(" ")[2].partition(":")[0].removesuffix(" (token)")


def code_breaks_view(ground: Ground, out: Path, depth: str) -> list[Difference]:
    """What anybody sees differently after a code break, beyond the notice and the trail."""
    one, other = (
        Recorded(Stage(ground, world, out, depth).play()) for world in (find("no code break"), BASE)
    )
    found = differences(one, other, HEX_MASKS)
    return [row for row in found if row.channel != "compressed size" and not is_notice(row)]


def is_notice(row: Difference) -> bool:
    """Whether this is a place where the code break is to be seen."""
    return any(place in row.what for place in NOTICE)


def twins(ground: Ground, out: Path, depth: str) -> Iterator[tuple[str, list[Difference]]]:
    """Each promise with what speaks against it."""
    out.mkdir(parents=True, exist_ok=True)
    yield "the pharmacist sees nothing of envelopes that are not drawn", pharmacists_view(ground, out, depth)
    yield "one site sees nothing of what the other does", other_sites_view(ground, out, depth)
    yield (
        "a code break shows to others in the trail and the notice only",
        code_breaks_view(ground, out, depth),
    )
