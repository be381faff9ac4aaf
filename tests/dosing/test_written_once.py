"""What is written once stays: no update, delete, truncate or replacement, for whoever holds a connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from dosing.reminders.zone_rules import follow_zone_rules
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import IdempotentRequest
from trial.screening.checklists import keep_checklist

# The tables, a column that somebody might like to change, and one of the columns of the natural key.
TABLES = {
    "trial_auditentry": ("actor", "sequence"),
    "trial_checklistdraft": ("answers", ""),
    "trial_consent": ("signed_on", ""),
    "trial_contactdetails": ("email", ""),
    "trial_eligibilitycheck": ("eligible", ""),
    "trial_idempotentrequest": ("body", "key"),
    "trial_participantstatus": ("status", "sequence"),
    "trial_protocolversion": ("text", "digest"),
    "dosing_injectionrecord": ("outcome", "sequence"),
    "dosing_plannedinjection": ("date", "number"),
    "dosing_plannedvisit": ("date", "code"),
    "dosing_visitrecord": ("day", "sequence"),
    "dosing_zonerules": ("version", "sequence"),
}
ELSEWHERE = {
    "trial_datalock",
    "dosing_closedday",
    "dosing_coursechoice",
    "dosing_deviation",
    "dosing_deviationreview",
    "trial_consentcorrection",
}
# What is written once and ended once, with the column that says when.
ENDED = {"dosing_plan": "superseded_at", "trial_delegation": "ended_at"}
CONTACT = "trial_contactdetails"
REFUSAL = "written once"


@pytest.fixture
def life(ward: SiteFixture) -> SiteFixture:
    """At least one row in each of the tables."""
    half = ward.consented()
    keep_checklist(participant=half, answers={"I1": True}, strata={}, by=ward.nurse, at=START)
    participant = ward.booked(email="anne@example.org")
    ward.inject(participant, 1)
    ward.visit(participant, "V1")
    follow_zone_rules(at=START)
    IdempotentRequest.objects.create(
        delegation=ward.nurse, key="k", fingerprint="f", status=201, body="{}", at=START
    )
    return ward


def run(statement: str) -> Callable[[], None]:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return act


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        run(statement)()
    return str(refusal.value)


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_changed_or_removed(life: SiteFixture, table: str) -> None:
    column, before = TABLES[table][0], rows(table)
    assert before
    assert REFUSAL in refused(f"UPDATE {table} SET {column} = {column}")
    assert REFUSAL in refused(f"DELETE FROM {table}")
    assert rows(table) == before


@pytest.mark.parametrize("table", [*TABLES, *ENDED])
def test_no_table_is_emptied(life: SiteFixture, table: str) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    run("SET CONSTRAINTS ALL IMMEDIATE")()
    assert REFUSAL in refused(f"TRUNCATE {table} CASCADE")


@pytest.fixture
def careless(life: SiteFixture) -> SiteFixture:
    """A connection as a shell opens it: where REPLACE removes a row, no DELETE trigger speaks."""
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is a statement of SQLite")
    run("PRAGMA recursive_triggers = OFF")()
    return life


@pytest.fixture(autouse=True)
def _careful_again(db: None) -> object:
    yield
    if connection.vendor == "sqlite":
        run("PRAGMA recursive_triggers = ON")()


@pytest.mark.parametrize("table", [*TABLES, *ENDED])
def test_no_row_is_replaced(careless: SiteFixture, table: str) -> None:
    before = rows(table)
    assert REFUSAL in refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    assert rows(table) == before


@pytest.mark.parametrize("table", [table for table, (_column, key) in TABLES.items() if key])
def test_no_row_is_replaced_by_one_with_its_id_and_another_key(careless: SiteFixture, table: str) -> None:
    names = [
        column.name for column in connection.introspection.get_table_description(connection.cursor(), table)
    ]
    key = TABLES[table][1]
    other = {
        "sequence": "99",
        "number": "99",
        "code": "'V9'",
        "digest": "'d'",
        "key": "'other'",
    }
    values = ", ".join(other[name] if name == key else name for name in names)
    before = rows(table)
    assert REFUSAL in refused(f"INSERT OR REPLACE INTO {table} SELECT {values} FROM {table} LIMIT 1")
    assert rows(table) == before


def test_no_column_of_an_address_but_the_address_may_change(life: SiteFixture) -> None:
    names = {
        column.name for column in connection.introspection.get_table_description(connection.cursor(), CONTACT)
    }
    for name in names - {"email"}:
        assert REFUSAL in refused(f"UPDATE {CONTACT} SET {name} = {name}")
    run(f"UPDATE {CONTACT} SET email = ''")()
    assert "@" not in str(rows(CONTACT))


TABLES_WITH_TRIGGERS = {
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_delete'",
    "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_no_delete'",
}


def test_every_table_with_such_a_trigger_is_tried_here(db: None) -> None:
    """Those of randomisation are tried in its own folder, locks, closed days and choices with their acts."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES_WITH_TRIGGERS[connection.vendor])
        found = {table for (table,) in cursor.fetchall() if not table.startswith("randomization_")}
    assert found - ELSEWHERE - set(ENDED) == set(TABLES)


@pytest.mark.parametrize("table", ENDED)
def test_an_end_is_written_once_and_nothing_else_is_changed(life: SiteFixture, table: str) -> None:
    end, soon = ENDED[table], "'2015-11-01 08:00:00+00:00'"
    names = {
        column.name for column in connection.introspection.get_table_description(connection.cursor(), table)
    }
    for name in names - {end}:
        assert REFUSAL in refused(f"UPDATE {table} SET {name} = {name}")
    assert REFUSAL in refused(f"DELETE FROM {table}")
    run(f"UPDATE {table} SET {end} = {soon}")()
    for value in (soon, "NULL"):
        assert "ended once" in refused(f"UPDATE {table} SET {end} = {value}")
