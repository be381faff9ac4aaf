"""The rights of the two database roles: complete, and as PostgreSQL enforces them."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from trial.management.commands.grant_roles import Command
from trial.walls.database_grants import CLINIC, PHARMACY, SEALED_PREFIXES, rights_of
from trial.walls.postgresql import ways_to_what_is_sealed

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no database roles")

FORBIDDEN = (
    "SELECT count(*) FROM sealed_seal",
    "SELECT count(*) FROM sealed_sealedauditentry",
    "SELECT count(*) FROM pharmacy_preparation",
    "SELECT count(*) FROM sealed_enrolmentcode",
    "SELECT count(*) FROM mfa_authenticator",
    "INSERT INTO mfa_authenticator DEFAULT VALUES",
    "SELECT count(*) FROM velum_sessions_pharmacy",
    "INSERT INTO velum_sessions_pharmacy DEFAULT VALUES",
    "UPDATE trial_user SET username = 'x'",
    "UPDATE trial_user SET is_active = TRUE",
    "UPDATE trial_user SET is_superuser = TRUE",
    "UPDATE trial_user SET email = 'x'",
    "UPDATE account_emailaddress SET email = 'x'",
    "INSERT INTO trial_user DEFAULT VALUES",
    "UPDATE trial_delegation SET role = 'pharmacist'",
    "INSERT INTO trial_delegation DEFAULT VALUES",
    "UPDATE trial_apitoken SET door = 'pharmacy'",
    "INSERT INTO trial_apitoken DEFAULT VALUES",
    "DELETE FROM trial_auditentry",
    "UPDATE trial_auditentry SET actor = 'x'",
    "UPDATE randomization_envelope SET number = 'x'",
    "UPDATE randomization_envelope SET commitment = 'x'",
    "DELETE FROM randomization_envelope",
    "UPDATE trial_participant SET number = 'x'",
    "INSERT INTO dosing_readiness DEFAULT VALUES",
    "SELECT count(*) FROM pharmacy_announcement",
    "SELECT xmin FROM dosing_readiness",
    "SELECT xmax FROM trial_participant",
    "SELECT ctid FROM trial_delegation",
    "SELECT age(xmin) FROM trial_auditchain",
    "TRUNCATE trial_consent",
    "SELECT last_value FROM sealed_seal_id_seq",
    "SELECT n_tup_ins FROM pg_stat_user_tables",
    "SELECT seq_scan FROM pg_stat_sys_tables",
    "SELECT heap_blks_read FROM pg_statio_user_tables",
    "SELECT tup_inserted FROM pg_stat_database",
    "SELECT relation FROM pg_locks",
    "SELECT pg_relation_size('sealed_seal')",
    "SELECT pg_total_relation_size('sealed_seal')",
    "SELECT pg_database_size(current_database())",
    "SELECT pg_current_wal_lsn()",
)

RIGHTS_ON_A_TABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
RIGHTS_ON_A_COLUMN = ("SELECT (box)", "INSERT (box)", "UPDATE (box)", "REFERENCES (id)")
ATTRIBUTES = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "REPLICATION")
PREDEFINED = ("pg_read_all_data", "pg_read_server_files", "pg_monitor", "pg_read_all_stats")
WAYS = {
    **{one: (f"ALTER ROLE velum_clinic {one}", f"(ALTER ROLE velum_clinic NO{one})") for one in ATTRIBUTES},
    **{one: (f"GRANT {one} TO velum_clinic", f"(REVOKE {one} FROM velum_clinic)") for one in PREDEFINED},
    **{
        one: (f"GRANT {one} ON sealed_seal TO velum_clinic", "it has rights on sealed_seal (")
        for one in (*RIGHTS_ON_A_TABLE, *RIGHTS_ON_A_COLUMN)
    },
    "everybody": (
        "GRANT SELECT ON sealed_seal TO PUBLIC",
        "(REVOKE ALL ON sealed_seal FROM PUBLIC, velum_clinic)",
    ),
    "member of a superuser": (
        "CREATE ROLE chief SUPERUSER; GRANT chief TO velum_clinic",
        "it is a member of chief, which is SUPERUSER (REVOKE chief FROM velum_clinic)",
    ),
    "member who has to ask": (
        "ALTER ROLE velum_clinic NOINHERIT; GRANT velum_pharmacy TO velum_clinic",
        "(REVOKE velum_pharmacy FROM velum_clinic)",
    ),
    "owner": (
        "ALTER TABLE sealed_seal OWNER TO velum_clinic; REVOKE ALL ON sealed_seal FROM velum_clinic",
        "it owns sealed_seal",
    ),
    "sequence": (
        "GRANT SELECT ON sealed_seal_id_seq TO velum_clinic",
        "it has rights on sealed_seal_id_seq (",
    ),
    "view of a view": (
        "CREATE VIEW report AS SELECT box FROM sealed_seal; CREATE VIEW more AS SELECT * FROM report;"
        "GRANT SELECT ON more TO velum_clinic",
        "it has rights on more (",
    ),
    "materialized view": (
        "CREATE MATERIALIZED VIEW kept AS SELECT box FROM sealed_seal; GRANT SELECT ON kept TO velum_clinic",
        "it has rights on kept (",
    ),
    "partitioned table": (
        "CREATE TABLE sealed_parts (id int) PARTITION BY RANGE (id);"
        "GRANT SELECT ON sealed_parts TO velum_clinic",
        "it has rights on sealed_parts (",
    ),
    "one partition": (
        "CREATE TABLE sealed_parts (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE january PARTITION OF sealed_parts FOR VALUES FROM (1) TO (9);"
        "GRANT SELECT ON january TO velum_clinic",
        "it has rights on january (",
    ),
    "foreign table": (
        "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far;"
        "CREATE FOREIGN TABLE sealed_far (id int) SERVER far; GRANT SELECT ON sealed_far TO velum_clinic",
        "it has rights on sealed_far (",
    ),
    "other schema": (
        "CREATE SCHEMA attic; CREATE TABLE attic.sealed_old (id int);"
        "GRANT SELECT ON attic.sealed_old TO velum_clinic",
        "it has rights on attic.sealed_old (",
    ),
    "function": (
        "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT count(*) FROM sealed_seal'",
        "it may run peep() as its owner",
    ),
}
"""What an administrator could do by mistake, and what a process of the clinic then says at its start."""


@pytest.fixture
def granted(db: None) -> None:
    """Both roles, with the rights of the table."""
    call_command("grant_roles")


@pytest.fixture
def as_clinic(granted: None) -> Iterator[None]:
    """Everything below is done with the clinic's role."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE velum_clinic")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_every_table_stands_in_the_table_of_rights() -> None:
    unnamed = {
        table
        for table in connection.introspection.table_names()
        if not rights_of("clinic", table) and not rights_of("pharmacy", table)
    }
    assert unnamed <= {"velum_cache_clinic", "velum_sessions_clinic"}


@pytest.mark.django_db
def test_the_table_of_rights_names_no_table_that_is_not_there() -> None:
    caches = {f"velum_{what}_{door}" for what in ("cache", "sessions") for door in ("clinic", "pharmacy")}
    assert set(CLINIC) | set(PHARMACY) <= set(connection.introspection.table_names()) | caches


def test_the_clinic_has_no_right_on_anything_sealed() -> None:
    assert not [table for table in CLINIC if table.startswith(SEALED_PREFIXES)]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has roles to grant to")
def test_granting_on_a_database_without_roles_says_so() -> None:
    with pytest.raises(CommandError, match="PostgreSQL only"):
        call_command("grant_roles")


@on_postgresql
def test_the_clinics_role_is_refused_whatever_it_tries(as_clinic: None) -> None:
    assert [statement for statement in FORBIDDEN if not is_refused(statement)] == []


def is_refused(statement: str) -> bool:
    """Whether PostgreSQL denies the statement for want of a right."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as fault:
        return "permission denied" in str(fault)
    return False


@pytest.fixture
def logged_in_as_clinic(granted: None) -> Iterator[CursorWrapper]:
    """A session that began as the clinic's role; what was planted before it stays planted."""
    with connection.cursor() as cursor:
        yield cursor
        cursor.execute("RESET SESSION AUTHORIZATION")


def said_to(cursor: CursorWrapper, planted: str = "SELECT 1") -> str:
    """What a process of the clinic says of its role at its start, after the owner did this."""
    cursor.execute(planted)
    cursor.execute("SET SESSION AUTHORIZATION velum_clinic")
    return "; ".join(ways_to_what_is_sealed(cursor))


@on_postgresql
def test_the_clinics_role_as_it_is_granted_reaches_nothing(logged_in_as_clinic: CursorWrapper) -> None:
    assert said_to(logged_in_as_clinic) == ""


@on_postgresql
@pytest.mark.parametrize("way", WAYS)
def test_the_clinics_role_does_not_start_with(logged_in_as_clinic: CursorWrapper, way: str) -> None:
    planted, said = WAYS[way]

    assert said in said_to(logged_in_as_clinic, planted)


@on_postgresql
def test_the_clinics_role_is_not_trusted_for_having_put_on_another(granted: None) -> None:
    """The owner's connection could take the lesser role off again."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE velum_clinic")
        ways = ways_to_what_is_sealed(cursor)
        cursor.execute("RESET ROLE")

    assert [way.split(" (")[0] for way in ways] == ["it is SUPERUSER"]


@on_postgresql
@pytest.mark.parametrize("to", ["velum_clinic", "PUBLIC"])
def test_granting_anew_takes_back_what_was_given_of_a_sealed_column(
    logged_in_as_clinic: CursorWrapper, to: str
) -> None:
    logged_in_as_clinic.execute(f"GRANT SELECT (box) ON sealed_seal TO {to}")

    call_command("grant_roles")

    assert said_to(logged_in_as_clinic) == ""


@on_postgresql
def test_whoever_cannot_take_the_statistics_away_is_told_so(as_clinic: None) -> None:
    told = StringIO()

    Command(stdout=told).stop_counting()

    assert "only a superuser can take them away" in told.getvalue()


@on_postgresql
def test_the_clinics_role_reads_envelopes_but_not_what_they_hold(as_clinic: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM randomization_envelope")
        assert cursor.fetchone() == (0,)


@on_postgresql
def test_granting_twice_changes_nothing(granted: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(relacl::text ORDER BY relname) FROM pg_class WHERE relkind = 'r'")
        before = cursor.fetchone()
        call_command("grant_roles")
        cursor.execute("SELECT array_agg(relacl::text ORDER BY relname) FROM pg_class WHERE relkind = 'r'")
        assert cursor.fetchone() == before
