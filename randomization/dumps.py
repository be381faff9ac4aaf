"""A dump of the database, read where there is no server: it takes the place of the database of this process.

Understood are an SQLite file, and what `pg_dump` writes, plain or (where `pg_restore` is at hand) custom.
The dump itself is never changed. Rows of PostgreSQL are put into a database in memory, with the tables of
this version of Velum; a dump of an older one is brought up to date first, on a machine with PostgreSQL.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.utils import DatabaseError

SQLITE, CUSTOM = b"SQLite format 3\x00", b"PGDMP"
IN_MEMORY = ":memory:"
NEEDED = "randomization_envelope"
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class UnreadableDump(Exception):
    """The file is no dump that can be read here; the sentence says what to do."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Within the block, this process reads the dump instead of its database. Raises UnreadableDump."""
    magic = _magic(path)
    place = f"{path.resolve().as_uri()}?mode=ro" if magic == SQLITE else IN_MEMORY
    settings = dict(connections.settings[DEFAULT_DB_ALIAS])
    offline = settings | {"ENGINE": "trial.walls.databases.sqlite3", "NAME": place, "OPTIONS": {}}
    with _in_place_of_default(offline):
        try:
            if magic != SQLITE:
                _load(path, magic)
            _refuse_strange()
            yield
        except DatabaseError as fault:
            raise UnreadableDump(f"The dump cannot be read by this version of Velum: {fault}.") from fault


def reads_rows_only() -> bool:
    """Whether the rows of a dump of PostgreSQL are read now: its triggers are not among them."""
    return bool(connection.settings_dict["NAME"] == IN_MEMORY)


def _magic(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as fault:
        raise UnreadableDump(f"{path} cannot be read: {fault.strerror}.") from fault
    return SQLITE if start == SQLITE else CUSTOM if start.startswith(CUSTOM) else b""


@contextmanager
def _in_place_of_default(settings: dict[str, Any]) -> Iterator[None]:
    """Another database under the alias that every query uses, for this thread and the time of the block."""
    before, was = connections.settings[DEFAULT_DB_ALIAS], connections[DEFAULT_DB_ALIAS]
    connections.settings[DEFAULT_DB_ALIAS] = settings
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections.settings[DEFAULT_DB_ALIAS] = before
        connections[DEFAULT_DB_ALIAS] = was


def _refuse_strange() -> None:
    """Refuse what holds no envelopes. Of another version of Velum as much is read as can be."""
    with connection.cursor() as cursor:
        if NEEDED not in connection.introspection.table_names(cursor):
            raise UnreadableDump(f"The dump has no table {NEEDED}: it is none of Velum.")


# --- PostgreSQL --------------------------------------------------------------------------------------


def _load(path: Path, magic: bytes) -> None:
    _make_tables()
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    with _plain(path, magic) as text:
        found = sum(_rows(table, columns, text, by_table.get(table)) for table, columns in _copies(text))
    if not found:
        raise UnreadableDump(f"{path} holds no rows of PostgreSQL, and is no SQLite file.")


def _make_tables() -> None:
    """The tables as the models say, empty and without triggers, as somebody waits for an arm.

    Migrations would end at the same tables, after many times as long.
    """
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


@contextmanager
def _plain(path: Path, magic: bytes) -> Iterator[IO[str]]:
    """The dump as text; a custom one through `pg_restore`, which only reads it."""
    if magic != CUSTOM:
        with path.open(encoding="utf-8", errors="strict", newline="\n") as text:
            yield text
        return
    program = shutil.which("pg_restore")
    if program is None:
        raise UnreadableDump(
            "This is a custom dump, and there is no pg_restore here. Make a plain one where there is: "
            "pg_restore --data-only --file velum.sql velum.dump"
        )
    done = subprocess.run([program, "--data-only", "--file", "-", path], capture_output=True, check=False)
    if done.returncode:
        raise UnreadableDump(f"pg_restore cannot read it: {done.stderr.decode().strip()}")
    yield io.StringIO(done.stdout.decode(), newline="\n")


def _copies(text: IO[str]) -> Iterator[tuple[str, list[str]]]:
    """Table and columns of each COPY; its rows are read from `text` before the next is asked for."""
    try:
        for line in iter(text.readline, ""):
            if line.startswith("COPY ") and line.rstrip().endswith("FROM stdin;"):
                table, _, columns = line[len("COPY ") :].partition(" (")
                names = columns.rpartition(")")[0].split(", ")
                yield table.rpartition(".")[2].strip('"'), [name.strip('"') for name in names]
    except UnicodeDecodeError as fault:
        raise UnreadableDump("The dump is neither an SQLite file nor text of pg_dump.") from fault


def _rows(table: str, columns: list[str], text: IO[str], model: type[models.Model] | None) -> int:
    """Put the rows of one COPY into the table; those of a table that Velum does not know are passed over."""
    cells = _cells(table, len(columns), text)
    if model is None:
        return sum(0 for _ in cells)
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    known = [name for name in columns if name in fields]  # a column of another version is passed over
    names, marks = ", ".join(f'"{name}"' for name in known), ", ".join(["%s"] * len(known))
    rows = (dict(zip(columns, row, strict=True)) for row in cells)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a table of a model of ours
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - how many there were
            values = _values(table, [fields[name] for name in known], [row[name] for name in known])
            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)  # noqa: S608 - the same
        return count


def _cells(table: str, width: int, text: IO[str]) -> Iterator[list[str]]:
    """The rows of one COPY, each with all its cells."""
    for line in iter(text.readline, "\\.\n"):
        cells = line.rstrip("\n").split("\t")
        if not line.endswith("\n") or len(cells) != width:
            raise UnreadableDump(
                f"The dump is cut off or damaged in the table {table}. Take one that is whole."
            )
        yield cells


def _values(table: str, fields: list[Any], cells: list[str]) -> list[Any]:
    try:
        return [_value(field, cell) for field, cell in zip(fields, cells, strict=True)]
    except (ValueError, ValidationError, RuntimeError) as fault:
        raise UnreadableDump(f"A row of the table {table} cannot be read. Take another dump.") from fault


def _value(field: Any, cell: str) -> Any:
    """A cell of COPY as the database in memory wants it."""
    if cell == "\\N":
        return None
    words = _unescaped(cell)
    while field.remote_field:
        field = field.target_field
    if isinstance(field, models.BinaryField):
        return bytes.fromhex(words.removeprefix("\\x"))
    if isinstance(field, models.JSONField):
        return words
    return field.get_db_prep_save(field.to_python(words), connection)


def _unescaped(cell: str) -> str:
    if "\\" not in cell:
        return cell
    parts = iter(cell)
    return "".join(_escape(next(parts)) if part == "\\" else part for part in parts)


def _escape(letter: str) -> str:
    return ESCAPES.get(letter, letter)
