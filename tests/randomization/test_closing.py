"""The data lock: lists close, nothing more is recorded, and no list begins again."""

from __future__ import annotations

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from randomization.closing import LockedAlready, lock_data
from randomization.models import RandomizationList, Step
from randomization.services import ListNotActive, draw_envelope
from randomization.verification import verify
from tests.terminal import typed
from tests.trial_fixture import TrialFixture, leave
from trial.models import AuditEntry, DataLock
from trial.permissions import Role
from trial.policies import DataLocked, NotPermitted
from trial.refusals import InvalidInput
from trial.screening.services import screen


@pytest.fixture
def listed(world: TrialFixture) -> RandomizationList:
    return world.blinded_list(6)


def lock(world: TrialFixture, at: datetime, statement: str = "All queries answered") -> DataLock:
    return lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=at, statement=statement)


def test_the_lock_closes_every_list_and_says_so_in_the_trail(
    world: TrialFixture, listed: RandomizationList, at: datetime
) -> None:
    world.blinded_list(6, until=Step.SEALED, name="spare")
    lock(world, at)
    assert {row.steps.last().step for row in RandomizationList.objects.all()} == {Step.CLOSED}
    assert AuditEntry.objects.filter(action="data.locked", actor="live-trial_manager").count() == 1


def test_nobody_is_randomised_after_the_lock(
    world: TrialFixture, listed: RandomizationList, at: datetime
) -> None:
    participant = world.participant()
    lock(world, at)
    with pytest.raises(ListNotActive):
        draw_envelope(participant=participant, by=world.nurse, at=at)


def test_nothing_more_is_recorded_after_the_lock(world: TrialFixture, at: datetime) -> None:
    lock(world, at)
    with pytest.raises(DataLocked, match="locked"):
        screen(site=world.site, by=world.nurse, at=at, consent_signed_on=at.date())


def test_a_locked_trial_verifies(world: TrialFixture, listed: RandomizationList, at: datetime) -> None:
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    lock(world, at)
    assert [
        said
        for report in verify(clock=timezone.now)
        if (said := str(report.fault)) and "signing keys" not in said
    ] == []


def test_data_are_locked_once(world: TrialFixture, at: datetime) -> None:
    lock(world, at)
    with pytest.raises(LockedAlready):
        lock(world, at)


def test_the_lock_says_on_what_ground(world: TrialFixture, at: datetime) -> None:
    with pytest.raises(InvalidInput):
        lock(world, at, statement="  ")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.TRIAL_MANAGER])
def test_only_the_trial_manager_locks(world: TrialFixture, at: datetime, role: Role) -> None:
    with pytest.raises(NotPermitted):
        lock_data(trial=world.trial, by=world.person(role), at=at, statement="x")


def test_the_database_itself_activates_no_list_after_the_lock(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(6, until=Step.SEALED)
    DataLock.objects.create(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=at, statement="x")
    with pytest.raises(DatabaseError, match="the data of this trial are locked"), transaction.atomic():
        world.blinded_list(6, name="late")


def test_the_lock_is_there_for_good(world: TrialFixture, at: datetime) -> None:
    locked = lock(world, at)
    with pytest.raises(DatabaseError, match="data locks are written once"), transaction.atomic():
        DataLock.objects.filter(pk=locked.pk).delete()


def test_the_command_asks_for_the_password(
    world: TrialFixture, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = world.person(Role.TRIAL_MANAGER, "manager").user
    manager.set_password("correct horse battery")
    manager.save()
    words = ("lock_data", "--trial", "nct02059759", "--by", "manager", "--statement", "Queries answered")
    monkeypatch.setattr("sys.stdin", StringIO("wrong\n"))
    with pytest.raises(CommandError, match="not the password"):
        call_command(*words)
    monkeypatch.setattr("sys.stdin", StringIO("correct horse battery\n"))
    call_command(*words, stdout=StringIO())
    assert DataLock.objects.get().by.user == manager


@pytest.mark.parametrize(("how", "said"), [("account", "is not active"), ("duty", "does not lock the data")])
def test_the_command_lets_nobody_in_who_has_left(world: TrialFixture, how: str, said: str) -> None:
    leave(world.person(Role.TRIAL_MANAGER, "manager"), how)
    with pytest.raises(CommandError, match=said):
        typed("lock_data", "--trial", "nct02059759", "--by", "manager", "--statement", "Answered")
    assert not DataLock.objects.exists()
