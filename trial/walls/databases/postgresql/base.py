"""Django's PostgreSQL, with a schema editor that keeps the triggers."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.postgresql import base, schema

from trial.walls.databases.keeping import KeepsTriggers
from trial.walls.trigger_registry import Place

OF_COLUMNS = re.compile(r" UPDATE OF (.+?) ON ")


class DatabaseSchemaEditor(KeepsTriggers, schema.DatabaseSchemaEditor):
    """Tables change in place and keep their triggers, but for those on UPDATE of a column that changes."""

    sql_take_off = 'DROP TRIGGER "%(name)s" ON "%(table)s"'

    def alter_field(self, model: Any, old_field: Any, new_field: Any, strict: bool = False) -> None:
        """PostgreSQL alters no type of a column that a trigger names after UPDATE OF."""
        types = [field.db_parameters(self.connection) for field in (old_field, new_field)]
        changed = _columns(model, old_field) if types[0] != types[1] else set()
        with self.keeping(aside=lambda place, text: names_one_of(changed, place, text)):
            super().alter_field(model, old_field, new_field, strict=strict)

    def remove_field(self, model: Any, field: Any) -> None:
        """With the column goes, unasked, a trigger that names it after UPDATE OF."""
        with self.keeping(aside=lambda place, text: False):
            super().remove_field(model, field)

    def _settle(self) -> None:
        self._run("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would stop a CREATE TRIGGER
        super()._settle()


def _columns(model: Any, field: Any) -> set[tuple[str, str | None]]:
    """Table and column of a field and of the foreign keys that have its type."""
    pointing = [one.field for one in model._meta.related_objects if one.field.concrete]
    return {(model._meta.db_table, field.column)} | {
        (one.model._meta.db_table, one.column) for one in pointing if one.target_field.name == field.name
    }


def names_one_of(changed: set[tuple[str, str | None]], place: Place, text: str) -> bool:
    """Whether that trigger names one of these columns after UPDATE OF."""
    found = OF_COLUMNS.search(text.partition("\n")[0])
    return found is not None and any((place.table, name) in changed for name in found[1].split(", "))


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine of `trial.settings`."""

    SchemaEditorClass = DatabaseSchemaEditor
