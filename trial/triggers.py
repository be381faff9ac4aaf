"""Database triggers, as migration operations for both databases.

Each promise is stated once and written in the words of the database at hand. The refusal is an
IntegrityError on SQLite and another DatabaseError on PostgreSQL.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def _by_vendor(
    *,
    sqlite: list[str],
    postgresql: list[str],
    undo_sqlite: list[str],
    undo_postgresql: list[str],
) -> migrations.RunPython:
    def run(statements: dict[str, list[str]], editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement)

    def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        run({"sqlite": sqlite, "postgresql": postgresql}, editor)

    def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        run({"sqlite": undo_sqlite, "postgresql": undo_postgresql}, editor)

    return migrations.RunPython(forwards, backwards)


def refuse(
    table: str,
    name: str,
    *,
    on: str,
    when_sqlite: str,
    when_postgresql: str,
    message: str,
) -> migrations.RunPython:
    """Refuse `on` (INSERT, UPDATE, UPDATE OF columns, DELETE) of a row of `table` when the condition holds.

    The two conditions may use OLD and NEW; a subquery is allowed in both.
    """
    returned = "OLD" if on == "DELETE" else "NEW"
    return _by_vendor(
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE {on} ON {table} FOR EACH ROW WHEN {when_sqlite} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ],
        postgresql=[
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when_postgresql} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {returned}; END $$",
            f"CREATE TRIGGER {name} BEFORE {on} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        undo_sqlite=[f"DROP TRIGGER {name}"],
        undo_postgresql=[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
    )


def refuse_truncate(table: str, name: str, message: str) -> migrations.RunPython:
    """Refuse TRUNCATE, which fires no row trigger. SQLite has no TRUNCATE."""
    return _by_vendor(
        sqlite=[],
        postgresql=[
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{message}'; END $$",
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ],
        undo_sqlite=[],
        undo_postgresql=[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
    )


def stop_refusing(table: str, name: str) -> migrations.RunPython:
    """Take back a promise that `refuse` made; a later one takes its place."""
    return _by_vendor(
        sqlite=[f"DROP TRIGGER {name}"],
        postgresql=[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
        undo_sqlite=[],
        undo_postgresql=[],
    )


def append_only(
    table: str, what: str, key: tuple[str, ...] = (), *, erasable: str = "", kept: tuple[str, ...] = ()
) -> list[migrations.RunPython]:
    """Rows of `table` are written once: no update, no delete, no truncate.

    `erasable` names a text column that may be emptied, and nothing but emptied (GDPR Art. 17); `kept`
    then names all the others, which no update may touch, not even together with the erasure.

    `key` names the columns of the row's natural key: an insert that meets an existing key is
    refused before INSERT OR REPLACE could delete the row in its way.
    """
    message = f"{what} are written once"
    filled = f"NEW.{erasable} <> ''" if erasable else ""
    operations = [
        refuse(
            table,
            f"{table}_no_update",
            on="UPDATE",
            when_sqlite=filled or "1",
            when_postgresql=filled or "TRUE",
            message=message,
        ),
        refuse(
            table,
            f"{table}_no_delete",
            on="DELETE",
            when_sqlite="1",
            when_postgresql="TRUE",
            message=message,
        ),
        refuse_truncate(table, f"{table}_no_truncate", message),
    ]
    if kept:
        columns = ", ".join(kept)
        operations.append(
            refuse(
                table,
                f"{table}_only_erased",
                on=f"UPDATE OF {columns}",
                when_sqlite="1",
                when_postgresql="TRUE",
                message=message,
            )
        )
    if key:
        operations.append(_refuse_replace(table, key, message))
    return operations


def ended_once(table: str, what: str, *, end: str, kept: tuple[str, ...]) -> list[migrations.RunPython]:
    """Rows of `table` are written once and ended once: `end` goes from NULL to a value and stays.

    `kept` names all the other columns, which no update may touch. No delete, truncate or replacement.
    """
    message, ended = f"{what} are written once", f"{what} are written once and ended once"
    again = f"OLD.{end} IS NOT NULL OR NEW.{end} IS NULL"
    frozen = f"UPDATE OF {', '.join(kept)}"
    always = {"when_sqlite": "1", "when_postgresql": "TRUE", "message": message}
    return [
        refuse(table, f"{table}_only_ended", on=frozen, **always),
        refuse(
            table,
            f"{table}_no_second_end",
            on=f"UPDATE OF {end}",
            when_sqlite=again,
            when_postgresql=again,
            message=ended,
        ),
        refuse(table, f"{table}_no_delete", on="DELETE", **always),
        refuse_truncate(table, f"{table}_no_truncate", message),
        _refuse_replace(table, ("id",), message),
    ]


def rebuilt_on_sqlite(table: str, what: str, key: tuple[str, ...]) -> list[migrations.RunPython]:
    """The triggers of `append_only` once more, after SQLite has rebuilt the table without them.

    It does so wherever a constraint changes. PostgreSQL changes the table in place and keeps them.
    """
    message = f"{what} are written once"
    made = [
        f"CREATE TRIGGER {table}_no_{on.lower()} BEFORE {on} ON {table} FOR EACH ROW "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for on in ("UPDATE", "DELETE")
    ]
    undone = [f"DROP TRIGGER {table}_no_{on}" for on in ("update", "delete")]
    again = _by_vendor(sqlite=made, postgresql=[], undo_sqlite=undone, undo_postgresql=[])
    return [again, _refuse_replace(table, key, message)]


def _refuse_replace(table: str, key: tuple[str, ...], message: str) -> migrations.RunPython:
    """SQLite's INSERT OR REPLACE deletes the row in its way; PostgreSQL has nothing like it."""
    name = f"{table}_no_replace"
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    same = f"({same}) OR id = NEW.id"  # either of the two would remove the row in the way
    return _by_vendor(
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW "  # noqa: S608 - names of our own
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ],
        postgresql=[],
        undo_sqlite=[f"DROP TRIGGER {name}"],
        undo_postgresql=[],
    )
