"""What a trigger of the database is, in the words of both databases. Each application lists its own.

A list is `triggers()` of the application's AppConfig; `trial.walls.trigger_registry` puts them together. The
refusal is an IntegrityError on SQLite and another DatabaseError on PostgreSQL. Why: decisions 11 and 17.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

ALWAYS = {"sqlite": "1", "postgresql": "TRUE"}


class Trigger(Operation):
    """Refuses `on` (INSERT, UPDATE, UPDATE OF columns, DELETE, TRUNCATE) of a row of `table`.

    `when` has the condition for each database that has this trigger; it may use OLD and NEW, and
    subqueries. Names are unique over all tables.

    It is an operation of a migration as well, since the migrations before decision 17 name their triggers.
    A later migration need not: what the lists say is laid at the end of each.
    """

    def __init__(self, table: str, name: str, *, on: str, when: dict[str, str], message: str) -> None:
        self.table, self.name, self.on, self.when, self.message = table, name, on, when, message

    def definition(self, vendor: str) -> str:
        """What the catalogue of that database holds when this trigger stands."""
        return "\n".join([self._trigger(vendor), *([self._body()] if vendor == "postgresql" else [])])

    def laid(self, vendor: str) -> list[str]:
        """The statements that lay it; none on a database that does not have it."""
        if vendor not in self.when:
            return []
        return [*([self._function()] if vendor == "postgresql" else []), self._trigger(vendor)]

    def taken_off(self, vendor: str) -> list[str]:
        """The statements that take it off, whether it is there or not."""
        return taken_off(self.table, self.name, vendor) if vendor in self.when else []

    def question(self, vendor: str) -> str:
        """A query that the database can read only if it has all that this trigger names."""
        columns = [f'"new".{name}' for name in self.columns] or ["1"]
        return (
            f'EXPLAIN SELECT {", ".join(columns)} FROM {self.table} AS "new", {self.table} AS "old" '
            f"WHERE {self.when[vendor]}"
        )

    @property
    def columns(self) -> list[str]:
        """The columns to which an UPDATE is limited; none where it is not."""
        return self.on.removeprefix("UPDATE OF ").split(", ") if self.on.startswith("UPDATE OF ") else []

    def _trigger(self, vendor: str) -> str:
        each = "STATEMENT" if self.on == "TRUNCATE" else "ROW"
        start = f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} FOR EACH {each}"
        if vendor == "postgresql":
            return f"{start} EXECUTE FUNCTION {self.name}()"
        return f"{start} WHEN {self.when[vendor]} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"

    def _function(self) -> str:
        return f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $${self._body()}$$"

    def _body(self) -> str:
        refusal = f"RAISE EXCEPTION '{self.message}';"
        if self.on == "TRUNCATE":  # which fires for no row
            return f" BEGIN {refusal} END "
        returned = "OLD" if self.on == "DELETE" else "NEW"
        return f" BEGIN IF {self.when['postgresql']} THEN {refusal} END IF; RETURN {returned}; END "

    # --- as an operation of a migration --------------------------------------------------------------

    def code(self, apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        """Lay it, in the place of one of its name."""
        vendor = editor.connection.vendor
        for statement in [*self.taken_off(vendor), *self.laid(vendor)]:
            editor.execute(statement, None)

    def reverse_code(self, apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        """Remove the trigger."""
        for statement in self.taken_off(editor.connection.vendor):
            editor.execute(statement, None)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: models do not know triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the trigger."""
        self.code(None, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Remove the trigger."""
        self.reverse_code(None, schema_editor)

    def describe(self) -> str:
        """The words that `migrate --plan` prints."""
        return f"Lay the trigger {self.name}"


def taken_off(table: str, name: str, vendor: str) -> list[str]:
    """The statements that take off the trigger of that name, and on PostgreSQL its function."""
    if vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{name}"']
    return [f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"', f'DROP FUNCTION IF EXISTS "{name}"()']


def refuse(
    table: str, name: str, *, on: str, when_sqlite: str, when_postgresql: str, message: str
) -> Trigger:
    """A trigger whose condition is not the same on both databases."""
    when = {"sqlite": when_sqlite, "postgresql": when_postgresql}
    return Trigger(table, name, on=on, when=when, message=message)


def promise(table: str, name: str, on: str, broken_when: str, message: str) -> Trigger:
    """Refuse `on` of a row of `table` when the promise is broken; both databases read the condition alike."""
    return refuse(table, name, on=on, when_sqlite=broken_when, when_postgresql=broken_when, message=message)


def refuse_truncate(table: str, name: str, message: str) -> Trigger:
    """Refuse TRUNCATE, which fires no row trigger. SQLite has no TRUNCATE."""
    return Trigger(table, name, on="TRUNCATE", when={"postgresql": "TRUE"}, message=message)


def stop_refusing(table: str, name: str) -> RunPython:
    """The operation that takes a trigger off, until the migration ends if the lists still name it.

    A migration that has to change rows that are written once says so with this one.
    """

    def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in taken_off(table, name, editor.connection.vendor):
            editor.execute(statement, None)

    return RunPython(forwards, RunPython.noop)


def append_only(
    table: str, what: str, key: tuple[str, ...] = (), *, erasable: str = "", kept: tuple[str, ...] = ()
) -> list[Trigger]:
    """Rows of `table` are written once: no update, no delete, no truncate.

    `erasable` names a text column that may be emptied, and nothing but emptied (GDPR Art. 17); `kept`
    then names all the others, which no update may touch, not even together with the erasure.

    `key` names the columns of the row's natural key: an insert that meets an existing key is
    refused before INSERT OR REPLACE could delete the row in its way.
    """
    message = f"{what} are written once"
    filled = f"NEW.{erasable} <> ''" if erasable else ""
    changed = {"sqlite": filled, "postgresql": filled} if erasable else ALWAYS
    triggers = [
        Trigger(table, f"{table}_no_update", on="UPDATE", when=changed, message=message),
        Trigger(table, f"{table}_no_delete", on="DELETE", when=ALWAYS, message=message),
        refuse_truncate(table, f"{table}_no_truncate", message),
    ]
    if kept:
        frozen = f"UPDATE OF {', '.join(kept)}"
        triggers.append(Trigger(table, f"{table}_only_erased", on=frozen, when=ALWAYS, message=message))
    if key:
        triggers.append(_refuse_replace(table, key, message))
    return triggers


def ended_once(table: str, what: str, *, end: str, kept: tuple[str, ...]) -> list[Trigger]:
    """Rows of `table` are written once and ended once: `end` goes from NULL to a value and stays.

    `kept` names all the other columns, which no update may touch. No delete, truncate or replacement.
    """
    message, ended = f"{what} are written once", f"{what} are written once and ended once"
    again = f"OLD.{end} IS NOT NULL OR NEW.{end} IS NULL"
    frozen = f"UPDATE OF {', '.join(kept)}"
    return [
        Trigger(table, f"{table}_only_ended", on=frozen, when=ALWAYS, message=message),
        promise(table, f"{table}_no_second_end", f"UPDATE OF {end}", again, ended),
        Trigger(table, f"{table}_no_delete", on="DELETE", when=ALWAYS, message=message),
        refuse_truncate(table, f"{table}_no_truncate", message),
        _refuse_replace(table, ("id",), message),
    ]


def rebuilt_on_sqlite(table: str, what: str, key: tuple[str, ...]) -> list[Trigger]:
    """Nothing any more: a table that SQLite makes anew keeps its triggers (`trial.walls.databases`)."""
    return []


def _refuse_replace(table: str, key: tuple[str, ...], message: str) -> Trigger:
    """SQLite's INSERT OR REPLACE deletes the row in its way; PostgreSQL has nothing like it."""
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    same = f"({same}) OR id = NEW.id"  # either of the two would remove the row in the way
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
    return Trigger(table, f"{table}_no_replace", on="INSERT", when={"sqlite": there}, message=message)
