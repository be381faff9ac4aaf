"""Lets the tests, and only them, empty append-only tables between two tests.

A test with real transactions ends with every table emptied. The product's triggers refuse
that for the audit trail and the envelopes, as they should, so they are set aside for the flush.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.commands import flush as flush_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def allow_flush() -> None:
    """Have every connection of this process set its triggers aside while it is flushed.

    Django would then write its permissions and kinds of content anew, as after `migrate`. Nobody asks for
    them, and they take longer than the test.
    """
    flush_command.emit_post_migrate_signal = lambda *_given, **_named: None  # type: ignore[attr-defined]
    for connection in connections.all():
        flush = flush_without_triggers(connection, connection.ops.execute_sql_flush)
        setattr(connection.ops, "execute_sql_flush", flush)  # noqa: B010 - a method to the type checker


def flush_without_triggers(
    connection: BaseDatabaseWrapper, flush: Callable[[Sequence[str]], Any]
) -> Callable[[Sequence[str]], Any]:
    """The flush of this connection, between statements that silence and restore the triggers."""
    silence = {"postgresql": replica_role, "sqlite": dropped_triggers}[connection.vendor]

    def flushed(sql_list: Sequence[str]) -> Any:
        before, after = silence(connection)
        return flush([*before, *sql_list, *after])

    return flushed


def replica_role(connection: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    """On PostgreSQL a superuser's session can pass for a replica, where triggers rest."""
    return ["SET LOCAL session_replication_role = replica"], ["SET LOCAL session_replication_role = origin"]


def dropped_triggers(connection: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    """SQLite has no such switch, so the triggers are dropped and made again from their own text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
        triggers = cursor.fetchall()
    return [f'DROP TRIGGER "{name}"' for name, _ in triggers], [sql for _, sql in triggers]
