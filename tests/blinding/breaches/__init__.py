"""Planted leaks: what a careless change could bring, put into a running process of the tests only.

A leak has to get the arm from somewhere. Most plants here are simply given what the envelopes hold, as if
they had got past every wall but the last; those in `walls` try to get past the others. Needs no Django
until a leak is planted.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODULES = ("answers", "inside", "other_door", "pharmacy_side", "queries", "twins", "walls", "side_effects")


class Secret:
    """What the envelopes hold, as the run's own pharmacy wrote it down by now."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def facts(self) -> dict[str, Any]:
        """Everything: `envelopes` by randomisation number, `lots`, `note`, `minute`."""
        return dict(json.loads(self.path.read_text()))

    def of_number(self, number: str) -> dict[str, Any]:
        """What the envelope with that randomisation number holds."""
        return dict(self.facts["envelopes"][number])

    def of(self, participant: str) -> dict[str, Any] | None:
        """What that participant's envelope holds; None for who has none."""
        from randomization.models import Envelope

        row = Envelope.objects.filter(participant__number=participant).first()
        return self.of_number(row.number) if row else None


@dataclass(frozen=True)
class Breach:
    """One planted leak: in which door's process, in which world it differs from the base, and how soon.

    `database` is the one on which it shows. A leak of something that is no arm shows between the worlds of a
    `twin` instead. An attempt on a wall `says` what the wall tells whoever runs against it, as a pattern for
    the last line of the traceback.
    """

    name: str
    what: str
    plant: Callable[[Secret], None]
    door: str
    world: str
    wall: str
    until: str
    database: str
    twin: str = ""
    says: str = ""


KNOWN: dict[str, Breach] = {}


def breach(
    what: str,
    *,
    door: str = "clinic",
    world: str = "all placebo",
    wall: str = "behaviour",
    until: str = "tuesday",
    database: str = "sqlite",
    twin: str = "",
    says: str = "",
) -> Callable[[Callable[[Secret], None]], Callable[[Secret], None]]:
    """Enter a function as a planted leak, named after it."""

    def entered(plant: Callable[[Secret], None]) -> Callable[[Secret], None]:
        name = plant.__name__
        KNOWN[name] = Breach(name, what, plant, door, world, wall, until, database, twin, says)
        return plant

    return entered


def known() -> dict[str, Breach]:
    """Every planted leak by name."""
    for module in MODULES:
        importlib.import_module(f"tests.blinding.breaches.{module}")
    return dict(KNOWN)


def plant(name: str, door: str, secret: Path) -> None:
    """Plant a leak, or several with `+` between them, as far as they belong to this process's door."""
    for chosen in map(known().__getitem__, name.split("+")):
        if chosen.door == door:
            chosen.plant(Secret(secret))
