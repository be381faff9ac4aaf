"""The whole database as a value: what a refusal must leave as it was."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

from trial.models import AuditChain, AuditEntry, ChainKind, TryCount

ABOUT_REFUSALS = {model._meta.db_table for model in (AuditChain, AuditEntry, TryCount)}
"""Where a refusal itself is entered and counted, in chains apart from those of acts."""


def whole_database() -> dict[str, Any]:
    """Every table's rows, every entry of an act, and the heads of the chains of acts."""
    tables = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    known = set(connection.introspection.table_names()) - ABOUT_REFUSALS
    rows = {table: _rows(table) for table in tables if table in known}
    heads = sorted(AuditChain.objects.filter(kind=ChainKind.ACTS).values_list("pk", "sequence", "head"))
    entries = list(AuditEntry.objects.filter(chain__kind=ChainKind.ACTS).order_by("pk").values_list())
    return rows | {"heads": heads, "entries": entries}


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return sorted(map(repr, cursor.fetchall()))
