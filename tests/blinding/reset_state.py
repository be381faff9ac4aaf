"""The clinic put back to where it was after each request, so that none depends on those before it.

A look may leave a session, a cookie or a counter behind. Where worlds look at different things, that would
make them differ by what they looked at. An act changes the database; where it fails once for each of its
lines, each failure is to begin from one and the same state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from copy import deepcopy

from django.db import connection

from tests.blinding.people import People
from tests.blinding.reset_tables import Tables

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


def looked_at() -> Restore:
    """What puts everything back that a look may change: sessions, counters, entries of what was refused,
    printed or exported, and the number that the next savepoint gets.
    """
    sqlite = connection.vendor == "sqlite"
    back = database_if_changed() if sqlite else Tables(connection.get_connection_params()).put_back
    savepoints = connection.savepoint_state

    def restore() -> None:
        back()
        connection.savepoint_state = savepoints

    return restore


def database_if_changed() -> Restore:
    """What puts the whole database back where something was written. SQLite only."""
    back, seen = database_as_it_is(), connection.connection.total_changes

    def restore() -> None:
        nonlocal seen
        if connection.connection.total_changes != seen:
            back()
            seen = connection.connection.total_changes

    return restore


def database_as_it_is() -> Restore:
    """What puts the whole database back. SQLite only."""
    kept = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(kept)
    return lambda: kept.backup(connection.connection)
