"""What many tests begin with is kept in the database, and no test finds what another one left there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group

from tests.plugins import kept_worlds
from tests.plugins.kept_worlds import KeptStep, Row, wanted_by

pytestmark = pytest.mark.django_db

LOW = KeptStep("low", lambda made: Group.objects.create(name="low"))
HIGH = KeptStep("high", lambda made: [made["low"], Group.objects.create(name="high")])


def names() -> list[str]:
    return sorted(Group.objects.values_list("name", flat=True))


@pytest.fixture
def row(db: None) -> Iterator[Row]:
    """A row of this test's own, gone when the test's transaction ends."""
    row = Row()
    yield row
    row.stand_at(())


def test_a_row_grows_and_is_taken_back_step_by_step(row: Row) -> None:
    found = []
    for wanted in ((LOW, HIGH), (LOW,), (LOW, HIGH), ()):
        row.stand_at(wanted)
        found.append(names())

    assert found == [["high", "low"], ["low"], ["high", "low"], []]


def test_what_stands_is_not_made_twice(row: Row) -> None:
    row.stand_at((LOW, HIGH))
    keys = set(Group.objects.values_list("pk", flat=True))
    row.stand_at((LOW, HIGH))

    assert set(Group.objects.values_list("pk", flat=True)) == keys


def changed_by_a_test(row: Row) -> str:
    """What the next test reads after this one changed the object that it was given."""
    row.stand_at((LOW, HIGH))
    row.copies["high"][0].name = "changed"
    row.stand_at((LOW, HIGH))
    name: str = row.copies["high"][0].name
    return name


def test_each_test_gets_copies_of_its_own(row: Row) -> None:
    assert changed_by_a_test(row) == "low"


def test_a_row_that_hands_out_what_it_made_is_seen(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shared:
        deepcopy = staticmethod(lambda made: made)

    monkeypatch.setattr(kept_worlds, "copy", Shared)

    assert changed_by_a_test(row) == "changed"


def test_copies_of_one_test_belong_together(row: Row) -> None:
    row.stand_at((LOW, HIGH))

    assert row.copies["high"][0] is row.copies["low"]


def test_a_step_that_fails_leaves_nothing_behind(row: Row) -> None:
    def fails(made: dict[str, Any]) -> None:
        raise ValueError("as planned")

    with pytest.raises(ValueError, match="as planned"):
        row.stand_at((LOW, KeptStep("high", fails)))

    assert (names(), row.standing) == ([], [])


@pytest.fixture
def world(world: object) -> object:
    """The conftest's, replaced."""
    return copy.copy(world)


def test_what_a_file_replaces_is_not_kept_for_it(request: pytest.FixtureRequest, world: object) -> None:
    assert wanted_by(request.node) == ()


@pytest.mark.django_db(transaction=True)
def test_who_commits_finds_nothing_kept(request: pytest.FixtureRequest) -> None:
    assert (wanted_by(request.node), names()) == ((), [])
