"""A code break is sealed first; the blinded trail learns of it when it can, with the true time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError

from randomization.models import CodeBreakNotice, RandomizationList
from randomization.sealed.models import CodeBreak, CodeBreakEntered, SealedAuditEntry
from randomization.sealed.opening import outbox
from randomization.sealed.opening.outbox import enter_waiting, waiting
from randomization.sealed.opening.revealing import code_break
from randomization.sealed.verification import code_break_faults
from randomization.services import draw_envelope
from tests.trial_fixture import TrialFixture
from trial.core.chain import moment
from trial.models import AuditEntry, Delegation, Participant
from trial.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def doctor(world: TrialFixture) -> Delegation:
    return world.person(Role.INVESTIGATOR, "doctor")


@pytest.fixture
def drawn(world: TrialFixture, active: RandomizationList, at: datetime) -> Participant:
    participant = world.participant()
    draw_envelope(participant=participant, by=world.nurse, at=at)
    return participant


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The trail's head is somebody else's, for as long as the test does not undo it."""

    def no_lock(*given: object, **named: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(outbox, "record_about", no_lock)
    return monkeypatch


def test_a_free_trail_learns_of_it_at_once(drawn: Participant, doctor: Delegation, at: datetime) -> None:
    code_break(participant=drawn, by=doctor, at=at, reason="Fever")

    entry = AuditEntry.objects.get(action="code.broken")

    assert (entry.at, entry.actor, entry.body) == (at, "doctor", "{}")
    assert not waiting().exists()


def test_a_locked_trail_keeps_nobody_from_the_arm(
    drawn: Participant, doctor: Delegation, at: datetime, locked: pytest.MonkeyPatch
) -> None:
    assert code_break(participant=drawn, by=doctor, at=at, reason="Fever").code

    assert SealedAuditEntry.objects.filter(action="envelope.opened").count() == 1
    assert (CodeBreakNotice.objects.count(), CodeBreakEntered.objects.count(), waiting().count()) == (0, 0, 1)


def test_what_waited_is_entered_once_with_its_true_time(
    drawn: Participant, doctor: Delegation, at: datetime, locked: pytest.MonkeyPatch
) -> None:
    code_break(participant=drawn, by=doctor, at=at, reason="Fever")
    locked.undo()
    later = at + timedelta(minutes=3)

    assert [enter_waiting(at=later), enter_waiting(at=later)] == [1, 0]

    entry, notice = AuditEntry.objects.get(action="code.broken"), CodeBreakNotice.objects.get()
    assert (entry.at, json.loads(entry.body)) == (later, {"happened_at": moment(at)})
    assert notice.at == at


def test_verify_says_that_one_waits_and_is_content_afterwards(
    world: TrialFixture, drawn: Participant, doctor: Delegation, at: datetime, locked: pytest.MonkeyPatch
) -> None:
    code_break(participant=drawn, by=doctor, at=at, reason="Fever")
    before = [str(fault) for fault in code_break_faults(world.trial)]
    locked.undo()
    enter_waiting(at=at + timedelta(minutes=3))

    assert "waits for the blinded trail" in before[0]
    assert list(code_break_faults(world.trial)) == []


def test_verify_names_a_late_entry_with_another_time(
    world: TrialFixture, drawn: Participant, doctor: Delegation, at: datetime, locked: pytest.MonkeyPatch
) -> None:
    code_break(participant=drawn, by=doctor, at=at, reason="Fever")
    locked.undo()
    locked.setattr(outbox, "moment", lambda when: moment(when + timedelta(minutes=1)))
    enter_waiting(at=at + timedelta(minutes=3))

    assert "is not in the blinded trail" in str(next(code_break_faults(world.trial)))


@pytest.mark.parametrize("wrong", ["participant", "by"])
def test_the_database_wants_a_participant_and_a_duty_that_are_there(
    drawn: Participant, doctor: Delegation, at: datetime, wrong: str
) -> None:
    """No foreign key looks, for it would wait for whoever locks the row; a trigger does."""
    row = {"participant_id": drawn.pk, "by_id": doctor.pk} | {f"{wrong}_id": uuid4()}
    with pytest.raises(DatabaseError, match="no such participant or duty"):
        CodeBreak.objects.create(at=at, reason="Fever", **row)
