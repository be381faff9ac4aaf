"""The database wall: which tables are sealed, and whether this process can reach them."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.signals import connection_created

from trial.rights import SEALED_PREFIXES

NEVER_SERVED = frozenset(
    {
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_DROP_TRIGGER,
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_ALTER_TABLE,
    }
)
"""What no request of the clinic needs, and what could lead around a table or its triggers."""
WRITING = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})
COUNTERS = ("sqlite_sequence", "sqlite_stat")
"""SQLite's own tables that count the rows of every other one."""


def readable_sealed_tables() -> list[str]:
    """Sealed tables that this connection's role could read or change (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND n.nspname = current_schema() "
            "AND c.relname ~ %s "
            "AND (has_table_privilege(c.oid, 'SELECT') OR has_table_privilege(c.oid, 'INSERT') "
            "OR has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')) ORDER BY 1",
            [f"^({'|'.join(SEALED_PREFIXES)})"],
        )
        return [row[0] for row in cursor.fetchall()]


def refuse_open_wall() -> None:
    """Stop a clinic process whose database role could reach what is sealed.

    SQLite has no roles; there every connection of this process gets an authorizer instead. The file
    itself can still be read by whoever can read files: what is sealed in it is ciphertext.
    Raises ImproperlyConfigured, so that the door does not open.
    """
    if not settings.CLINIC:
        return
    if connection.vendor != "postgresql":
        guard_every_connection()
        return
    tables = readable_sealed_tables()
    if tables:
        raise ImproperlyConfigured(
            f"The clinic's database role can reach {', '.join(tables)}. "
            "Run `manage.py grant_roles` and connect as the clinic's role."
        )


def guard_every_connection() -> None:
    """From now on no connection of this process reads a sealed table (SQLite)."""
    connection_created.connect(_guard, dispatch_uid="trial.walls")
    if connection.connection is not None:
        _guard(connection)


def _guard(connection: Any, **signal: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.set_authorizer(Authorizer())


class Authorizer:
    """Answers SQLite's questions about the steps of a statement, asked while it is prepared.

    Where a row is written that sealed rows refer to, SQLite itself looks into the referring columns. That
    is no SELECT, and it is let pass; whatever a statement selects from a sealed table is refused.
    """

    def __init__(self) -> None:
        self.selecting = False

    def __call__(
        self, act: int, first: str | None, second: str | None, database: str | None, source: str | None
    ) -> int:
        """Whether this step may be taken. `first` is the table of an act on one, or a pragma's name."""
        if act in WRITING or act == sqlite3.SQLITE_SELECT:
            self.selecting = act == sqlite3.SQLITE_SELECT
        return sqlite3.SQLITE_DENY if self._forbidden(act, (first or "").lower()) else sqlite3.SQLITE_OK

    def _forbidden(self, act: int, name: str) -> bool:
        sealed = name.startswith((*SEALED_PREFIXES, *COUNTERS))
        if act == sqlite3.SQLITE_READ:
            return sealed and self.selecting
        unlocks = act == sqlite3.SQLITE_PRAGMA and name == "writable_schema"
        return act in NEVER_SERVED or unlocks or (act in WRITING and sealed)
