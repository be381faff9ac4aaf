"""The database wall: which tables are sealed, and whether this process can reach them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.signals import connection_created

from trial.walls.postgresql import ways_to_what_is_sealed
from trial.walls.sqlite import Guard


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
    with connection.cursor() as cursor:
        ways = ways_to_what_is_sealed(cursor)
    if ways:
        raise ImproperlyConfigured(
            f"The clinic's database role can reach what is sealed: {'; '.join(ways)}. "
            "Take that back, run `manage.py grant_roles` as the owner of the tables, "
            "and connect as the role that it makes for the clinic."
        )


def guard_every_connection() -> None:
    """From now on no connection of this process reads a sealed table (SQLite)."""
    connection_created.connect(_guard, dispatch_uid="trial.walls.database")
    if connection.connection is not None:
        _guard(connection)


def _guard(connection: Any, **signal: Any) -> None:
    if connection.vendor != "sqlite":
        return
    wrappers = connection.execute_wrappers
    if not is_guarded(connection):
        wrappers.insert(0, Guard())  # the outermost: whoever adds one for a while takes off the last
    connection.connection.set_authorizer(wrappers[0].authorize)


def is_guarded(connection: Any) -> bool:
    """Whether an authorizer already stands before this connection."""
    return any(isinstance(wrapper, Guard) for wrapper in connection.execute_wrappers[:1])
