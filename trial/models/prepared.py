"""Questions to the database that are put together once and asked many times.

Django composes the SQL of a query anew whenever it is asked. For the questions that every act asks, that
takes several times as long as the database takes to answer. A prepared question is composed when it is first
asked on a connection; afterwards only its values are filled in. What comes back is what the query itself
gives.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Shape = tuple[tuple[str, int | None], ...]
"""The names of the values, and of each list among them how many it holds."""


@dataclass(frozen=True)
class Place:
    """Where a value of that name is filled in, among the parameters of composed SQL."""

    name: str
    index: int | None = None


class Given(Expression):
    """A value that is known only when the question is asked. It may stand wherever a query takes a value."""

    def __init__(self, name: str, index: int | None = None) -> None:
        super().__init__()
        self.name, self.index = name, index

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """One parameter, which holds its place."""
        return "%s", [Place(self.name, self.index)]


@dataclass(frozen=True)
class _Composed:
    """A question as it was composed for one connection; without SQL where it can have no answer."""

    question: QuerySet[Any]
    compiler: SQLCompiler
    sql: str | None
    parameters: Sequence[Any] = ()

    def ask(self, values: dict[str, Any]) -> list[Any]:
        """The rows that it gives for these values."""
        if self.sql is None:
            return []
        compiler, asked = copy.copy(self.compiler), self.question.all()
        if asked.query.select_for_update and not compiler.connection.in_atomic_block:
            raise transaction.TransactionManagementError("A row is locked within a transaction only.")
        filled = self.sql, tuple(_filled(one, values, compiler.connection) for one in self.parameters)
        vars(compiler)["as_sql"] = lambda *_words, **_named: filled
        vars(asked.query)["get_compiler"] = lambda *_words, **_named: compiler
        return list(asked)


class Prepared(Generic[Row]):
    """A question, given by a function that builds its query from values: each is a `Given` when it is called.

    Ask it with the same names: `running(user=1, roles=["nurse"])`. A list becomes a list of as many places.
    None is no value, since SQL does not compare with it: what may be missing is another question. The
    function must not look at its values, nor at anything else that changes while the process runs.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self._build = build

    def __call__(self, **values: Any) -> list[Row]:
        """The rows, as the query would give them. Raises ValueError for None among the values."""
        if missing := [name for name, value in values.items() if value is None]:
            raise ValueError(f"A prepared question has no value for {', '.join(missing)}.")
        here = connections[DEFAULT_DB_ALIAS]
        shapes = self._composed_for(here)
        shape = tuple((name, len(value) if _is_list(value) else None) for name, value in values.items())
        if shape not in shapes:
            shapes[shape] = self._compose(shape, here)
        return shapes[shape].ask(values)

    def _composed_for(self, here: BaseDatabaseWrapper) -> dict[Shape, _Composed]:
        """What was composed for a connection. It is kept on the connection, and goes with it."""
        kept: dict[Prepared[Any], dict[Shape, _Composed]] = vars(here).setdefault("_prepared", {})
        return kept.setdefault(self, {})

    def first(self, **values: Any) -> Row | None:
        """The first row, or None. The query itself says in which order, and that one is enough."""
        return next(iter(self(**values)), None)

    def _compose(self, shape: Shape, here: BaseDatabaseWrapper) -> _Composed:
        question = self._build(
            **{
                name: Given(name) if count is None else [Given(name, place) for place in range(count)]
                for name, count in shape
            }
        )
        compiler = question.query.get_compiler(connection=here)
        try:
            return _Composed(question, compiler, *compiler.as_sql())
        except EmptyResultSet:
            return _Composed(question, compiler, None)


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple))


def _filled(parameter: Any, values: dict[str, Any], here: BaseDatabaseWrapper) -> Any:
    """The parameter; if it is a place, the value of that name as the database takes it."""
    if not isinstance(parameter, Place):
        return parameter
    value = values[parameter.name]
    return _adapted(value if parameter.index is None else value[parameter.index], here)


def _adapted(value: Any, here: BaseDatabaseWrapper) -> Any:
    """A value as Django's fields of its type give it to the database."""
    match value:
        case Model():
            return _adapted(value.pk, here)
        case Enum():
            return value.value
        case UUID():
            return value if here.features.has_native_uuid_field else value.hex
        case datetime():
            return here.ops.adapt_datetimefield_value(value)
        case date():
            return here.ops.adapt_datefield_value(value)
        case _:
            return value
