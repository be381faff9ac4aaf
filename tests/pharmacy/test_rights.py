"""The rights of the two database roles: complete, and as PostgreSQL enforces them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from trial.rights import CLINIC, PHARMACY, SEALED_PREFIXES, rights_of

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no database roles")

FORBIDDEN = (
    "SELECT count(*) FROM sealed_seal",
    "SELECT count(*) FROM sealed_sealedauditentry",
    "SELECT count(*) FROM pharmacy_preparation",
    "SELECT count(*) FROM mfa_authenticator",
    "UPDATE trial_user SET username = 'x'",
    "UPDATE trial_delegation SET role = 'pharmacist'",
    "DELETE FROM trial_auditentry",
    "UPDATE trial_auditentry SET actor = 'x'",
    "UPDATE randomization_envelope SET number = 'x'",
    "UPDATE randomization_envelope SET commitment = 'x'",
    "DELETE FROM randomization_envelope",
    "UPDATE trial_participant SET number = 'x'",
    "INSERT INTO dosing_readiness DEFAULT VALUES",
    "TRUNCATE trial_consent",
    "SELECT last_value FROM sealed_seal_id_seq",
)


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
