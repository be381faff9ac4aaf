"""Django's SQLite, with a schema editor that keeps the triggers."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base, schema

from trial.walls.databases.keeping import KeepsTriggers


class DatabaseSchemaEditor(KeepsTriggers, schema.DatabaseSchemaEditor):
    """Most changes make the table anew, which drops its triggers; and a rename reads all of the others.

    So every trigger of the database is set aside for the moment.
    """

    sql_take_off = 'DROP TRIGGER "%(name)s"'

    def _remake_table(self, *args: Any, **options: Any) -> None:
        with self.keeping(aside=lambda place, text: True):
            super()._remake_table(*args, **options)  # type: ignore[misc]  # not in the stubs

    def remove_field(self, model: Any, field: Any) -> None:
        """SQLite drops no column that a trigger names."""
        with self.keeping(aside=lambda place, text: True):
            super().remove_field(model, field)

    def _alter_field(self, model: Any, old_field: Any, new_field: Any, *rest: Any, **options: Any) -> None:
        if old_field.null and not new_field.null and not new_field.generated:
            self._fill(model, old_field, new_field)
        super()._alter_field(model, old_field, new_field, *rest, **options)  # type: ignore[misc]  # the same

    def _fill(self, model: Any, old_field: Any, new_field: Any) -> None:
        """Change empty values while the triggers stand, as PostgreSQL does: a new table asks nobody."""
        default = self.prepare_default(self.effective_default(new_field))
        if new_field.has_db_default():
            default, _ = self.db_default_sql(new_field)
        names = {"table": self.quote_name(model._meta.db_table), "column": self.quote_name(old_field.column)}
        self._run(self.sql_update_with_default % (names | {"default": default}))


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine of `trial.settings`."""

    SchemaEditorClass = DatabaseSchemaEditor
