"""What the database refuses, tried with plain SQL: nobody gets round the services with a connection."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from randomization.models import Envelope, ListStep, RandomizationList, Step, Stratum
from randomization.services import draw_envelope, take_step
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import Participant

ENVELOPE = "randomization_envelope"


def broken_by(act: Callable[[], object]) -> str:
    """What the database says to an act that it must refuse."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        act()
    return str(refusal.value).splitlines()[0]


def sql(statement: str, *values: object) -> Callable[[], object]:
    """A statement to be run, with ? for each value."""

    def run() -> None:
        plain = [as_stored(value) for value in values]
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("?", "%s"), plain)

    return run


def as_stored(value: object) -> object:
    return value.hex if isinstance(value, uuid.UUID) and connection.vendor == "sqlite" else value


def place(list_: RandomizationList, position: int) -> Envelope:
    return Envelope.objects.get(stratum__list=list_, position=position)


def take(
    envelope: Envelope, world: TrialFixture, at: datetime, participant: Participant | None = None
) -> Callable[[], object]:
    """The plain statement of a draw."""
    return sql(
        f"UPDATE {ENVELOPE} SET participant_id = ?, drawn_by_id = ?, drawn_at = ?, audit_hash = 'x' "
        "WHERE id = ?",
        (participant or world.participant()).pk,
        world.nurse.pk,
        at,
        envelope.pk,
    )


def test_the_lowest_free_envelope_may_be_drawn(world: TrialFixture, at: datetime) -> None:
    take(place(world.blinded_list(3), 1), world, at)()
    assert Envelope.objects.exclude(participant=None).count() == 1


def test_no_envelope_is_skipped(world: TrialFixture, at: datetime) -> None:
    envelope = place(world.blinded_list(3), 2)
    assert "in the order of the list" in broken_by(take(envelope, world, at))


@pytest.mark.parametrize("until", [Step.DRAFT, Step.SEALED])
def test_nothing_is_drawn_before_activation(world: TrialFixture, at: datetime, until: Step) -> None:
    envelope = place(world.blinded_list(3, until=until), 1)
    assert "activated list" in broken_by(take(envelope, world, at))


def test_nothing_is_drawn_for_a_participant_of_another_trial(world: TrialFixture, at: datetime) -> None:
    envelope = place(world.blinded_list(3), 1)
    participant = world.participant()
    world.trial.pk, world.trial._state.adding = "nct00000000", True
    world.trial.save()
    type(participant).objects.filter(pk=participant.pk).update(trial=world.trial)
    assert "own trial" in broken_by(take(envelope, world, at, participant))


def test_a_participant_gets_no_second_envelope(world: TrialFixture, at: datetime) -> None:
    list_, participant = world.blinded_list(3), world.participant()
    draw_envelope(participant=participant, by=world.nurse, at=at)
    assert "participant" in broken_by(take(place(list_, 2), world, at, participant))


KEPT = {
    "an envelope is drawn once and otherwise stays as it was made",
    "envelopes are drawn in the order of the list",
}
"""Two triggers keep an envelope as it is; which one speaks first is up to the database."""

CHANGES = {
    "participant_id": "NULL",
    "drawn_at": "NULL",
    "audit_hash": "'y'",
    "number": "'R-00000'",
    "position": "99",
    "commitment": "'00'",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_drawn_envelope_never_changes(world: TrialFixture, at: datetime, column: str) -> None:
    world.blinded_list(3)
    envelope = draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    change = sql(f"UPDATE {ENVELOPE} SET {column} = {CHANGES[column]} WHERE id = ?", envelope.pk)
    assert broken_by(change) in KEPT


@pytest.mark.parametrize("column", ["number", "position", "commitment"])
def test_a_free_envelope_changes_only_by_being_drawn(world: TrialFixture, column: str) -> None:
    envelope = place(world.blinded_list(3), 1)
    change = sql(f"UPDATE {ENVELOPE} SET {column} = {CHANGES[column]} WHERE id = ?", envelope.pk)
    assert broken_by(change) in KEPT


def test_no_envelope_is_deleted(world: TrialFixture) -> None:
    envelope = place(world.blinded_list(3), 3)
    assert "never removed" in broken_by(sql(f"DELETE FROM {ENVELOPE} WHERE id = ?", envelope.pk))


def test_no_envelope_is_added_to_a_list(world: TrialFixture) -> None:
    stratum = Stratum.objects.get(list=world.blinded_list(3))
    more = Envelope(stratum=stratum, position=4, number="R-00000", commitment="0" * 64)
    assert "made with their list" in broken_by(more.save)


def test_the_statement_that_passes_row_triggers_by_is_refused(world: TrialFixture) -> None:
    """Replacing on SQLite, truncating on PostgreSQL: neither is an UPDATE or a DELETE."""
    world.blinded_list(3)
    if connection.vendor == "sqlite":
        replace = sql(f"INSERT OR REPLACE INTO {ENVELOPE} SELECT * FROM {ENVELOPE}")
        assert "made with their list" in broken_by(replace)
    else:
        connection.check_constraints()  # deferred foreign keys would stop it before the trigger does
        assert "never removed" in broken_by(sql(f"TRUNCATE {ENVELOPE} CASCADE"))


@pytest.mark.parametrize("table", ["randomizationlist", "liststep", "stratum"])
def test_a_list_its_strata_and_its_steps_are_written_once(world: TrialFixture, table: str) -> None:
    world.blinded_list(3)
    column = {"randomizationlist": "root", "liststep": "step", "stratum": "key"}[table]
    assert "written once" in broken_by(sql(f"UPDATE randomization_{table} SET {column} = 'x'"))


def step(
    list_: RandomizationList, which: Step, world: TrialFixture, who: str, at: datetime
) -> Callable[[], ListStep]:
    return lambda: take_step(list_=list_, step=which, by=world.people[who], at=at)


def test_the_person_who_sealed_a_list_does_not_activate_it(world: TrialFixture, at: datetime) -> None:
    list_ = world.blinded_list(3, until=Step.SEALED)
    assert "none of its earlier steps" in broken_by(step(list_, Step.ACTIVATED, world, "live-stat1", at))


def test_a_list_that_was_not_sealed_is_not_activated(world: TrialFixture, at: datetime) -> None:
    list_ = world.blinded_list(3, until=Step.DRAFT)
    assert "its steps in order" in broken_by(step(list_, Step.ACTIVATED, world, "live-stat2", at))


def test_a_training_list_never_serves_a_live_trial(world: TrialFixture, at: datetime) -> None:
    list_ = world.blinded_list(3, environment="training", until=Step.SEALED)
    assert "own environment" in broken_by(step(list_, Step.ACTIVATED, world, "live-stat2", at))


@pytest.mark.django_db
def test_a_live_list_never_serves_a_training_trial(at: datetime) -> None:
    world = new_trial("training")
    list_ = world.blinded_list(3, environment="live", until=Step.SEALED)
    assert "own environment" in broken_by(step(list_, Step.ACTIVATED, world, "training-stat2", at))


def test_a_trial_draws_from_one_list_at_a_time(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3)
    second = world.blinded_list(3, name="second", until=Step.SEALED)
    assert "one list at a time" in broken_by(step(second, Step.ACTIVATED, world, "live-stat2", at))
