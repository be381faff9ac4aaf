"""The database of a lane: a copy of a migrated one that is kept between runs (decision 22).

What decides whether a kept one may be used stands in `tests/servers/schema.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.plugins.append_only import allow_flush
from tests.plugins.kept_worlds import ROW
from tests.plugins.lane import SERVER
from tests.servers import schema
from tests.servers.kept import keep

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Migrated tables for the whole run; pytest-django's own fixture would migrate each time."""
    from django.db import connections

    allow_flush()
    with django_db_blocker.unblock():
        remove = prepare(request.config.stash.get(SERVER, None))
    yield
    with django_db_blocker.unblock():
        ROW.stand_at(())
        connections.close_all()
        remove()


def prepare(server: Postgres | None) -> Callable[[], None]:
    """Have a migrated database and let Django use it; returns what removes it, where nothing else does."""
    from django.db import connection

    kind, digest = f"{connection.vendor}-{os.environ['VELUM_DOOR']}", schema.digest()
    name = os.environ.get("VELUM_TEST_DATABASE_NAME", "velum_test")
    if connection.vendor == "sqlite":
        name = str(Path(os.environ["VELUM_HOME"], "test.sqlite3"))
        keep(kind, digest, Path(name), partial(migrate, name))
    elif server:
        name = "velum_test"
        server.create(kind, digest, partial(started_and_migrated, server, name))
        server.start()
    else:
        copy_on_server(f"velum_kept_{os.environ['VELUM_DOOR']}_", digest[:16], name)
    use(name)
    return partial(drop, name) if connection.vendor == "postgresql" and not server else lambda: None


def migrate(name: str) -> None:
    """Make the database of that name anew, with all its tables."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


def started_and_migrated(server: Postgres, name: str) -> None:
    """The same on a private server, which is started for it."""
    server.start()
    migrate(name)


def use(name: str) -> None:
    """Have Django's connections go to the database of that name from now on."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def copy_on_server(prefix: str, digest: str, name: str) -> None:
    """On a server that is not ours the kept database lies beside the others, under `prefix` and its digest.

    Two runs wait for each other there as well; the server ends the wait for one that was killed.
    """
    from django.db import connection

    kept, half = prefix + digest, prefix + "half_made"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(hashtext('velum kept databases'))")
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        found = {row[0] for row in cursor.fetchall()}
        if kept not in found:
            migrate(half)
            cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{kept}"')
            for old in found - {half}:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')


def drop(name: str) -> None:
    """Remove a copy from a server that goes on."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
