"""The walk over all addresses in turns: whole between the worlds, and no look depends on those before it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import caches

from tests.blinding import sweep
from tests.blinding.blinding import GROUPS, against
from tests.blinding.people import NOBODY, Person
from tests.blinding.recording import Recorded, Recording
from tests.blinding.standing_still import PutBack, caches_as_they_are
from tests.blinding.sweep import TURNS, WORDS, Look, Sweep, one_of_each
from tests.blinding.sweep_depths import DEPTHS
from trial.permissions import DOORS

NUMBERS = [f"IM-010{digit}-{digit}" for digit in range(6)]
FIELDS = [f"field_{serial}" for serial in range(260)]


@pytest.fixture
def people() -> Any:
    """One person of each role at the clinic door, and nobody."""
    cast = {"investigator": "investigator.one", "site_system": "system.one"}
    names = {cast.get(role, f"{role}.one"): role for role in DOORS["clinic"]}
    by_name = {name: Person(name, role) for name, role in names.items()} | {NOBODY: Person(NOBODY)}
    return SimpleNamespace(by_name=by_name, trial="imodals")


def looks_of(people: Any, depth: str, *turns: int) -> set[Look]:
    walk = Sweep(people, None, DEPTHS[depth], FIELDS)  # type: ignore[arg-type]
    return {look for turn in turns for look in walk.looks(turn, NUMBERS)}


@pytest.mark.parametrize("depth", ["brief", "plain"])
def test_between_the_turns_everybody_looks_at_every_address(people: Any, depth: str) -> None:
    found = {(look.person, look.path) for look in looks_of(people, depth, *range(TURNS))}
    values = Sweep(people, None, DEPTHS[depth], []).values(NUMBERS[4])  # type: ignore[arg-type]
    paths = [address.filled(values) for address in sweep.addresses()]
    missing = [(who, path) for path in paths for who in one_of_each(people) if (who, path) not in found]
    assert (len(paths) > 50, missing) == (True, [])


def test_between_the_turns_every_page_is_asked_with_every_probe_and_each_is_asked_alone(people: Any) -> None:
    """The widest search there is for a filter or a sort that tells."""
    asked = [urlsplit(look.path) for look in looks_of(people, "plain", *range(TURNS))]
    alone = {query[0] for one in asked if len(query := parse_qsl(one.query)) == 1}
    assert set(sweep.probes(FIELDS)) - alone == set()
    together = Counter((one.path, query) for one in asked for query in parse_qsl(one.query))
    pages = {one.path for one in asked if len(parse_qsl(one.query)) > len(sweep.SORTS)}
    wanted = {*((sort, word) for sort in sweep.SORTS for word in WORDS), *sweep.probes(FIELDS)}
    assert len(pages) > 10
    assert [(page, one) for page in pages for one in wanted if (page, one) not in together] == []


def test_one_turn_is_a_small_part_of_all(people: Any) -> None:
    one, whole = (len(looks_of(people, "plain", *turns)) for turns in ((4,), range(TURNS)))
    assert one * 4 < whole


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_worlds_of_each_database_make_every_turn_and_their_base_makes_them_all(database: str) -> None:
    group = GROUPS[database][0]
    turns = {turn for world in group.worlds for turn in group.turns(world)}
    assert turns == set(group.turns(group.base)) >= set(range(TURNS))


def recorded(path: Path, **shown: str) -> Recorded:
    """What a run showed: what, with an underscore for the stroke, and the body."""
    recording = Recording()
    for what, body in shown.items():
        recording.add(what.replace("_", "/"), {"body": body.encode()})
    recording.write(path, {})
    return Recorded(path)


def test_what_a_world_did_not_look_at_is_no_difference_and_all_else_is(tmp_path: Path) -> None:
    base = recorded(tmp_path / "base", rest_a="1", sweep_a="1", sweep_b="1")
    part = recorded(tmp_path / "part", rest_a="1", sweep_b="1")
    other = recorded(tmp_path / "other", rest_b="1", sweep_b="2", sweep_c="1")

    assert list(against(base, part, ())) == []
    assert {row.what for row in against(base, other, ())} == {"rest/a", "sweep/b", "rest/b", "sweep/c"}


@pytest.mark.django_db
def test_after_a_look_browser_and_caches_hold_what_they_held(people: Any) -> None:
    person, sessions = people.by_name[NOBODY], caches["sessions"]
    person.client.cookies["kept"] = "as it was"
    sessions.set("one", "logged in")
    put_back = PutBack(people, caches_as_they_are())

    person.client.cookies["kept"] = "changed"
    person.client.cookies["more"] = "set by a look"
    sessions.set("one", "changed")
    caches["default"].set("counter", 3)
    put_back(NOBODY)

    assert {name: morsel.value for name, morsel in person.client.cookies.items()} == {"kept": "as it was"}
    assert (sessions.get("one"), caches["default"].get("counter")) == ("logged in", None)
