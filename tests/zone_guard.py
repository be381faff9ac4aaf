"""Refuses SQL that would ask the database for a zone: it has rules of its own, which nobody pinned."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.backends.signals import connection_created

ZONED = re.compile(
    r"AT TIME ZONE|CURRENT_DATE\b|LOCALTIME|date_trunc\(|\bnow\(\)|django_datetime_|django_time_",
    re.IGNORECASE,
)


class ZoneInSql(AssertionError):
    """A statement leaves to the database what the pinned rules decide."""


def refuse_zones(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An execute wrapper of Django's: raise for a statement that needs a zone."""
    if needs_zone(sql):
        raise ZoneInSql(sql)
    return execute(sql, params, many, context)


@lru_cache(maxsize=4096)
def needs_zone(sql: str) -> bool:
    """Whether this statement would; the same ones come again and again."""
    return bool(ZONED.search(sql)) and not sql.lstrip().upper().startswith(("CREATE", "DROP", "ALTER"))


def guard_connections() -> None:
    """Have every connection that this process opens refuse such statements."""
    connection_created.connect(_guard, dispatch_uid="no zone in sql")


def _guard(connection: Any, **_signal: Any) -> None:
    if refuse_zones not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_zones)
