"""The sweep over all addresses, in portions: whole between the worlds, and no look depends on another."""

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
from tests.blinding.reset_state import ResetState, looked_at
from tests.blinding.run import PARTS
from tests.blinding.sweep import PORTIONS, SAFE, WORDS, Look, Sweep, one_of_each
from tests.blinding.sweep_depths import ACTING, DEPTHS
from trial.permissions import DOORS

NUMBERS = [f"IM-010{digit}-{digit}" for digit in range(6)]
FIELDS = [f"field_{serial}" for serial in range(260)]


@pytest.fixture
def people() -> Any:
    """One person of each role at the clinic door, and nobody."""
    named = {"investigator": "investigator.one", "site_system": "system.one"}
    names = {named.get(role, f"{role}.one"): role for role in DOORS["clinic"]}
    by_name = {name: Person(name, role) for name, role in names.items()} | {NOBODY: Person(NOBODY)}
    return SimpleNamespace(by_name=by_name, trial="imodals")


def looks_of(people: Any, depth: str, *portions: int) -> set[Look]:
    whole = Sweep(people, None, DEPTHS[depth], FIELDS)  # type: ignore[arg-type]
    return {look for portion in portions for look in whole.looks(portion, NUMBERS)}


SHARED = ["brief", "plain", "shared", "shared plain"]


@pytest.mark.parametrize("depth", SHARED)
def test_between_the_portions_everybody_looks_at_every_address(people: Any, depth: str) -> None:
    found = {(look.person, look.path) for look in looks_of(people, depth, *range(PORTIONS))}
    values = Sweep(people, None, DEPTHS[depth], []).values(NUMBERS[4])  # type: ignore[arg-type]
    paths = [address.filled(values) for address in sweep.addresses()]
    missing = [(who, path) for path in paths for who in one_of_each(people) if (who, path) not in found]
    assert (len(paths) > 50, missing) == (True, [])


@pytest.mark.parametrize("depth", SHARED)
def test_between_the_portions_every_page_is_asked_with_every_probe_and_each_is_asked_alone(
    people: Any, depth: str
) -> None:
    """The widest search there is for a filter or a sort that tells."""
    asked = [urlsplit(look.path) for look in looks_of(people, depth, *range(PORTIONS))]
    alone = {query[0] for one in asked if len(query := parse_qsl(one.query)) == 1}
    assert set(sweep.probes(FIELDS)) - alone == set()
    together = Counter((one.path, query) for one in asked for query in parse_qsl(one.query))
    pages = {one.path for one in asked if len(parse_qsl(one.query)) > len(sweep.SORTS)}
    wanted = {*((sort, word) for sort in sweep.SORTS for word in WORDS), *sweep.probes(FIELDS)}
    assert len(pages) > 10
    assert [(page, one) for page in pages for one in wanted if (page, one) not in together] == []


@pytest.mark.parametrize(("depth", "part"), [("plain", 4), ("shared plain", 8)])
def test_one_portion_is_a_small_part_of_all(people: Any, depth: str, part: int) -> None:
    one, whole = (len(looks_of(people, depth, *portions)) for portions in ((4,), range(PORTIONS)))
    assert one * part < whole


@pytest.mark.parametrize("depth", SHARED)
def test_between_the_portions_options_are_asked_of_every_address_by_whoever_gets_most_and_by_nobody(
    people: Any, depth: str
) -> None:
    whole = Sweep(people, None, DEPTHS[depth], [])  # type: ignore[arg-type]
    asked = {
        (look.person == NOBODY, look.path)
        for portion in range(PORTIONS)
        for look in whole.tries(SAFE, portion, NUMBERS)
    }
    paths = {address.filled(whole.values(NUMBERS[-1])) for address in sweep.addresses()}
    assert asked == {(nobody, path) for nobody in (True, False) for path in paths}


def test_lines_are_kept_of_every_part_in_a_third_of_the_portions_and_of_all_where_all_are_made() -> None:
    depth, whole = DEPTHS["shared"], DEPTHS["shared"].untraced(range(PORTIONS))
    kept = Counter(
        part for portion in range(PORTIONS) for part in ACTING if part not in depth.untraced([portion])
    )
    assert (kept, whole & {*ACTING}) == (Counter(dict.fromkeys(ACTING, PORTIONS // 3)), set())
    assert {*ACTING} <= {part for door, part in PARTS if door == "clinic"}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_worlds_of_each_database_make_every_portion_and_their_base_makes_them_all(database: str) -> None:
    group = GROUPS[database][0]
    portions = {portion for world in group.worlds for portion in group.portions(world)}
    assert portions == set(group.portions(group.base)) >= set(range(PORTIONS))


def recorded(path: Path, **shown: str) -> Recorded:
    """What a run showed: what, with an underscore for the stroke, and the body."""
    recording = Recording()
    for what, body in shown.items():
        recording.add(what.replace("_", "/"), {"body": body.encode()})
    recording.write(path, {})
    return Recorded(path)


def test_what_a_world_did_not_look_at_is_no_difference_and_all_else_is(tmp_path: Path) -> None:
    base = recorded(tmp_path / "base", rest_a="1", sweep_a="1", sweep_b="1", onlookers_a="1")
    part = recorded(tmp_path / "part", rest_a="1", sweep_b="1")
    other = recorded(tmp_path / "other", rest_b="1", sweep_b="2", sweep_c="1")

    assert list(against(base, part, ())) == []
    assert {row.what for row in against(base, other, ())} == {"rest/a", "sweep/b", "rest/b", "sweep/c"}


def test_calls_that_a_world_did_not_count_are_no_difference_and_another_number_is(tmp_path: Path) -> None:
    base, without, other = (
        of_one_act(tmp_path / name, **channels)
        for name, channels in (
            ("base", {"calls": b"7", "body": b"1"}),
            ("without", {"body": b"1"}),
            ("other", {"calls": b"8"}),
        )
    )

    assert list(against(base, without, ())) == []
    assert {row.channel for row in against(base, other, ())} == {"calls", "body"}


def of_one_act(path: Path, **channels: bytes) -> Recorded:
    """What one act of Tuesday showed."""
    recording = Recording()
    recording.add("tuesday/0001 one", channels)
    recording.write(path, {})
    return Recorded(path)


@pytest.mark.django_db(transaction=True)
def test_after_a_look_browser_and_caches_hold_what_they_held(people: Any) -> None:
    person, sessions = people.by_name[NOBODY], caches["sessions"]
    person.client.cookies["kept"] = "as it was"
    sessions.set("one", "logged in")
    reset = ResetState(people, looked_at())

    person.client.cookies["kept"] = "changed"
    person.client.cookies["more"] = "set by a look"
    sessions.set("one", "changed")
    caches["default"].set("counter", 3)
    reset(NOBODY)

    assert {name: morsel.value for name, morsel in person.client.cookies.items()} == {"kept": "as it was"}
    assert (sessions.get("one"), caches["default"].get("counter")) == ("logged in", None)
