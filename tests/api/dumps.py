"""The whole database as a value: what a refusal must leave as it was."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

from trial.models import AuditChain


def whole_database() -> dict[str, Any]:
    """Every table's rows, and the heads of the audit chains."""
    tables = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    known = set(connection.introspection.table_names())
    rows = {table: _rows(table) for table in tables if table in known}
    heads = sorted(AuditChain.objects.values_list("pk", "sequence", "head"))
    return rows | {"heads": heads}


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return sorted(map(repr, cursor.fetchall()))
