"""What both databases' schema editors share: every change of tables ends with the triggers in place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from trial.walls.trigger_registry import Place, lay, lay_one, listed, standing


class KeepsTriggers(BaseDatabaseSchemaEditor):
    """A schema editor that lays the listed triggers before it commits.

    So a migration needs to know nothing of them, and no other connection ever sees a table without:
    both databases change tables within the transaction. A migration that is not atomic is covered as well,
    each change by itself.
    """

    at_work = False
    sql_take_off = ""

    def __exit__(self, *failure: Any) -> None:
        """Run what was deferred, lay the triggers, commit."""
        if failure[0] is None and not self.collect_sql:
            try:
                self._settle()
            except BaseException:
                super().__exit__(*sys.exc_info())
                raise
        super().__exit__(*failure)

    def _settle(self) -> None:
        with transaction.atomic(self.connection.alias):
            for statement in self.deferred_sql:
                self.execute(statement, None)
            self.deferred_sql = []
            lay(self.connection, execute=self._run)

    @contextmanager
    def keeping(self, *, aside: Callable[[Place, str], bool]) -> Iterator[None]:
        """Change one table; then every trigger that went with it is back before a row can be changed.

        `aside` says of a trigger, by its place and definition, whether it is in the way and has to go first.
        """
        if self.collect_sql or self.at_work:
            yield
            return
        with transaction.atomic(self.connection.alias):
            before = standing(self.connection)
            for place, text in before.items():
                if aside(place, text):
                    self._run(self.sql_take_off % place._asdict())
            self.at_work = True
            try:
                yield
            finally:
                self.at_work = False
            self._put_back(before)

    def _put_back(self, before: dict[Place, str]) -> None:
        """As it is listed now; as it was, where only a later step makes what the listed one names."""
        there, lists = standing(self.connection), listed(self.connection.vendor)
        tables = self.connection.introspection.table_names()
        for place, text in before.items():
            if place in there or place.table not in tables:
                continue
            if place not in lists or not lay_one(self.connection, lists[place], execute=self._run):
                self._as_it_was(text)

    def _as_it_was(self, text: str) -> None:
        """Nothing is left to lay where a trigger on UPDATE of a column loses that column (PostgreSQL)."""
        with suppress(DatabaseError), transaction.atomic(self.connection.alias):
            self._run(text if self.connection.vendor == "sqlite" else text.partition("\n")[0])

    def _run(self, statement: str) -> None:
        self.execute(statement, None)
