"""The walls of the clinic's process, each alone."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models
from django.urls import NoReverseMatch, reverse

from tests.blinding.addresses import addresses
from trial.rights import SEALED_PREFIXES
from trial.walls import Authorizer, _guard

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
    "read it below a join": "SELECT e.number FROM randomization_envelope e JOIN sealed_seal s ON s.id = e.id",
    "read only what it refers to": "SELECT envelope_id FROM sealed_seal",
    "read it into a table of its own": "INSERT INTO randomization_envelope SELECT id, box FROM sealed_seal",
    "update from it": "UPDATE randomization_envelope SET number = s.box FROM sealed_seal s WHERE s.id = 1",
    "write into it": "INSERT INTO sealed_seal (id) VALUES (1)",
    "empty it": "DELETE FROM sealed_seal",
    "read how many rows it ever had": "SELECT * FROM sqlite_sequence",
    "open the file a second time": "ATTACH DATABASE ':memory:' AS other",
    "take away a trigger": "DROP TRIGGER kept",
    "put a trigger in its place": "CREATE TRIGGER m AFTER DELETE ON sealed_seal BEGIN SELECT 1; END",
    "remove a table": "DROP TABLE randomization_envelope",
    "write to the schema": "PRAGMA writable_schema = ON",
}


@pytest.fixture
def guarded() -> Iterator[sqlite3.Connection]:
    """A small database with a sealed and a blinded table, seen through the clinic's authorizer."""
    file = sqlite3.connect(":memory:")
    file.executescript(
        "CREATE TABLE sealed_seal (id INTEGER PRIMARY KEY AUTOINCREMENT, "
        "envelope_id REFERENCES randomization_envelope, box BLOB);"
        "PRAGMA foreign_keys = ON;"
        "CREATE TABLE randomization_envelope (id INTEGER PRIMARY KEY, number TEXT);"
        "CREATE TRIGGER kept BEFORE DELETE ON randomization_envelope BEGIN SELECT RAISE(ABORT, 'kept'); END;"
        "INSERT INTO randomization_envelope VALUES (1, 'R-1'); INSERT INTO sealed_seal VALUES (1, 1, x'00');"
    )
    file.set_authorizer(Authorizer())
    yield file
    file.close()


@pytest.mark.parametrize("what", STATEMENTS)
def test_sqlite_refuses_the_clinic_to(guarded: sqlite3.Connection, what: str) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
        guarded.execute(STATEMENTS[what])


def test_sqlite_lets_the_clinic_do_its_own_work(guarded: sqlite3.Connection) -> None:
    guarded.execute("INSERT INTO randomization_envelope VALUES (2, 'R-2')")
    guarded.execute("UPDATE randomization_envelope SET id = 3, number = 'R-3' WHERE id = 2")
    assert guarded.execute("SELECT number FROM randomization_envelope").fetchall() == [("R-1",), ("R-3",)]


def test_without_the_authorizer_the_same_statements_run(guarded: sqlite3.Connection) -> None:
    guarded.set_authorizer(None)
    assert guarded.execute(STATEMENTS["count its rows"]).fetchone() == (1,)


@pytest.mark.django_db
def test_a_connection_of_the_product_is_guarded_like_that() -> None:
    _guard(connection)
    try:
        with pytest.raises(DatabaseError, match="not authorized"), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER trial_auditentry_no_update")
    finally:
        connection.connection.set_authorizer(None)


def test_no_sealed_module_is_loaded_here() -> None:
    assert not [name for name in sys.modules if name.startswith(("randomization.sealed", "dosing.pharmacy"))]


def test_no_address_of_the_pharmacy_exists_here() -> None:
    words = ("preparation", "stock", "lists", "allocation", "code-break", "2fa")
    assert not [one.route for one in addresses() if any(word in one.route for word in words)]
    with pytest.raises(NoReverseMatch):
        reverse("preparations")


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
