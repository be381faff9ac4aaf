"""Every table and sequence of a world on PostgreSQL put back to where it was, by the owner of the tables.

A role of a door may take back no entry of its trail. What the looks of one world leave there would make it
differ from a world that looked at something else.
"""

from __future__ import annotations

from typing import Any

import psycopg

TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SEQUENCES = """SELECT quote_ident(sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'"""
NEWEST = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
"""Which transaction is the next to write: another one if anybody wrote."""
State = tuple[int, str]


class Tables:
    """All rows as they are now, kept beside the tables for as long as this object lives."""

    def __init__(self, given: dict[str, Any]) -> None:
        """`given` is how a door connects: the same database, but as its owner."""
        where = {name: given[name] for name in ("dbname", "host", "port") if given.get(name)}
        self.owner = psycopg.connect(**where, user="postgres", autocommit=True)
        self.owner.execute("SET session_replication_role = replica")  # triggers and keys are not asked
        self.names = [name for (name,) in self.owner.execute(TABLES)]
        for place, name in enumerate(self.names):
            self.run(f"CREATE TEMPORARY TABLE kept_{place} AS TABLE public.{name}")
        self.sequences = self.owner.execute(SEQUENCES).fetchall()
        self.seen, self.newest = self.states(), self.next_write()

    def put_back(self) -> None:
        """Give every table in which something was written its rows again, and every sequence its number."""
        if self.next_write() == self.newest:
            return
        now = self.states()
        for place, name in enumerate(self.names):
            if now[name] != self.seen[name]:
                self.run(f"DELETE FROM public.{name}")
                self.run(f"VACUUM public.{name}")  # so rows lie in their old order, which some answers show
                self.run(f"INSERT INTO public.{name} OVERRIDING SYSTEM VALUE TABLE kept_{place}")
        for name, value, called in self.sequences:
            self.run(f"SELECT setval('public.{name}', {value}, {called})")
        self.seen, self.newest = self.states(), self.next_write()

    def states(self) -> dict[str, State]:
        """Of every table how many rows it has and which transaction wrote last of those that stand."""
        each = (
            f"SELECT '{name}', count(*), coalesce(max(xmin::text::bigint), 0)::text FROM public.{name}"
            for name in self.names
        )
        return {
            name: (count, newest) for name, count, newest in self.run(" UNION ALL ".join(each)).fetchall()
        }

    def next_write(self) -> str:
        """The number of the transaction that writes next."""
        found = self.run(NEWEST).fetchone()
        assert found
        return str(found[0])

    def run(self, statement: str) -> psycopg.Cursor[Any]:
        """Run one statement as the owner."""
        return self.owner.execute(statement.encode())
