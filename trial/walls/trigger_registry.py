"""The triggers that every installed application lists, beside those that stand in the database.

The lists are the truth: `migrate` lays what they say, `verify` and the doors compare (decision 17).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction

from trial.hooks import ask_apps
from trial.walls.database_grants import rights_of
from trial.walls.triggers import Trigger, taken_off


@runtime_checkable
class OffersTriggers(Protocol):
    """Has tables whose rows the database itself keeps."""

    def triggers(self) -> Sequence[Trigger]:
        """Every trigger of its tables, and each that reads one of them beside a lower application's."""


STANDING = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid",
    "postgresql": """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid, true) || E'\\n' || p.prosrc
  || CASE WHEN t.tgenabled IN ('O', 'A') THEN '' ELSE ' -- disabled' END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid) ORDER BY t.oid
""",
}
"""Table, name and definition of every trigger, in the order in which they were laid."""

ONLY_REFUSES = re.compile(
    r"CREATE TRIGGER (\w+) BEFORE .* (BEGIN SELECT RAISE\(ABORT, '[^']*'\); END|EXECUTE FUNCTION \1\(\)\n "
    r"BEGIN (IF .* THEN )?RAISE EXCEPTION '[^']*';( END IF; RETURN \w+;)? END( -- disabled)?) ?",
    re.DOTALL,
)
"""The form of every trigger that Velum ever laid."""


class Place(NamedTuple):
    """Where a trigger stands."""

    table: str
    name: str


@dataclass(frozen=True)
class Fault:
    """A trigger that is `missing`, `altered`, or `strange`: there, though no list names it."""

    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place.name} on {self.place.table} is {self.what}"


def listed(vendor: str) -> dict[Place, Trigger]:
    """Every trigger that an installed application lists for that database."""
    every = (trigger for app in ask_apps(OffersTriggers) for trigger in app.triggers())
    return {Place(one.table, one.name): one for one in every if vendor in one.when}


def standing(connection: Any) -> dict[Place, str]:
    """Every trigger of the database with its definition. Any role may ask."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING[connection.vendor])
        return {Place(table, name): text for table, name, text in cursor.fetchall()}


def faults(connection: Any) -> list[Fault]:
    """What is missing, altered or strange. A door asks only for tables that its role may read."""
    there, lists = standing(connection), listed(connection.vendor)
    found = [
        Fault(place, "altered" if place in there else "missing")
        for place, trigger in lists.items()
        if _may_ask(place) and there.get(place) != trigger.definition(connection.vendor)
    ]
    return found + [Fault(place, "strange") for place in there if place not in lists and _is_ours(place)]


def lay(connection: Any, *, execute: Any) -> list[Trigger]:
    """Make the database's triggers those of the lists, within a transaction. One that is right is kept.

    Returns those that cannot be laid yet, as a later migration makes a table or column that they name.
    """
    there, lists = standing(connection), listed(connection.vendor)
    for place, text in there.items():
        if place not in lists and _is_ours(place) and ONLY_REFUSES.fullmatch(text):
            _run(taken_off(*place, connection.vendor), execute)
    wrong = [one for place, one in lists.items() if there.get(place) != one.definition(connection.vendor)]
    tables = set(connection.introspection.table_names()) if wrong else set()
    return [one for one in wrong if one.table not in tables or not lay_one(connection, one, execute=execute)]


def lay_one(connection: Any, trigger: Trigger, *, execute: Any) -> bool:
    """Lay it in the place of one of its name, if the database has all that it names. Returns whether."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(trigger.question(connection.vendor))
    except DatabaseError:
        return False
    _run([*trigger.taken_off(connection.vendor), *trigger.laid(connection.vendor)], execute)
    return True


def _run(statements: list[str], execute: Any) -> None:
    for statement in statements:
        execute(statement)


def _may_ask(place: Place) -> bool:
    return not settings.CLINIC or "S" in rights_of("clinic", place.table)


def _is_ours(place: Place) -> bool:
    """Whether this process can tell who listed it: only the pharmacy door knows every list."""
    return not settings.CLINIC and place.table in _tables()


def _tables() -> Iterator[str]:
    return (model._meta.db_table for model in apps.get_models(include_auto_created=True))
