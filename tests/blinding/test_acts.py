"""Whoever can change something at the clinic does so once in the run in which everything fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock
from uuid import UUID

from tests.blinding.acts import Act, Acts, route_of
from tests.every_address import DOCS

NOT_ACTS = {"/", "components/", "accounts/signup/"}
"""They answer a POST like a GET, and change nothing."""


class Anything(dict[str, Any]):
    """The numbers of a world that was not run."""

    def __missing__(self, life: str) -> str:
        return "IM-0101-0"


def test_each_address_that_changes_something_has_an_act_of_the_walk(monkeypatch: Any) -> None:
    """As the table of all addresses says: where anybody's POST is answered otherwise than by a refusal."""
    table = [line.split(" ") for line in (DOCS / "access-clinic.txt").read_text().splitlines()[1:]]
    taken = {
        row[1]
        for row in table
        if "POST" in row[0].split(",") and set(row[2:]) - {"302", "401", "403", "404", "405"}
    }
    assert len(taken) > 35
    made = {route_of(act.path) for act in every_act(monkeypatch)}
    assert taken - NOT_ACTS - made == set()


def every_act(monkeypatch: Any) -> list[Act]:
    """The acts of a world of which nothing was run, but for what it would read in the database."""
    monkeypatch.setattr("tests.blinding.acts.Envelope.objects", MagicMock())
    monkeypatch.setattr("tests.blinding.acts.Site.objects", MagicMock())
    monkeypatch.setattr(Acts, "answers", lambda self: {})
    for name in ("digest", "seen"):
        monkeypatch.setattr(Acts, name, lambda self: "")
    monkeypatch.setattr(Acts, "token_key", staticmethod(lambda: "x"))
    monkeypatch.setattr(Acts, "invited", staticmethod(lambda: UUID(int=0)))
    people = MagicMock(trial="imodals", password=lambda: "x")
    people.__getitem__.return_value.delegation.pk = UUID(int=0)
    clinic = SimpleNamespace(people=people, numbers=Anything(), one=lambda life: "participants/IM-0101-0/")
    acts = Acts(clinic)  # type: ignore[arg-type]
    return [*acts.all()]
