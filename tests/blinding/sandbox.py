"""What all worlds begin from: an empty installation with people and tokens, made once and then copied.

Nothing in it depends on what envelopes hold; no list exists yet. The code that runs is copied as well,
so that a file which somebody changes meanwhile changes no world.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.lanes import TESTS
from tests.servers.kept import keep
from tests.servers.postgres import Postgres, private_postgres
from tests.servers.schema import digest

ROOT = TESTS.parent
CODE = ("trial", "randomization", "dosing", "templates", "tests", "docs", "manage.py", "pyproject.toml")
MIXED = (
    "CREATE TEMPORARY TABLE mixed AS SELECT * FROM rows ORDER BY md5(ctid::text)",
    "DELETE FROM rows",
    "INSERT INTO rows SELECT * FROM mixed",
    "DROP TABLE mixed",
)
OURS = ("VELUM_", "DATABASE_", "REDIS_", "DJANGO_", "PYTHON")


@dataclass(frozen=True)
class Sandbox:
    """A folder with code, keys and facts, and a database to copy. `server` is None on SQLite."""

    folder: Path
    server: Postgres | None = None

    @property
    def facts(self) -> Path:
        """People, tokens and names of fields, as `tests.blinding.set_up` wrote them."""
        return self.folder / "facts.json"

    @property
    def code(self) -> Path:
        """The code that all worlds run, as it was when the sandbox was made."""
        return self.folder / "code"

    def copy(self, name: str, home: Path) -> str:
        """A copy of the database for one world; returns what the owner's DATABASE_URL names."""
        home.mkdir(parents=True, exist_ok=True)
        if self.server is None:
            shutil.copy(self.folder / "velum.sqlite3", home / "velum.sqlite3")
            return ""
        run_sql(
            self.server,
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
            f'CREATE DATABASE "{name}" TEMPLATE sandbox',
        )
        return self.server.url_of(name)

    def drop(self, name: str) -> None:
        """Remove a world's database."""
        if self.server is not None:
            run_sql(self.server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def mix_rows(self, name: str) -> None:
        """Lay the rows of every table of a world in another order, as updates and clean-ups do by and by.

        PostgreSQL only. Triggers are out of force meanwhile, as nothing that is written changes.
        """
        import psycopg

        assert self.server
        with psycopg.connect(self.server.url_of(name)) as connection:
            connection.execute("SET session_replication_role = replica")
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            for (table,) in found:
                for statement in MIXED:
                    connection.execute(statement.replace("rows", f'"{table}"'))  # type: ignore[arg-type]

    def environment(self, door: str, home: Path, url: str) -> dict[str, str]:
        """The variables of a process of that door; the clinic gets no private key, and its own role."""
        role = {"clinic": "velum_clinic", "pharmacy": "velum_pharmacy"}[door]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return kept | {
            "VELUM_DOOR": door,
            "VELUM_HOME": str(home),
            "VELUM_KEYS": str(self.folder / f"keys-{door}"),
            "VELUM_SECRET_KEY": ("c" if door == "clinic" else "p") * 64,
            "VELUM_PLAIN_HTTP": "1",
            "VELUM_LOG_LEVEL": "DEBUG",
            "DJANGO_SETTINGS_MODULE": "trial.settings",
            "DATABASE_URL": url.replace("user=postgres", f"user={role}"),
            "PYTHONPATH": str(self.code),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
        }


def run_sql(server: Postgres, *statements: str) -> None:
    """Run statements as the superuser, each outside any transaction."""
    import psycopg

    with psycopg.connect(server.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def open_sandbox(folder: Path, database: str) -> Iterator[Sandbox]:
    """A sandbox on SQLite or on a private PostgreSQL, for the time of the block. Raises ServerUnavailable."""
    if database == "sqlite":
        yield fill(Sandbox(folder))
        return
    with private_postgres() as server:
        run_sql(server, "CREATE DATABASE sandbox")
        yield fill(Sandbox(folder, server))


def fill(sandbox: Sandbox) -> Sandbox:
    """Copy the code; make keys, tables, people and tokens."""
    copy_code(sandbox.code)
    from randomization.key_files import make_key_files

    make_key_files(sandbox.folder / "keys-pharmacy")
    (sandbox.folder / "keys-clinic").mkdir()
    for path in (sandbox.folder / "keys-pharmacy").glob("*.pub"):
        shutil.copy(path, sandbox.folder / "keys-clinic")
    url = sandbox.server.url_of("sandbox") if sandbox.server else ""
    (sandbox.folder / "static").mkdir(exist_ok=True)
    if sandbox.server:
        make_tables(sandbox, url)
    else:
        keep("sandbox", digest(), sandbox.folder / "velum.sqlite3", partial(make_tables, sandbox, url))
    run_python(sandbox, "pharmacy", ("-m", "tests.blinding.set_up", str(sandbox.facts)), url)
    if sandbox.server:
        run_python(sandbox, "pharmacy", ("manage.py", "grant_roles"), url)
    return sandbox


def make_tables(sandbox: Sandbox, url: str) -> None:
    """All tables of both doors, with nobody in them."""
    run_python(sandbox, "pharmacy", ("manage.py", "migrate", "--verbosity=0"), url)
    for door in ("pharmacy", "clinic"):
        run_python(sandbox, door, ("manage.py", "createcachetable"), url)


def copy_code(folder: Path) -> None:
    """Copy what worlds run, and compile it, as the processes of the doors write no such files."""
    folder.mkdir()
    for name in CODE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    words = [sys.executable, "-m", "compileall", "-q", *(name for name in CODE if (ROOT / name).is_dir())]
    subprocess.run(words, cwd=folder, check=True)


def run_python(sandbox: Sandbox, door: str, words: tuple[str, ...], url: str) -> None:
    """Run Python at a door as the owner of the tables. Raises RuntimeError with what it said."""
    environment = sandbox.environment(door, sandbox.folder, url) | {"DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, *words], cwd=sandbox.code, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{words} failed: {done.stderr[-3000:]}")


def facts_of(path: Path) -> dict:
    """What the set-up wrote."""
    return dict(json.loads(path.read_text()))


def fresh_password() -> str:
    """A password for everybody of the sandbox; the same in all worlds, as they are copies."""
    return f"amber-{secrets.token_hex(8)}"
