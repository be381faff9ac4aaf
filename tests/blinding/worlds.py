"""The worlds: the same trial again and again, differing only in what no blinded person may learn.

A world says what the envelopes hold and how the pharmacy works. Everything that blinded people do is
in `tests.blinding.clinic` and is the same in all of them. Needs neither Django nor a database.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Assignment = Callable[[Sequence[int]], list[int]]
"""From the arms of the base list, by index into the protocol's arms, to those of this world."""


@dataclass(frozen=True)
class Labels:
    """What the arms are called behind the pharmacy door, and what their syringes are made of."""

    codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """How the pharmacists work. Minutes count from midnight at the site, on the day of the injection."""

    minute: int = 330
    pace: int = 2
    note: str = "as usual"
    lots: tuple[str, ...] = ("A1147", "G5-208")
    deliveries: int = 1
    vials: int = 120
    made_anew: int = 0
    backwards: bool = False
    visits: int = 1


@dataclass(frozen=True)
class World:
    """One world: what the envelopes hold, what the arms are called, how the pharmacy works.

    The last four are no secrets; they belong to other twins (`PEOPLE_TWINS`).
    """

    name: str
    assign: Assignment = list
    labels: Labels = field(default_factory=Labels)
    work: Work = field(default_factory=Work)
    hash_seed: str = "0"
    real_commitments: bool = False
    reserve: int = 0
    code_break: bool = True
    second_site: str = "quiet"
    rows_mixed: bool = False


def shifted(by: int) -> Assignment:
    """Each arm becomes the next but `by` one."""
    return lambda arms: [(arm + by) % 3 for arm in arms]


def swapped(one: int, other: int) -> Assignment:
    """Two arms change places."""
    return lambda arms: [{one: other, other: one}.get(arm, arm) for arm in arms]


def only(arm: int) -> Assignment:
    """Everybody gets the same: here a leaked count shows, which every balanced permutation hides."""
    return lambda arms: [arm] * len(arms)


def turned(arms: Sequence[int]) -> list[int]:
    """The list from its end."""
    return list(reversed(arms))


def shuffled(seed: int) -> Assignment:
    """The same envelopes in another order."""
    return lambda arms: random.Random(seed).sample(list(arms), len(arms))


def later(drawn: int, assign: Assignment) -> Assignment:
    """Other arms for the envelopes behind the first `drawn` ones."""
    return lambda arms: [*list(arms)[:drawn], *assign(arms)[drawn:]]


LONG = Labels(
    codes=("VEHICULE-SANS-SUBSTANCE-ACTIVE-DU-TOUT", "B", "ΙΝΤΕΡΛΕΥΚΙΝΗ-2"),
    labels=("Véhicule seul, sans la moindre substance active", "β", "אינטרלוקין 2 (שתי מיליון יחידות)"),
    volumes=("0.5", "1.25", "2"),
)
SHORT = Labels(codes=("A", "B", "C"), labels=("a", "b", "c"), volumes=("1", "1", "1"))
STEM = "ZZARM7"
"""What the canaries' names, lots and note begin with, so that one search finds them all."""
CANARY = Labels(
    codes=(f"{STEM}A", f"{STEM}B", f"{STEM}C"),
    labels=(f"{STEM} seven A", f"{STEM} seven B", f"{STEM} seven C"),
)
"""Names that occur nowhere else: wherever they turn up, an arm has come through."""

BASE = World("base")
WORLDS: tuple[World, ...] = (
    World("relabelled by one", shifted(1)),
    World("relabelled by two", shifted(2)),
    World("first two swapped", swapped(0, 1)),
    World("outer two swapped", swapped(0, 2)),
    World("all placebo", only(0)),
    World("all 1 MIU", only(1)),
    World("all 2 MIU", only(2)),
    World("reversed", turned),
    *(World(f"shuffled {seed}", shuffled(seed)) for seed in (1, 2, 3, 4)),
    World("long labels in other alphabets", shifted(1), LONG),
    World("labels of one letter", turned, SHORT),
    World("other lots", shuffled(6), work=Work(lots=("ZZ-000000000000000001", "7"), deliveries=3, vials=900)),
    World("long notes", shifted(1), work=Work(note="é" * 160)),
    World("empty notes", shifted(2), work=Work(note="")),
    World("pharmacist at one in the morning", only(2), work=Work(minute=60, pace=11)),
    World("pharmacist just before seven", shuffled(7), work=Work(minute=412, pace=1, backwards=True)),
    World("syringes made anew", turned, work=Work(minute=200, pace=1, made_anew=3, visits=6)),
    World(
        "everything at once", only(0), LONG, Work(100, 3, "ü" * 120, ("Q", "RRRRRRRRR"), 4, 50, 2, True, 9)
    ),
)
"""Compared with BASE byte for byte."""

CANARIES = World(
    "canaries", labels=CANARY, work=Work(lots=(f"{STEM}-LOT-1", f"{STEM}-LOT-2"), note=f"{STEM} as usual")
)
"""For the search through everything that is left at rest."""

REAL = (
    World("real commitments, another hash seed", hash_seed="4711", real_commitments=True),
    World(
        "real commitments, another hash seed, all placebo", only(0), hash_seed="4711", real_commitments=True
    ),
)
"""One pair with the product's own commitments, whose hexadecimal digits are masked for the comparison, and
with sets in another order, which shows in headers that a library writes."""

SHORT_FORM = ("relabelled by one", "all placebo", "pharmacist just before seven", "everything at once")
"""The worlds of the short form in `make test`."""


def find(name: str) -> World:
    """The world of that name. Raises KeyError."""
    return BY_NAME[name]


RESERVE = 6
PEOPLE_TWINS = {
    world.name: world
    for world in (
        World("no code break", code_break=False),
        World("busy second site", second_site="busy"),
        World("rows in another order", rows_mixed=True),
        World("envelopes left", reserve=RESERVE),
        World("envelopes left, all placebo", later(13, only(0)), reserve=RESERVE),
    )
}
"""Other twins: what they differ in is known to somebody, but not to everybody."""

BY_NAME = {world.name: world for world in (BASE, *WORLDS, *REAL, CANARIES, *PEOPLE_TWINS.values())}
