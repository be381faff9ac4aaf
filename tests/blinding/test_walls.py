"""The walls of the clinic's process, each alone."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models
from django.urls import NoReverseMatch, reverse

from tests.blinding.addresses import addresses
from tests.zone_guard import refuse_zones
from trial.walls.database import _guard
from trial.walls.database_grants import SEALED_PREFIXES
from trial.walls.sqlite import Guard

TELLING = {
    "arm",
    "arms",
    "block",
    "lot",
    "product",
    "dose",
    "treatment",
    "allocation",
    "assignment",
    "kit",
    "vial",
    "box",
    "seal",
    "salt",
    "seed",
}
"""Names that no field of a blinded model has."""

STATEMENTS = {
    "read a sealed table": "SELECT * FROM sealed_seal",
    "count its rows": "SELECT count(*) FROM sealed_seal",
    "read it under a name in brackets": "SELECT [box] FROM main.[Sealed_Seal]",
    "read it below a join": "SELECT e.number FROM randomization_envelope e JOIN sealed_seal s ON s.id = e.id",
    "read only what it refers to": "SELECT envelope_id FROM sealed_seal",
    "read it in a common table expression": "WITH t AS (SELECT id FROM sealed_seal) SELECT id FROM t",
    "read it through a view that is there": "SELECT * FROM report",
    "read it through a trigger that is there": "INSERT INTO trial_consent VALUES (1)",
    "read it into a table of its own": "INSERT INTO dosing_heartbeat SELECT id, box FROM sealed_seal",
    "update from it": "UPDATE dosing_heartbeat SET at = s.box FROM sealed_seal s WHERE s.id = 1",
    "set what it holds": "UPDATE dosing_heartbeat SET at = (SELECT box FROM sealed_seal)",
    "set whose code was broken": "UPDATE dosing_heartbeat SET at = (SELECT participant_id FROM {break})",
    "ask for a row by number": "UPDATE dosing_heartbeat SET at = at WHERE 1 IN (SELECT id FROM sealed_seal)",
    "ask for a row in vain": "UPDATE dosing_heartbeat SET at = at WHERE 9 IN (SELECT id FROM {step})",
    "ask for a row by two columns": "UPDATE dosing_heartbeat SET at = at "
    "WHERE (7, 1) IN (SELECT preparation_id, sequence FROM {step})",
    "ask whose code was broken": "UPDATE dosing_heartbeat SET at = at "
    "WHERE 1 IN (SELECT participant_id FROM {break})",
    "ask whether any code was broken": "UPDATE dosing_heartbeat SET at = at "
    "WHERE EXISTS (SELECT 1 FROM {break} WHERE participant_id IS NULL)",
    "ask by the whole table": "UPDATE dosing_heartbeat SET at = at WHERE 1 IN sealed_counter",
    "ask by deleting": "DELETE FROM velum_cache_clinic WHERE 1 IN (SELECT id FROM {step})",
    "ask by inserting": "INSERT INTO dosing_heartbeat VALUES (1 IN (SELECT id FROM {step}), 0)",
    "ask by what an insert returns": "INSERT INTO dosing_heartbeat VALUES ('b', 0) "
    "RETURNING 1 IN (SELECT id FROM {step})",
    "ask by inserting a participant": "INSERT INTO trial_participant "
    "VALUES (3, 1 IN (SELECT participant_id FROM {break}), 's')",
    "ask by a participant's replacement": "INSERT INTO trial_participant VALUES (3, 'P-3', 's') "
    "ON CONFLICT (id) DO UPDATE SET stratum = 1 IN (SELECT participant_id FROM {break})",
    "ask by deleting who has one": "DELETE FROM trial_participant WHERE id = 1",
    "ask by renumbering who has one": "UPDATE trial_participant SET id = 9 WHERE id = 1",
    "ask SQLite what refers to nothing": "PRAGMA foreign_key_check",
    "write into it": "INSERT INTO sealed_seal (id) VALUES (2)",
    "empty it": "DELETE FROM sealed_seal",
    "write what is not the clinic's": "INSERT INTO randomization_envelope VALUES (2, 'R-2')",
    "change what is not the clinic's": "UPDATE trial_participant SET number = 'P-9' WHERE id = 1",
    "read how many rows it ever had": "SELECT * FROM sqlite_sequence",
    "ask how many rows it ever had": "UPDATE dosing_heartbeat SET at = at "
    "WHERE 1 IN (SELECT seq FROM sqlite_sequence)",
    "count the pages of the file": "PRAGMA page_count",
    "count them as a table": "SELECT * FROM pragma_page_count",
    "see who else wrote": "PRAGMA data_version",
    "see on which page a table begins": "SELECT rootpage FROM sqlite_master",
    "let SQLite count the rows": "ANALYZE",
    "build an index anew": "REINDEX {step}",
    "index it": "CREATE INDEX i ON sealed_seal (box)",
    "make a view of it": "CREATE VIEW v AS SELECT * FROM sealed_seal",
    "make a view of one's own": "CREATE TEMP VIEW v AS SELECT * FROM sealed_seal",
    "make a table of it": "CREATE TABLE t AS SELECT * FROM sealed_seal",
    "make a table of one's own": "CREATE TEMP TABLE t AS SELECT * FROM sealed_seal",
    "explain how it is read": "EXPLAIN SELECT * FROM sealed_seal",
    "explain with which index": "EXPLAIN QUERY PLAN SELECT * FROM sealed_seal",
    "copy the file": "VACUUM INTO ':memory:'",
    "open the file a second time": "ATTACH DATABASE ':memory:' AS other",
    "take away a trigger": "DROP TRIGGER kept",
    "put a trigger in its place": "CREATE TRIGGER m AFTER DELETE ON sealed_seal BEGIN SELECT 1; END",
    "remove a table": "DROP TABLE trial_consent",
    "call it by another name": "ALTER TABLE sealed_seal RENAME TO dosing_plan",
    "write to the schema": "PRAGMA writable_schema = ON",
    "switch triggers off": "PRAGMA recursive_triggers = OFF",
}
"""What an attacker within the clinic's process could phrase; `{step}` and `{break}` are sealed tables."""

TELLING_TABLES = ("dbstat", "sqlite_dbpage", "sqlite_stmt", "sqlite_stat1", "pragma_table_list")
"""Tables of SQLite's own, of which not every build has all."""


@pytest.fixture
def guarded() -> Iterator[sqlite3.Connection]:
    """A small database with sealed and blinded tables, seen through the clinic's guard."""
    file = sqlite3.connect(":memory:", isolation_level=None)
    file.executescript(
        "PRAGMA foreign_keys = ON;"
        "CREATE TABLE randomization_envelope (id INTEGER PRIMARY KEY, number TEXT);"
        "CREATE TABLE trial_participant (id INTEGER PRIMARY KEY, number TEXT UNIQUE, stratum TEXT);"
        "CREATE TABLE trial_consent (id INTEGER PRIMARY KEY);"
        "CREATE TABLE dosing_heartbeat (name TEXT PRIMARY KEY, at TEXT);"
        "CREATE TABLE velum_cache_clinic (id INTEGER PRIMARY KEY);"
        "CREATE TABLE sealed_seal (id INTEGER PRIMARY KEY AUTOINCREMENT, "
        "envelope_id REFERENCES randomization_envelope, box BLOB);"
        "CREATE TABLE sealed_counter (id INTEGER PRIMARY KEY);"
        "CREATE TABLE sealed_codebreak (id INTEGER PRIMARY KEY, "
        "participant_id REFERENCES trial_participant DEFERRABLE INITIALLY DEFERRED);"
        "CREATE TABLE pharmacy_preparationstep (id INTEGER PRIMARY KEY, preparation_id, sequence,"
        "UNIQUE (preparation_id, sequence));"
        "CREATE VIEW report AS SELECT box FROM sealed_seal;"
        "CREATE TRIGGER kept BEFORE DELETE ON randomization_envelope BEGIN SELECT RAISE(ABORT, 'kept'); END;"
        "CREATE TRIGGER peeks BEFORE INSERT ON trial_consent WHEN 9 IN (SELECT id FROM sealed_seal) "
        "BEGIN SELECT RAISE(ABORT, 'there'); END;"
        "INSERT INTO randomization_envelope VALUES (1, 'R-1'); INSERT INTO sealed_seal VALUES (1, 1, x'00');"
        "INSERT INTO trial_participant VALUES (1, 'P-1', 's'), (2, 'P-2', 's');"
        "INSERT INTO sealed_codebreak VALUES (1, 2); INSERT INTO pharmacy_preparationstep VALUES (1, 7, 1);"
        "INSERT INTO dosing_heartbeat VALUES ('a', '0');"
    )
    yield file
    file.close()


def asked(file: sqlite3.Connection, what: str, guard: Guard | None = None) -> list[Any]:
    """Have one statement run, as Django does; with a guard it passes the guard first."""
    statement = what.replace("{break}", "sealed_codebreak").replace("{step}", "pharmacy_preparationstep")
    file.set_authorizer(guard.authorize if guard else None)

    def execute(sql: str, *rest: Any) -> list[Any]:
        return file.execute(sql).fetchall()

    return guard(execute, statement, (), False, {}) if guard else execute(statement)


@pytest.mark.parametrize("what", STATEMENTS)
def test_sqlite_refuses_the_clinic_to(guarded: sqlite3.Connection, what: str) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited|authorization denied"):
        asked(guarded, STATEMENTS[what], Guard())


@pytest.mark.parametrize("what", STATEMENTS)
def test_without_the_guard_the_same_statement_runs_to(guarded: sqlite3.Connection, what: str) -> None:
    asked(guarded, STATEMENTS[what])


def test_sqlite_lets_the_clinic_do_its_own_work(guarded: sqlite3.Connection) -> None:
    guard = Guard()

    asked(guarded, "INSERT INTO trial_participant VALUES (3, 'P-3', 's')", guard)
    asked(guarded, "UPDATE trial_participant SET stratum = 't' WHERE id = 3", guard)
    asked(guarded, "DELETE FROM velum_cache_clinic WHERE id IN (SELECT id FROM velum_cache_clinic)", guard)

    rows = asked(guarded, "SELECT number, stratum FROM trial_participant", guard)
    assert rows == [("P-1", "s"), ("P-2", "s"), ("P-3", "t")]


def test_no_answer_to_the_clinic_depends_on_what_refers_to_a_row(guarded: sqlite3.Connection) -> None:
    """Of two participants the second has a code break, which SQLite would not let go."""
    replace = "INSERT OR REPLACE INTO trial_participant VALUES ({}, 'P-{}', 's')"

    assert asked(guarded, replace.format(8, 1)) == []
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        asked(guarded, replace.format(9, 2))
    assert asked(guarded, replace.format(9, 2), Guard()) == []


def test_a_statement_that_goes_round_django_is_given_nothing_sealed(guarded: sqlite3.Connection) -> None:
    guarded.set_authorizer(Guard().authorize)

    with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
        guarded.execute("INSERT INTO trial_participant VALUES (3, 'P-3', 's')")


@pytest.mark.parametrize("table", TELLING_TABLES)
def test_what_sqlite_keeps_about_its_tables_is_not_the_clinics_to_read(table: str) -> None:
    assert Guard().authorize(sqlite3.SQLITE_READ, table, "", "main", None) == sqlite3.SQLITE_DENY


@pytest.mark.parametrize("function", ["load_extension", "sqlite_offset"])
def test_no_function_leads_the_clinic_out_of_its_tables(function: str) -> None:
    answer = Guard().authorize(sqlite3.SQLITE_FUNCTION, None, function, None, None)

    assert answer == sqlite3.SQLITE_DENY


@pytest.mark.django_db
def test_a_connection_of_the_product_is_guarded_like_that() -> None:
    _guard(connection)
    _guard(connection)  # as when it was lost and is made again
    try:
        with pytest.raises(DatabaseError, match="not authorized"), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER trial_auditentry_no_update")
        ours = [one for one in connection.execute_wrappers if one is not refuse_zones]
        assert [type(one) for one in ours] == [Guard]
    finally:
        connection.execute_wrappers.clear()
        connection.connection.set_authorizer(None)


def test_no_sealed_module_is_loaded_here() -> None:
    assert not [name for name in sys.modules if name.startswith(("randomization.sealed", "dosing.pharmacy"))]


def test_no_address_of_the_pharmacy_exists_here() -> None:
    words = ("preparation", "stock", "lists", "allocation", "code-break")
    assert not [one.route for one in addresses() if any(word in one.route for word in words)]
    with pytest.raises(NoReverseMatch):
        reverse("preparations")


def test_second_factors_of_this_door_lie_in_a_table_of_its_own() -> None:
    model = apps.get_model("mfa", "Authenticator")
    assert model._meta.db_table == "trial_clinicfactor"


def test_no_private_key_lies_where_this_process_looks() -> None:
    folder = Path(settings.VELUM_KEYS)
    assert not [path for path in folder.glob("*.key") if os.access(path, os.R_OK)]
    assert not [name for name in dir(settings) if name.startswith("VELUM_PHARMACY")]


def test_no_model_here_belongs_to_the_sealed_side() -> None:
    tables = [model._meta.db_table for model in apps.get_models()]
    assert not [table for table in tables if table.startswith(SEALED_PREFIXES)]


def test_no_field_here_is_named_like_something_that_is_sealed() -> None:
    found = [field for model in apps.get_models() for field in named(model) if field.name in TELLING]
    assert found == []


def test_whatever_is_walked_to_from_here_is_of_this_side() -> None:
    related = {
        field.related_model
        for model in apps.get_models()
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation
    }
    assert {model._meta.app_label for model in related if model} <= {
        config.label for config in apps.get_app_configs()
    }


def named(model: type[models.Model]) -> list[models.Field]:
    """A model's own fields."""
    return list(model._meta.concrete_fields)
