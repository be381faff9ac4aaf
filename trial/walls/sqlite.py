"""SQLite's part of the database wall: what a statement of the clinic may do, asked while it is prepared.

SQLite has no roles. In their place stands an authorizer, which gives the clinic's process the rights that
`trial.walls.database_grants` gives the clinic's role on PostgreSQL, and nothing besides.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from trial.walls.database_grants import SEALED_PREFIXES, THROUGH_TRIGGERS, granted, rights_of

RIGHT_FOR = {
    sqlite3.SQLITE_READ: "S",
    sqlite3.SQLITE_INSERT: "I",
    sqlite3.SQLITE_UPDATE: "U",
    sqlite3.SQLITE_DELETE: "D",
}
"""Act on a table -> the letter of the right that it needs."""
ALWAYS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
"""Steps that reach no table by themselves; the tables are asked about one by one."""
NAMES_OF_TABLES = frozenset({("sqlite_master", "type"), ("sqlite_master", "name")})
"""What may be read of the schema, as on PostgreSQL; on which page a table begins is not told."""
FUNCTIONS_REFUSED = frozenset({"load_extension", "sqlite_offset"})
"""One runs foreign code; the other tells on which page of the file a row lies, so how full the file is."""
NAMES_WHAT_IS_SEALED = re.compile("|".join(SEALED_PREFIXES), re.IGNORECASE)


class Guard:
    """Stands before one connection: knows the statement that runs, and answers for each of its steps.

    What the table of rights does not give is refused, whatever it is: sealed tables; SQLite's own
    counts of rows and pages (`sqlite_sequence`, `sqlite_stat1`, `dbstat`, `sqlite_dbpage`); pragmas, also
    as tables; anything made, dropped, attached or copied.

    One read of a sealed table cannot be refused: where a row is added that sealed rows could refer to,
    SQLite asks for the referring column, as foreign keys are checked at the end of the transaction. To the
    authorizer this looks like a subquery of a statement, which need not be announced as a SELECT. Two
    things keep them apart. A statement reaches a table by its name alone, as there are no views, no
    synonyms and no escapes in a name: so the column is let pass only while a statement of Django's runs
    whose text names nothing sealed, and not from within a trigger, but for those that act
    (`THROUGH_TRIGGERS`), whose text is known and names nothing sealed. And it reads as NULL: the check
    finds no row, which is right for a row that is new, and no answer depends on what is there.

    A statement that does not come through Django's cursor gets nothing sealed at all.
    """

    def __init__(self) -> None:
        self.names_nothing_sealed = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement of Django's, as one of its `execute_wrappers`."""
        self.names_nothing_sealed = not NAMES_WHAT_IS_SEALED.search(sql)
        try:
            return execute(sql, params, many, context)
        finally:
            self.names_nothing_sealed = False

    def authorize(
        self, act: int, first: str | None, second: str | None, database: str | None, source: str | None
    ) -> int:
        """SQLite's answer for one step. `first` is a table, `second` its column or the name of a function.

        `source` is the trigger or view that the step belongs to, if any.
        """
        table, name = (first or "").lower(), (second or "").lower()
        if act == sqlite3.SQLITE_READ and table.startswith(SEALED_PREFIXES):
            by_itself = self.names_nothing_sealed and (source is None or source in THROUGH_TRIGGERS)
            return sqlite3.SQLITE_IGNORE if by_itself else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if _may(act, table, name, source) else sqlite3.SQLITE_DENY


def _may(act: int, table: str, name: str, source: str | None) -> bool:
    """Whether the clinic has this step on what is not sealed: by the table of rights, or within a trigger."""
    if act == sqlite3.SQLITE_FUNCTION:
        return name not in FUNCTIONS_REFUSED
    if act == sqlite3.SQLITE_READ and (table, name) in NAMES_OF_TABLES:
        return True
    if act not in RIGHT_FOR:
        return act in ALWAYS
    through = THROUGH_TRIGGERS.get(source or "", {}).get(table, "")
    return any(_gives(rights, RIGHT_FOR[act], name) for rights in (rights_of("clinic", table), through))


def _gives(rights: str, letter: str, name: str) -> bool:
    columns = granted(rights).get(letter)
    return columns is not None and (not columns or name in columns)
