"""`manage.py grant_roles`: gives each door's database role its rights of `trial.walls.database_grants`.

Run by the owner of the tables after `migrate`, at the pharmacy door; running it again is harmless.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import sql

from trial.walls.database_grants import WORDS, granted, rights_of

COUNTING = (
    "^pg_stat_get_|^pg_(relation|table|indexes|total_relation|tablespace|database)_size$"
    "|^pg_lock_status$|^pg_current_wal_(|insert_|flush_)lsn$"
)
"""Functions of PostgreSQL's that tell how much is written to a table, by whomever; its views call them."""
PUBLIC_FUNCTIONS = (
    "SELECT p.oid::regprocedure::text FROM pg_proc p "
    "WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ %s "
    "AND has_function_privilege('public', p.oid, 'EXECUTE')"
)
STAY_READABLE = (
    "The server's statistics stay readable for both roles: only a superuser can take them away. "
    "Run this once as one, or accept that they tell how many rows a table has."
)


class Command(BaseCommand):
    """Make the two roles if they are missing, and grant each exactly what it needs."""

    help = "Grants the clinic's and the pharmacy's database role what they need (PostgreSQL only)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The names of the two roles, and files with their passwords."""
        parser.add_argument("--clinic", default="velum_clinic")
        parser.add_argument("--pharmacy", default="velum_pharmacy")
        parser.add_argument("--clinic-password-file")
        parser.add_argument("--pharmacy-password-file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create, revoke, grant."""
        if connection.vendor != "postgresql":
            raise CommandError("Database roles exist on PostgreSQL only; SQLite has none to grant to.")
        for door in ("clinic", "pharmacy"):
            self._role(options[door], options[f"{door}_password_file"])
        self.stop_counting()
        for table in connection.introspection.table_names():
            self._run("REVOKE ALL ON {} FROM PUBLIC", table)
            for door in ("clinic", "pharmacy"):
                self._grant(door, table, options[door])
        self.stdout.write("Both database roles hold what they need, and the clinic's nothing that is sealed.")

    def _role(self, role: str, password_file: str | None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                self._run("CREATE ROLE {} LOGIN", role)
        if password_file:
            with open(password_file) as file:
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(file.read().strip())
                )
            with connection.cursor() as cursor:
                cursor.cursor.execute(statement)
        self._run("GRANT USAGE ON SCHEMA public TO {}", role)
        # Identity columns need no right on their sequence; without one, nobody can count sealed rows by it.
        self._run("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}", role)

    def _grant(self, door: str, table: str, role: str) -> None:
        """Take everything away, then give what the table of rights says.

        The clinic reads named columns. A right on a whole table is one on `xmin`, `xmax` and `ctid` as
        well, and there the pharmacy's locks and foreign keys leave which participant it is busy with.
        """
        self._run("REVOKE ALL ON {} FROM {}", table, role)
        for letter, columns in granted(rights_of(door, table)).items():
            if (letter, door) == ("S", "clinic"):
                columns = self._columns(table)
            limited = f" ({', '.join('{}' for _column in columns)})" if columns else ""
            self._run(f"GRANT {WORDS[letter]}{limited} ON {{}} TO {{}}", *columns, table, role)

    def _columns(self, table: str) -> tuple[str, ...]:
        """The columns that are ours: none of PostgreSQL's own, which tell when a row was touched last."""
        with connection.cursor() as cursor:
            return tuple(row.name for row in connection.introspection.get_table_description(cursor, table))

    def stop_counting(self) -> None:
        """Keep the server's own counts from the doors, in this database; `pg_monitor` keeps them."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() != (True,):
                self.stdout.write(STAY_READABLE)
                return
            cursor.execute(PUBLIC_FUNCTIONS, [COUNTING])
            for (function,) in cursor.fetchall():
                cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO pg_monitor")

    @staticmethod
    def _run(statement: str, *names: str) -> None:
        with connection.cursor() as cursor:
            cursor.cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]
