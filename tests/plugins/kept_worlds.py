"""Keeps a world that many tests begin with in the database, each test in a savepoint above it.

Most tests begin with the same trial, many with the same list and people. What a folder's tests begin with is
a row of steps, each made inside the savepoint of the one before. A test gets the longest row that it
asks for, as copies of its own; what it changes is rolled back, and the next test finds the row again.
A test with real transactions finds an empty database, as ever.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Make = Callable[[dict[str, Any]], Any]
DATABASE = "_django_db_helper"
"""The fixture of pytest-django that opens a test's transaction: the row must stand before it does."""
BLOCKER = "django_db_blocker"


@dataclass(frozen=True)
class KeptStep:
    """What the fixture `name` gives: `make` makes it of what the steps before it gave."""

    name: str
    make: Make
    needs: tuple[str, ...] = ()
    """Other fixtures that `make` stands for, which no test of the row may have replaced."""


@dataclass(frozen=True)
class Standing:
    """A step that stands in the database: its savepoint, and all that the row gave up to it."""

    step: KeptStep
    savepoint: AbstractContextManager[Any]
    made: dict[str, Any]


class Row:
    """The steps that stand in the database now, the lowest first."""

    def __init__(self) -> None:
        self.standing: list[Standing] = []
        self.copies: dict[str, Any] = {}

    def stand_at(self, wanted: tuple[KeptStep, ...]) -> None:
        """Take back what this row does not begin with, make what is missing, and lay copies ready."""
        while not self._begins(wanted):
            self._take_back()
        for step in wanted[len(self.standing) :]:
            self._make(step)
        self.copies = self._copied()

    def _begins(self, wanted: tuple[KeptStep, ...]) -> bool:
        return tuple(one.step for one in self.standing) == wanted[: len(self.standing)]

    def _copied(self) -> dict[str, Any]:
        """Copies, as a test or the next step changes what it is given."""
        return copy.deepcopy(self.standing[-1].made) if self.standing else {}

    def _make(self, step: KeptStep) -> None:
        from django.db import transaction

        savepoint = transaction.atomic()
        # As Django marks its own: a durable transaction may begin within.
        savepoint._from_testcase = True  # type: ignore[attr-defined]
        savepoint.__enter__()
        made = self._copied()
        self.standing.append(Standing(step, savepoint, made))
        try:
            made[step.name] = step.make(made)
        except BaseException:
            self.stand_at(())
            raise

    def _take_back(self) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.standing.pop().savepoint.__exit__(None, None, None)


ROW = Row()
FOLDERS: dict[Path, tuple[KeptStep, ...]] = {}


def keep(conftest: str, *steps: KeptStep) -> None:
    """Have the tests beside that conftest begin with these steps, as far as they ask for them."""
    FOLDERS[Path(conftest).parent] = steps


def given(name: str) -> Any:
    """This test's copy of what a kept step made; None where the step does not stand."""
    return ROW.copies.get(name)


def wanted_by(item: pytest.Item) -> tuple[KeptStep, ...]:
    """The longest row of steps that this test asks for and has not replaced; none with real transactions."""
    if not isinstance(item, pytest.Function) or with_real_transactions(item) or has_own_scene(item):
        return ()
    return tuple(_asked(item, FOLDERS.get(item.path.parent, ())))


def _asked(item: pytest.Function, steps: Iterable[KeptStep]) -> Iterator[KeptStep]:
    fixtures = item._fixtureinfo.name2fixturedefs
    for step in steps:
        replaced = any(len(fixtures.get(name, ())) > 1 for name in (step.name, *step.needs))
        if step.name not in item.fixturenames or replaced:
            return
        yield step


def has_own_scene(item: pytest.Function) -> bool:
    """Whether the test stands in a transaction that its file opened for more than one test."""
    fixtures = item._fixtureinfo.name2fixturedefs
    return any(opens_scene(fixtures[name][-1]) for name in item.fixturenames if name in fixtures)


def opens_scene(fixture: pytest.FixtureDef[Any]) -> bool:
    """Whether this is a fixture of more than one test that writes to the database itself."""
    ours = fixture.baseid != ""  # plugins have none
    return ours and fixture.scope != "function" and BLOCKER in fixture.argnames


def with_real_transactions(item: pytest.Function) -> bool:
    """Whether the test commits: by its mark or by a fixture."""
    mark = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(item.fixturenames)
    return bool(fixtures) or bool(mark and (mark.kwargs.get("transaction") or mark.args[:1] == (True,)))


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Just before a test's transaction is opened the row is brought to where the test begins.

    Before a file opens a scene of its own nothing stands below it.
    """
    if fixturedef.argname == DATABASE or opens_scene(fixturedef):
        blocker = request.getfixturevalue(BLOCKER)
        with blocker.unblock():
            ROW.stand_at(wanted_by(request.node) if fixturedef.argname == DATABASE else ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Within each file the tests that begin alike stand together, those of the shortest row first."""
    place = {path: index for index, path in enumerate(dict.fromkeys(item.path for item in items))}
    order = sorted(items, key=lambda item: (_commits(item), place[item.path], len(wanted_by(item))))
    items[:] = order


def _commits(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and with_real_transactions(item)
