"""A trigger that acts: a row that a door may add changes a table that the door's role may not touch.

What it does is fixed in the database, and is all that the role can bring about there. On PostgreSQL the
function runs with the rights of its owner, who owns the tables; on SQLite the authorizer lets pass what
`trial.walls.database_grants.THROUGH_TRIGGERS` names, from within that trigger alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from trial.walls.triggers import Trigger


class ActingTrigger(Trigger):
    """Runs `statements`, with NEW, after a row was added to `table`; `lock` first where rows are locked."""

    def __init__(
        self, table: str, name: str, statements: Sequence[str], *, columns: Sequence[str], lock: str
    ) -> None:
        super().__init__(table, name, on="INSERT", when={"sqlite": "1", "postgresql": "TRUE"}, message="")
        self.statements, self.new_columns, self.lock = tuple(statements), tuple(columns), lock

    def question(self, vendor: str) -> str:
        """A query that the database can read only if the table has the columns that are used."""
        return f"EXPLAIN SELECT {', '.join(self.new_columns)} FROM {self.table}"  # noqa: S608 - own words

    def laid(self, vendor: str) -> list[str]:
        """The statements that lay it. Nobody else may put the function under a table of their own."""
        laid = super().laid(vendor)
        return (
            [*laid, f"REVOKE EXECUTE ON FUNCTION {self.name}() FROM PUBLIC"]
            if vendor == "postgresql"
            else laid
        )

    def _trigger(self, vendor: str) -> str:
        start = f"CREATE TRIGGER {self.name} AFTER INSERT ON {self.table} FOR EACH ROW"
        if vendor == "postgresql":
            return f"{start} EXECUTE FUNCTION {self.name}()"
        return f"{start} BEGIN {' '.join(f'{one};' for one in self.statements)} END"

    def _function(self) -> str:
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $${self._body()}$$"
        )

    def _body(self) -> str:
        lines = [f"PERFORM {self.lock};", *(f"{one};" for one in self.statements)]
        return f" BEGIN {' '.join(lines)} RETURN NULL; END "
