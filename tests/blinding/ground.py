"""What all worlds stand on: an empty installation with people and tokens, made once and then copied.

Nothing in it depends on what envelopes hold; no list exists yet. The code that plays is copied as well,
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
class Ground:
    """A folder with code, keys and facts, and a database to copy. `server` is None on SQLite."""

    folder: Path
    server: Postgres | None = None

    @property
    def facts(self) -> Path:
        """People, tokens and names of fields, as `tests.blinding.founding` wrote them."""
        return self.folder / "facts.json"

    @property
    def code(self) -> Path:
        """The code that all worlds run, as it was when the ground was laid."""
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
            f'CREATE DATABASE "{name}" TEMPLATE ground',
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
def grounds(folder: Path, database: str) -> Iterator[Ground]:
    """A ground on SQLite or on a private PostgreSQL, for the time of the block. Raises ServerUnavailable."""
    if database == "sqlite":
        yield laid(Ground(folder))
        return
    with private_postgres() as server:
        run_sql(server, "CREATE DATABASE ground")
        yield laid(Ground(folder, server))


def laid(ground: Ground) -> Ground:
    """Copy the code; make keys, tables, people and tokens."""
    keep_code(ground.code)
    from randomization.key_files import make_key_files

    make_key_files(ground.folder / "keys-pharmacy")
    (ground.folder / "keys-clinic").mkdir()
    for path in (ground.folder / "keys-pharmacy").glob("*.pub"):
        shutil.copy(path, ground.folder / "keys-clinic")
    url = ground.server.url_of("ground") if ground.server else ""
    (ground.folder / "static").mkdir(exist_ok=True)
    if ground.server:
        lay_tables(ground, url)
    else:
        keep("ground", digest(), ground.folder / "velum.sqlite3", partial(lay_tables, ground, url))
    run_python(ground, "pharmacy", ("-m", "tests.blinding.founding", str(ground.facts)), url)
    if ground.server:
        run_python(ground, "pharmacy", ("manage.py", "grant_roles"), url)
    return ground


def lay_tables(ground: Ground, url: str) -> None:
    """All tables of both doors, with nobody in them."""
    run_python(ground, "pharmacy", ("manage.py", "migrate", "--verbosity=0"), url)
    for door in ("pharmacy", "clinic"):
        run_python(ground, door, ("manage.py", "createcachetable"), url)


def keep_code(folder: Path) -> None:
    """Copy what worlds run, and compile it, as players write no such files."""
    folder.mkdir()
    for name in CODE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    words = [sys.executable, "-m", "compileall", "-q", *(name for name in CODE if (ROOT / name).is_dir())]
    subprocess.run(words, cwd=folder, check=True)


def run_python(ground: Ground, door: str, words: tuple[str, ...], url: str) -> None:
    """Run Python at a door as the owner of the tables. Raises RuntimeError with what it said."""
    environment = ground.environment(door, ground.folder, url) | {"DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, *words], cwd=ground.code, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{words} failed: {done.stderr[-3000:]}")


def facts_of(path: Path) -> dict:
    """What the founding wrote."""
    return dict(json.loads(path.read_text()))


def fresh_password() -> str:
    """A password for everybody of the ground; the same in all worlds, as they are copies."""
    return f"amber-{secrets.token_hex(8)}"
