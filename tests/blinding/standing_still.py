"""The clinic put back to where it was after each look, so that no look depends on those before it.

A look may leave a session, a cookie or a counter behind. Where worlds look at different things, that would
make them differ by what they looked at.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.conf import settings
from django.db import connection

from tests.blinding.people import People, Person


class PutBack:
    """What browsers and caches hold at this moment, to be put back."""

    def __init__(self, people: People) -> None:
        self.tables = sorted(cache["LOCATION"] for cache in settings.CACHES.values())
        self.rows = {table: rows_of(table) for table in self.tables}
        self.cookies = {person.name: deepcopy(person.client.cookies) for person in people.by_name.values()}

    def __call__(self, person: Person) -> None:
        """Put back what one look of that person may have changed."""
        person.client.cookies = deepcopy(self.cookies[person.name])
        for table, kept in self.rows.items():
            if rows_of(table) != kept:
                write(table, kept)


def rows_of(table: str) -> list[tuple[Any, ...]]:
    """A cache's rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value, expires FROM {table} ORDER BY cache_key")
        return list(cursor.fetchall())


def write(table: str, rows: list[tuple[Any, ...]]) -> None:
    """Let a cache hold these rows and no others."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        cursor.executemany(f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)", rows)
