"""What is written once stays: no update, delete, truncate or replacement, for whoever holds a connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dosing.models import LeftOpen
from dosing.reminders.zone_rules import follow_zone_rules
from dosing.services.appointments import set_hour
from dosing.services.status import withdraw
from dosing.services.unscheduled import record_unscheduled
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import EligibilityCheck, EligibilityConfirmation, IdempotentRequest, SignOnLink
from trial.people.delegating import create_token
from trial.people.duties.inviting import Invited, accept, cancel_invitation, invite
from trial.people.duties.log import digest_of_log, duties_for, log_lines
from trial.people.duties.reviewing import ask_for_code, review_access
from trial.people.duties.shutting import end_sessions, revoke_tokens, shut_account
from trial.people.signing.hands import hand_of_person
from trial.permissions import Role
from trial.screening.checklists import keep_checklist

# The tables, a column that somebody might like to change, and one of the columns of the natural key.
TABLES = {
    "trial_auditentry": ("actor", "sequence"),
    "trial_checklistdraft": ("answers", ""),
    "trial_consent": ("signed_on", ""),
    "trial_contactdetails": ("email", ""),
    "trial_eligibilitycheck": ("eligible", ""),
    "trial_eligibilityconfirmation": ("confirmed_at", ""),
    "trial_idempotentrequest": ("body", "key"),
    "trial_participantstatus": ("status", "sequence"),
    "trial_protocolversion": ("text", "digest"),
    "dosing_injectionrecord": ("outcome", "sequence"),
    "dosing_leftopen": ("through", ""),
    "dosing_plannedinjection": ("date", "number"),
    "dosing_plannedvisit": ("date", "code"),
    "dosing_visitrecord": ("day", "sequence"),
    "dosing_appointment": ("hour", "sequence"),
    "dosing_unscheduledvisit": ("day", "sequence"),
    "dosing_zonerules": ("version", "sequence"),
    "trial_dutyend": ("reason", ""),
    "trial_accountshut": ("reason", ""),
    "trial_sessionsended": ("reason", ""),
    "trial_tokenrevoked": ("reason", ""),
    "trial_invitation": ("reason", ""),
    "trial_invitationuse": ("at", ""),
    "trial_invitationcancelled": ("at", ""),
    "trial_enrolmentasked": ("at", ""),
    "trial_accessreview": ("statement", ""),
    "trial_signature": ("meaning", ""),
    "trial_signonlink": ("subject", ""),
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
SAID_BEFORE = {"trial_invitationuse": "that log-in name is taken"}
"""Where a guard of the duty itself speaks first when its row comes again."""


@pytest.fixture
def life(ward: SiteFixture) -> SiteFixture:
    """At least one row in each of the tables."""
    half = ward.consented()
    keep_checklist(participant=half, answers={"I1": True}, strata={}, by=ward.nurse, at=START)
    participant = ward.booked(email="anne@example.org")
    ward.inject(participant, 1)
    ward.visit(participant, "V1")
    who: dict[str, Any] = {"participant": participant, "by": ward.nurse, "at": START}
    set_hour(hour=time(9, 30), code="V2", **who)
    record_unscheduled(day=START.date(), reason="Fever", **who)
    follow_zone_rules(at=START)
    check = EligibilityCheck.objects.get(participant=participant)
    EligibilityConfirmation.objects.create(
        participant=participant, judged=check, confirmed_by=ward.investigator, confirmed_at=START
    )
    LeftOpen.objects.create(participant=participant, through=START.date())
    leave(ward)
    come(ward)
    review(ward)
    hand = hand_of_person(ward.nurse, both_parts=True)
    withdraw(participant=ward.again(half), scope="trial", reason="So.", by=ward.nurse, at=START, hand=hand)
    SignOnLink.objects.create(
        user=ward.nurse.user, issuer="https://log-in.hospital.example", subject="7", at=START
    )
    IdempotentRequest.objects.create(
        delegation=ward.nurse, key="k", fingerprint="f", status=201, body="{}", at=START
    )
    return ward


def leave(ward: SiteFixture) -> None:
    """Somebody whose token is revoked, whose sessions end, and whose account is shut with its duty."""
    leaver, by = ward.worker(Role.MONITOR, "leaver", ward.site), ward.world.person(Role.ADMINISTRATOR)
    create_token(delegation=leaver, name="x", expires_at=START + timedelta(days=1), door="clinic", at=START)
    who: dict[str, Any] = {"user": leaver.user, "by": by, "at": START, "reason": "Leaves."}
    revoke_tokens(**who)
    end_sessions(**who)
    shut_account(**who)


def come(ward: SiteFixture) -> None:
    """Two people are invited: one comes, the other's link is cancelled."""
    by = ward.world.person(Role.ADMINISTRATOR)
    offer: dict[str, Any] = {"trial": ward.site.trial, "site": ward.site, "by": by, "at": START}
    for name, last in (("nadia", "Un"), ("ines", "Deux")):
        who = Invited(name, "New", last, f"{name}@example.org")
        new = invite(who=who, role=Role.STUDY_NURSE, reason="More work.", **offer)
        if name == "nadia":
            accept(secret=new.secret, password="a harbour full of lanterns", at=START)
        else:
            cancel_invitation(invitation=new.invitation, by=by, at=START)


def review(ward: SiteFixture) -> None:
    """A code is asked for on behalf of a pharmacist, and every duty is looked through."""
    pharmacist = ward.worker(Role.PHARMACIST, "pharma", ward.site)
    ask_for_code(user=pharmacist.user, by=ward.world.person(Role.ADMINISTRATOR), at=START)
    manager = ward.world.person(Role.TRIAL_MANAGER)
    seen = digest_of_log(log_lines(duties_for(manager), everywhere=""))
    review_access(by=manager, at=START, statement="All are needed.", seen=seen)


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
    before, said = rows(table), SAID_BEFORE.get(table, REFUSAL)
    assert said in refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
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
    run(f"UPDATE {table} SET {end} = {soon} WHERE {end} IS NULL")()
    for value in (soon, "NULL"):
        assert "ended once" in refused(f"UPDATE {table} SET {end} = {value}")
