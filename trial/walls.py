"""The database wall: which tables are sealed, and whether this process can reach them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from trial.rights import SEALED_PREFIXES


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
    """Stop a clinic process whose database role could reach what is sealed. SQLite has no roles.

    Raises ImproperlyConfigured, so that the door does not open.
    """
    if not settings.CLINIC or connection.vendor != "postgresql":
        return
    tables = readable_sealed_tables()
    if tables:
        raise ImproperlyConfigured(
            f"The clinic's database role can reach {', '.join(tables)}. "
            "Run `manage.py grant_roles` and connect as the clinic's role."
        )
