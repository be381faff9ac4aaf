"""The clinic put back to where it was after each request, so that none depends on those before it.

A look may leave a session, a cookie or a counter behind. Where worlds look at different things, that would
make them differ by what they looked at. An act changes the database; where it fails once for each of its
lines, each failure is to begin from one and the same state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.conf import settings
from django.db import connection

from tests.blinding.people import People

Restore = Callable[[], None]


class ResetState:
    """What browsers hold at this moment, to be put back together with what `stored` restores."""

    def __init__(self, people: People, stored: Restore) -> None:
        self.people, self.stored = people, stored
        self.cookies = {person.name: deepcopy(person.client.cookies) for person in people.by_name.values()}

    def __call__(self, name: str) -> None:
        """Undo what a request of that person may have changed."""
        browser = self.people.by_name[name].client
        if browser.cookies != self.cookies[name]:
            browser.cookies = deepcopy(self.cookies[name])
        self.stored()


def caches_as_they_are() -> Restore:
    """What puts the rows of sessions and counters back; they are all that a look may change."""
    tables = sorted(cache["LOCATION"] for cache in settings.CACHES.values())
    kept = {table: rows_of(table) for table in tables}

    def restore() -> None:
        for table, rows in kept.items():
            if rows_of(table) != rows:
                write(table, rows)

    return restore


def database_as_it_is() -> Restore:
    """What puts the whole database back. SQLite only."""
    kept = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(kept)
    return lambda: kept.backup(connection.connection)


def rows_of(table: str) -> list[tuple[Any, ...]]:
    """A cache's rows; on SQLite as they lie, since a file that is looked at shows it."""
    order = "rowid" if connection.vendor == "sqlite" else "cache_key"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value, expires FROM {table} ORDER BY {order}")
        return list(cursor.fetchall())


def write(table: str, rows: list[tuple[Any, ...]]) -> None:
    """Let a cache hold these rows and no others."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        cursor.executemany(f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)", rows)
