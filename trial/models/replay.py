"""Which tables `verify` replays from the audit trail, and how a row is spelled there.

Every model says so itself, in its attribute `replay`: `Replayed`, or `NotReplayed` with the reason. An entry
of the trail keeps every row of a replayed table that was written in its transaction (`trial.audit`), so
that `verify` can go from entries to rows and back. No id that the database counts is kept: rows are named by
what they say, and those they point to as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from django.db import models

from trial.core.chain import canonical, moment

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Replayed:
    """A table whose rows must be what the newest entry about each says.

    `key` are the lookups that name a row for ever; `trial` and `site` those that lead to them (empty where
    a row belongs to none); `participant` the one that leads to a number. `free` columns may change unseen,
    each with the reason. Of `apart` columns the trail keeps a digest alone. `entered_by` are the actions
    that write its rows, and `at` and `by` when and by whom: so a row is found whose entry is older than
    this table. Rows that the filter `only` does not find have no entries. `sealed` rows stand in the sealed
    trail.
    """

    key: tuple[str, ...]
    entered_by: tuple[str, ...]
    trial: str = "participant__trial"
    participant: str = "participant__number"
    at: str = "at"
    by: str = "by"
    free: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    only: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    apart: frozenset[str] = frozenset()
    sealed: bool = False


@dataclass(frozen=True)
class NotReplayed:
    """A table without entries of its own: why, and by which columns others name its rows."""

    why: str
    key: tuple[str, ...] = ("pk",)


@dataclass(frozen=True)
class Column:
    """One column as the trail keeps it: where its value is found, and whether only a digest is kept."""

    name: str
    lookups: tuple[str, ...]
    field: models.Field[Any, Any]
    apart: bool

    def spelled(self, values: tuple[Any, ...]) -> Any:
        """The values of the lookups, as JSON holds them; None where there is nothing."""
        if self.field.is_relation:
            said: Any = None if values[0] is None else " ".join(str(_plain(value)) for value in values)
        else:
            said = _plain(self.field.to_python(values[0]))
        if self.apart and said not in (None, ""):
            return hashlib.sha256(canonical({"": said}).encode()).hexdigest()
        return said


def replay_of(model: type[models.Model]) -> Replayed | NotReplayed | None:
    """What a model says of itself, or nothing."""
    found = getattr(model, "replay", None)
    return found if isinstance(found, Replayed | NotReplayed) else None


@cache
def columns_of(model: type[models.Model]) -> tuple[Column, ...]:
    """The columns of a replayed table that the trail keeps, in the order of the model."""
    said = replay_of(model)
    assert isinstance(said, Replayed)  # noqa: S101 - whoever asks has looked
    kept = (
        each
        for each in model._meta.concrete_fields
        if not isinstance(each, models.AutoField) and each.name not in said.free
    )
    return tuple(Column(each.name, tuple(lookups_of(each)), each, each.name in said.apart) for each in kept)


def lookups_of(column: models.Field[Any, Any]) -> Iterator[str]:
    """Where the value of a column is found; what it points to is named by the key of that table."""
    if not column.is_relation:
        yield column.name
        return
    target = column.related_model
    said = replay_of(target) if isinstance(target, type) else None
    for part in said.key if said else ("pk",):
        if part == "pk" or part == getattr(target, "_meta").pk.name:  # noqa: B009 - a model, to the type checker
            yield column.attname
        else:
            yield f"{column.name}__{part}"


def found_in(row: models.Model, lookup: str) -> Any:
    """What a lookup finds in a row in memory; None where it leads nowhere."""
    value: Any = row
    for part in lookup.split("__"):
        value = getattr(value, part)
        if value is None:
            return None
    return value.pk if isinstance(value, models.Model) else value


def as_said(row: models.Model) -> dict[str, Any]:
    """A row as the trail keeps it; what is empty is left out, so that a later column changes nothing."""
    return said_by(
        type(row),
        {lookup: found_in(row, lookup) for column in columns_of(type(row)) for lookup in column.lookups},
    )


def is_replayed(row: models.Model) -> bool:
    """Whether an entry keeps this row, as it now is."""
    said = replay_of(type(row))
    if not isinstance(said, Replayed):
        return False
    return all(found_in(row, lookup.removesuffix("__in")) in values for lookup, values in said.only.items())


def said_by(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The same, from values by lookup."""
    said = {
        column.name: column.spelled(tuple(values[lookup] for lookup in column.lookups))
        for column in columns_of(model)
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


def name_of(model: type[models.Model], values: Mapping[str, Any]) -> str:
    """What names the row among those of its table, in its trial."""
    said = replay_of(model)
    assert isinstance(said, Replayed)  # noqa: S101 - whoever asks has looked
    return " ".join(str(_plain(values[lookup])) for lookup in said.key)


def key_values(row: models.Model) -> dict[str, Any]:
    """The values of a row's key, by lookup."""
    said = replay_of(type(row))
    assert isinstance(said, Replayed)  # noqa: S101 - whoever asks has looked
    return {lookup: found_in(row, lookup) for lookup in said.key}


def _plain(value: Any) -> Any:
    """A value as JSON holds it, in one spelling on both databases."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest()
    if value is None or isinstance(value, bool | int | list | dict):
        return value
    return str(value)
