"""The triggers at the pharmacy door, which knows every list, opens in any case, and says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests.dosing.test_triggers import ADD, definitions, run
from tests.pharmacy.test_enrolment import the_role
from tests.planted_migrations import migrate, planted
from trial.models import Delegation
from trial.walls import trigger_check
from trial.walls.trigger_check import refuse_without_triggers
from trial.walls.trigger_registry import Fault, Place, faults, listed, standing

PLACE = Place("sealed_seal", "sealed_seal_resealed_only")
STRANGE = Place("sealed_seal", "somebody_looks")
RETIRED = Place("sealed_seal", "sealed_seal_no_tuesday")

OURS = {"trial", "randomization", "dosing", "sealed", "pharmacy"}
"""The labels of our applications, with which their tables begin."""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """The next test's pages say nothing of what this one took off."""
    yield
    trigger_check._last_found.clear()


def take_off(place: Place = PLACE) -> None:
    run(f"DROP TRIGGER {place.name}" + (f" ON {place.table}" if connection.vendor == "postgresql" else ""))


def test_a_migrated_database_has_exactly_the_listed_triggers_of_every_application() -> None:
    assert standing(connection) == definitions()
    assert {place.table.partition("_")[0] for place in listed(connection.vendor)} == OURS


CHANGES = {
    "trial_trial": "its environment, once, when it goes live",
    "trial_site": "its last serial number",
    "trial_participant": "month of birth and stratum, once judged; the trail shows what was there",
    "trial_user": "language, password, last log-in",
    "trial_user_groups": "accounts, made by the owner of the tables",
    "trial_user_user_permissions": "the same",
    "trial_apitoken": "a token is revoked",
    "trial_auditchain": "its head moves with each entry",
    "sealed_sealedauditchain": "the same",
    "trial_trycount": "tries are counted, and forgotten after an hour",
    "sealed_sealedtrycount": "the same",
    "trial_alarm": "it is mailed",
    "sealed_sealedalarm": "the same",
    "trial_clinicfactor": "a second factor of the clinic is replaced or forgotten",
    "trial_factoratpharmacy": "a second factor of the pharmacy door is set up, or removed",
    "trial_opensession": "a session is seen again, and ends",
    "sealed_sealedsession": "the same",
    "sealed_job": "its state, while it is done",
    "dosing_reminder": "it is claimed and sent",
    "dosing_heartbeat": "each tick of the worker",
    "dosing_readiness": "ready, or no longer",
    "dosing_calendarfeed": "an address of a calendar is revoked",
}
"""Tables whose rows change or go, and why."""


def test_every_table_is_written_once_or_says_why_it_changes() -> None:
    refused: dict[str, set[str]] = {}
    for place, one in listed("postgresql").items():
        refused.setdefault(place.table, set()).add(one.on.partition(" ")[0])
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS
    }
    kept = {table for table in tables if {"UPDATE", "DELETE"} <= refused.get(table, set())}
    assert tables - kept == set(CHANGES)


ONLY_CHANGES = {
    "trial_contactdetails": {"email"},
    "trial_delegation": {"ended_at"},
    "dosing_plan": {"superseded_at"},
    "sealed_doctoraddress": {"ended_at"},
}
"""What may still be written in a row that is otherwise written once."""


def test_where_one_column_may_change_no_other_is_forgotten() -> None:
    """A new column that the trigger does not name could be changed by anybody, and nothing would say so."""
    columns = {
        model._meta.db_table: {field.column for field in model._meta.fields} for model in apps.get_models()
    }
    frozen = {
        place.table: set(one.on.removeprefix("UPDATE OF ").split(", "))
        for place, one in listed("postgresql").items()
        if place.name.endswith(("_only_erased", "_only_ended"))
    }
    assert {table: columns[table] - named for table, named in frozen.items()} == ONLY_CHANGES


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("app", "model"),
    [("trial", "participant"), ("sealed", "seal"), ("sealed", "rekeying"), ("pharmacy", "stockentry")],
)
def test_a_plain_new_field_costs_no_trigger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: str, model: str
) -> None:
    with planted(tmp_path, monkeypatch, app, ADD.format(model=model)):
        migrate(app)
        assert standing(connection) == definitions()
    assert standing(connection) == definitions()


def put(place: Place, sqlite: str, body: str) -> None:
    """A trigger that no list names."""
    if connection.vendor == "sqlite":
        run(f"CREATE TRIGGER {place.name} BEFORE UPDATE ON {place.table} FOR EACH ROW {sqlite}")
        return
    run(f"CREATE FUNCTION {place.name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    run(
        f"CREATE TRIGGER {place.name} BEFORE UPDATE ON {place.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {place.name}()"
    )


def test_migrate_takes_off_what_velum_laid_and_no_list_names_any_more() -> None:
    put(
        RETIRED,
        "WHEN 1 BEGIN SELECT RAISE(ABORT, 'no'); END",
        " BEGIN IF TRUE THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END ",
    )
    call_command("migrate", verbosity=0)
    assert standing(connection) == definitions()


def test_verify_names_somebody_elses_trigger_and_migrate_leaves_it() -> None:
    put(STRANGE, "BEGIN SELECT 1; END", " BEGIN RETURN NEW; END ")
    call_command("migrate", verbosity=0)
    assert faults(connection) == [Fault(STRANGE, "strange")]
    with pytest.raises(CommandError, match=f"trigger {STRANGE.name} on sealed_seal: no application lists it"):
        call_command("verify", stdout=StringIO())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en-gb", "You can still break the code"), ("fr", "la levée d’aveugle reste possible")],
)
def test_every_page_of_the_pharmacy_says_that_a_trigger_is_missing(
    enter: Callable[[Delegation], Client], pharmacist: Delegation, language: str, words: str
) -> None:
    pharmacist.user.language = language
    pharmacist.user.save()
    browser = enter(pharmacist)
    pages = ("/preparations/", "/stock/", "/emergency/", "/nothing-here/")
    assert not [page for page in pages if words in browser.get(page).content.decode()]
    take_off()
    refuse_without_triggers()  # this door opens
    found = {page: browser.get(page).content.decode() for page in pages}
    assert [page for page in pages if words in found[page] and PLACE.name in found[page]] == list(pages)


def test_the_page_before_the_log_in_says_it_too() -> None:
    take_off()
    refuse_without_triggers()  # the door looks when it opens; without a log-in its pages ask nothing
    assert PLACE.name in Client().get("/accounts/login/").content.decode()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no database roles")
def test_the_clinics_role_can_look_and_asks_for_no_sealed_table(settings: Any) -> None:
    settings.CLINIC = True
    take_off()
    with the_role("velum_clinic"):
        assert faults(connection) == []
    take_off(Place("trial_consent", "trial_consent_no_update"))
    with the_role("velum_clinic"):
        assert [str(one) for one in faults(connection)] == [
            "trial_consent_no_update on trial_consent is missing"
        ]
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run("SELECT 1 FROM sealed_seal")
