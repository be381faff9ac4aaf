"""The triggers of the database are those of the lists, whatever a migration does to their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path

import pytest
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tests.planted_migrations import migrate, planted
from tests.site_fixture import SiteFixture
from trial.models import Consent, Delegation, Participant
from trial.walls.trigger_check import refuse_without_triggers
from trial.walls.trigger_registry import Fault, Place, faults, listed, standing

pytestmark = pytest.mark.django_db(transaction=True)

ADD = (
    "migrations.AddField(model_name={model!r}, name='planted', "
    "field=models.CharField(max_length=9, default='x', db_default='x'))"
)
REWRITE = "migrations.RunSQL(\"UPDATE trial_consent SET signed_on = '2015-01-01'\", '')"
Plant = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    def plant(app: str, operations: str, *, atomic: bool = True) -> AbstractContextManager[None]:
        return planted(tmp_path, monkeypatch, app, operations, atomic=atomic)

    return plant


@pytest.fixture(autouse=True)
def _laid_again() -> Iterator[None]:
    """The next test finds what the lists say, and no column of a migration that was refused half-way."""
    yield
    for table in ("trial_consent", "trial_participant"):
        if "planted" in columns(table):
            run(f"ALTER TABLE {table} DROP COLUMN planted")
    call_command("migrate", verbosity=0)
    assert faults(connection) == []


def worker_started() -> None:
    """What Celery calls when a worker starts. Not connected: other tests start workers in this process."""
    from trial.celery import check_wall

    worker_init.disconnect(check_wall)
    check_wall()


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def definitions() -> dict[Place, str]:
    return {place: one.definition(connection.vendor) for place, one in listed(connection.vendor).items()}


def test_a_migrated_database_has_exactly_the_listed_triggers() -> None:
    assert standing(connection) == definitions()


def test_every_trigger_has_a_name_of_its_own() -> None:
    places = list(listed("sqlite") | listed("postgresql"))
    assert len({place.name for place in places}) == len(places)


@pytest.mark.parametrize(
    ("app", "model"),
    [
        ("trial", "consent"),
        ("trial", "participant"),
        ("trial", "delegation"),
        ("randomization", "liststep"),
        ("dosing", "plan"),
    ],
)
@pytest.mark.parametrize("atomic", [True, False])
def test_a_plain_new_field_costs_no_trigger(plant: Plant, app: str, model: str, atomic: bool) -> None:
    with plant(app, ADD.format(model=model), atomic=atomic):
        migrate(app)
        assert "planted" in columns(f"{app}_{model}")
        assert standing(connection) == definitions()
    assert "planted" not in columns(f"{app}_{model}")
    assert standing(connection) == definitions()


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def test_postgresql_keeps_what_need_not_be_dropped(plant: Plant) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes the table anew")
    before = numbers()
    with plant("trial", ADD.format(model="consent")):
        migrate("trial")
        assert numbers() == before


def numbers() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY oid")
        return cursor.fetchall()


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("first", ["", ADD.format(model="consent"), ADD.format(model="participant")])
def test_a_migration_that_changes_what_is_written_once_is_refused(
    plant: Plant, ward: SiteFixture, first: str, atomic: bool
) -> None:
    ward.consented()
    before = Consent.objects.values_list("signed_on").get()
    with plant("trial", ", ".join(filter(None, [first, REWRITE])), atomic=atomic):
        with pytest.raises(DatabaseError, match="consents are written once"):
            migrate("trial")
        assert Consent.objects.values_list("signed_on").get() == before


def test_one_that_says_so_may_and_has_the_triggers_again_at_its_end(plant: Plant, ward: SiteFixture) -> None:
    ward.consented()
    from_triggers = "__import__('trial.walls.triggers', fromlist=['stop_refusing'])"
    aside = f"{from_triggers}.stop_refusing('trial_consent', 'trial_consent_no_update')"
    with plant("trial", f"{aside}, {ADD.format(model='consent')}, {REWRITE}"):
        migrate("trial")
        assert str(Consent.objects.values_list("signed_on").get()[0]) == "2015-01-01"
        assert standing(connection) == definitions()


def test_empty_values_are_not_filled_behind_the_triggers_back(plant: Plant, ward: SiteFixture) -> None:
    ward.inject(ward.booked(), 1)
    fill = (
        "migrations.AlterField('injectionrecord', 'cause', models.CharField(max_length=12, default='other'))"
    )
    with plant("dosing", fill), pytest.raises(DatabaseError, match="injection records are written once"):
        migrate("dosing")


@pytest.mark.parametrize(
    ("app", "model", "field", "other"),
    [
        ("trial", "delegation", "role", models.CharField(max_length=99)),
        ("trial", "contactdetails", "language", models.CharField(max_length=99)),
        ("dosing", "plan", "first_injection", models.DateTimeField()),
    ],
)
def test_the_type_of_a_column_that_a_trigger_names_may_change(
    plant: Plant, app: str, model: str, field: str, other: models.Field
) -> None:
    kind = f"models.{type(other).__name__}({f'max_length={other.max_length}' if other.max_length else ''})"
    with plant(app, f"migrations.AlterField({model!r}, {field!r}, {kind})"):
        migrate(app)
        assert standing(connection) == definitions()
    assert standing(connection) == definitions()


def test_while_a_column_that_a_trigger_reads_is_gone_nothing_is_written(
    plant: Plant, ward: SiteFixture
) -> None:
    ward.world.blinded_list(3)
    gone = "migrations.RemoveField('randomizationlist', 'reserve_of')"
    with plant("randomization", gone):
        migrate("randomization")
        assert {fault.place.name for fault in faults(connection)} <= {
            "list_is_active_alone",
            "reserve_belongs_to_one_list",
            "reserve_is_drawn_last",
        }
        with pytest.raises(DatabaseError, match="reserve_of_id"):
            ward.randomized()


def test_another_connection_never_sees_a_table_without(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    other, seen = connections.create_connection("default"), []
    editor = connection.SchemaEditorClass
    execute = editor.execute

    def watched(self: object, *args: object, **more: object) -> object:
        result = execute(self, *args, **more)
        seen.append(standing(other) == definitions())
        return result

    monkeypatch.setattr(editor, "execute", watched)
    try:
        with plant("trial", ADD.format(model="participant")):
            migrate("trial")
    finally:
        other.close()
    assert seen
    assert all(seen)


def test_a_reversed_migration_leaves_the_triggers() -> None:
    call_command("migrate", "dosing", "0006", verbosity=0)
    try:
        assert {place for place in standing(connection) if place.table.startswith("dosing_injection")} == {
            place for place in definitions() if place.table.startswith("dosing_injection")
        }
    finally:
        call_command("migrate", "dosing", verbosity=0)


# --- the faults that this is for, planted: Django's own schema editors ---------------------------------


def djangos_own() -> BaseDatabaseSchemaEditor:
    """The editor that ours is made of."""
    [wrapper] = type(connections["default"]).__bases__
    return wrapper.SchemaEditorClass(connections["default"])


def new_field(name: str = "planted") -> models.Field:
    field = models.CharField(max_length=9, default="x", db_default="x")
    field.set_attributes_from_name(name)
    return field


def test_djangos_own_editor_drops_triggers_unseen_and_migrate_lays_them_again() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL adds a column in place")
    with djangos_own() as editor:
        editor.add_field(Consent, new_field())
    lost = {f"trial_consent_no_{act}" for act in ("update", "delete", "replace")}
    lost.add("trial_consent_locked")
    assert {fault.place.name for fault in faults(connection)} == lost
    call_command("migrate", verbosity=0)
    assert faults(connection) == []


def test_djangos_own_editor_stops_at_a_trigger_of_another_table() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL adds a column in place")
    with pytest.raises(DatabaseError, match="error in trigger trial_eligibilitycheck_locked"):  # noqa: SIM117
        with djangos_own() as editor:
            editor.add_field(Participant, new_field())
    assert faults(connection) == []


def test_djangos_own_editor_stops_at_a_column_that_a_trigger_names() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes the table anew")
    role = Delegation._meta.get_field("role")
    longer = models.CharField(max_length=99)
    longer.set_attributes_from_name("role")
    with pytest.raises(DatabaseError, match="used in a trigger definition"):  # noqa: SIM117
        with djangos_own() as editor:
            editor.alter_field(Delegation, role, longer)


# --- what was lost ------------------------------------------------------------------------------------

PLACE = Place("trial_consent", "trial_consent_no_update")


def take_off(place: Place = PLACE) -> None:
    on = f" ON {place.table}" if connection.vendor == "postgresql" else ""
    run(f"DROP TRIGGER {place.name}{on}")


def alter() -> None:
    """The same name over another body, which lets everything pass."""
    if connection.vendor == "postgresql":
        run(
            f"CREATE OR REPLACE FUNCTION {PLACE.name}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
        return
    take_off()
    run(f"CREATE TRIGGER {PLACE.name} BEFORE UPDATE ON {PLACE.table} BEGIN SELECT 1; END")


def switch_off() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite cannot switch off one trigger")
    run(f"ALTER TABLE {PLACE.table} DISABLE TRIGGER {PLACE.name}")


@pytest.mark.parametrize(
    ("lose", "what"), [(take_off, "missing"), (alter, "altered"), (switch_off, "altered")]
)
def test_migrate_lays_again_what_was_lost(lose: Callable[[], None], what: str) -> None:
    lose()
    assert faults(connection) == [Fault(PLACE, what)]
    call_command("migrate", verbosity=0)
    assert faults(connection) == []


# --- what the clinic does ------------------------------------------------------------------------------


def test_the_clinic_opens_where_nothing_is_missing() -> None:
    refuse_without_triggers()


@pytest.mark.parametrize("lose", [take_off, alter, switch_off])
def test_the_clinic_does_not_open_without_a_trigger(lose: Callable[[], None]) -> None:
    lose()
    with pytest.raises(ImproperlyConfigured, match=PLACE.name):
        refuse_without_triggers()
    with pytest.raises(ImproperlyConfigured, match=r"`manage\.py migrate`"):
        call_command("tick")


def test_a_worker_does_not_start_without_a_trigger() -> None:
    take_off()
    with pytest.raises(SystemExit, match=PLACE.name):
        worker_started()


def test_verify_names_a_trigger_that_is_missing() -> None:
    call_command("verify", stdout=StringIO())
    take_off()
    with pytest.raises(CommandError, match=f"trigger {PLACE.name} on {PLACE.table}: it is missing"):
        call_command("verify", stdout=StringIO())
