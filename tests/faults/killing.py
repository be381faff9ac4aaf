"""The clinic door with a knife in it: an application that kills its own process where a request asks for it.

`X-Kill-At: POINT` on a request makes the worker that answers it end by SIGKILL at that point, without a
chance to clean up. All of it hangs on from outside: the product has no such points.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")

from django.core.wsgi import get_wsgi_application

_wanted = ""


def die_at(point: str) -> None:
    """End this process at once, if the request in hand asked for that here."""
    if _wanted == point:
        os.kill(os.getpid(), signal.SIGKILL)


def watched(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Around every statement; lock, audit entry and envelope of a draw are known by their SQL."""
    locks = "FOR UPDATE" in sql or sql.startswith("BEGIN IMMEDIATE") or "FOR NO KEY UPDATE" in sql
    if locks:
        die_at("before the lock")
    done = execute(sql, params, many, context)
    if locks:
        die_at("after the lock")
    if sql.startswith('INSERT INTO "trial_auditentry"'):
        die_at("after the audit entry")
    if sql.startswith('UPDATE "randomization_envelope"'):
        die_at("after the envelope")
    return done


def watch(**given: Any) -> None:
    """Hang on to a connection that was just made: statements, BEGIN (SQLite's lock) and COMMIT."""
    connection = given["connection"]
    connection.execute_wrappers.append(watched)
    commit = connection._commit

    def committing() -> None:
        die_at("before the commit")
        commit()
        die_at("after the commit")

    connection._commit = committing
    if connection.vendor == "sqlite":
        watch_begin(connection)


def watch_begin(connection: Any) -> None:
    """BEGIN IMMEDIATE, SQLite's lock, does not pass through the wrappers."""
    begin = connection._start_transaction_under_autocommit

    def beginning() -> None:
        die_at("before the lock")
        begin()
        die_at("after the lock")

    connection._start_transaction_under_autocommit = beginning


def answered(body: Iterable[bytes]) -> Iterator[bytes]:
    """The answer, broken off after its first byte if that was asked for."""
    for part in body:
        if _wanted == "in the answer":
            yield part[:1]
            die_at("in the answer")
        yield part
    die_at("after the answer")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """The clinic door."""
    global _wanted
    _wanted = environ.get("HTTP_X_KILL_AT", "")
    return answered(clinic(environ, start_response))


clinic = get_wsgi_application()

from django.db.backends.signals import connection_created  # noqa: E402

connection_created.connect(watch)
