"""The trail: gapless, chained, and every change of a row or cut of the tail is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.at_once import Meeting, at_once, kinds, without_lock
from tests.plugins.append_only import dropped_triggers, replica_role
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, TrialFixture, new_trial
from trial import audit
from trial.audit import first_break, record
from trial.core.chain import GENESIS
from trial.models import AuditChain, AuditEntry, Site


def write(world: TrialFixture, *actions: str, site: Site | None = None) -> list[AuditEntry]:
    with transaction.atomic():
        return [
            record(
                action=action,
                subject="x",
                by=world.nurse,
                at=START,
                trial=world.trial,
                site=site,
                body={"n": 1},
            )
            for action in actions
        ]


def chain_of(world: TrialFixture, site: Site | None) -> AuditChain:
    return AuditChain.objects.get(trial=world.trial, site=site)


@contextmanager
def tampering() -> Iterator[None]:
    """What the owner of the database can do: set the triggers aside, change rows, put them back."""
    before, after = (dropped_triggers if connection.vendor == "sqlite" else replica_role)(connection)
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)


def test_the_first_entry_follows_the_beginning_and_each_the_one_before(world: TrialFixture) -> None:
    rows = write(world, "a", "b", "c", site=world.site)
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert [row.previous for row in rows] == [GENESIS, rows[0].hash, rows[1].hash]
    assert chain_of(world, world.site).head == rows[2].hash


def test_an_entry_says_who_in_which_role_did_what_to_what_and_when(world: TrialFixture) -> None:
    row = AuditEntry.objects.get(pk=write(world, "a", site=world.site)[0].pk)
    assert (row.actor, row.role, row.action, row.subject) == ("live-study_nurse", "study_nurse", "a", "x")
    assert (row.at, row.body) == (START, '{"n":1}')


def test_what_nobody_did_by_hand_is_the_systems(world: TrialFixture) -> None:
    with transaction.atomic():
        row = record(action="a", subject="x", by=None, at=START, trial=world.trial)
    assert (row.actor, row.role) == ("velum", "system")


def test_a_site_has_a_chain_that_shows_nothing_of_another_site(ward: SiteFixture) -> None:
    write(ward.world, "a", site=ward.site)
    head = chain_of(ward.world, ward.site).head
    write(ward.world, "b", site=ward.second_site())
    assert chain_of(ward.world, ward.site).head == head


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    world = new_trial()
    entries = AuditEntry.objects.count()
    with pytest.raises(transaction.TransactionManagementError):
        record(action="a", subject="x", by=None, at=START, trial=world.trial)
    assert AuditEntry.objects.count() == entries


def test_an_act_that_fails_after_its_entry_leaves_no_entry_and_no_hole(world: TrialFixture) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(action="a", subject="x", by=None, at=START, trial=world.trial, site=world.site)
        raise ZeroDivisionError
    assert write(world, "b", site=world.site)[0].sequence == 1


def test_an_honest_chain_holds_after_a_whole_life(ward: SiteFixture) -> None:
    participant = ward.booked(email="anne@example.org")
    ward.inject(participant, 1)
    assert [first_break(chain, AuditEntry) for chain in AuditChain.objects.all()] == [None, None]


CHANGES = {
    "actor": "somebody.else",
    "role": "monitor",
    "action": "b",
    "subject": "y",
    "body": '{"n":2}',
    "at": START + timedelta(microseconds=1),
    "hash": "0" * 64,
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_changed_entry_is_named(world: TrialFixture, field: str) -> None:
    rows = write(world, "a", "a", "a", site=world.site)
    with tampering():
        AuditEntry.objects.filter(pk=rows[1].pk).update(**{field: CHANGES[field]})
    fault = first_break(chain_of(world, world.site), AuditEntry)
    assert (fault.sequence, str(fault.reason)) == (2, "it was changed after it was written")


def test_a_changed_link_is_named(world: TrialFixture) -> None:
    rows = write(world, "a", "a", "a", site=world.site)
    with tampering():
        AuditEntry.objects.filter(pk=rows[1].pk).update(previous=GENESIS)
    fault = first_break(chain_of(world, world.site), AuditEntry)
    assert (fault.sequence, str(fault.reason)) == (2, "it does not follow the entry before it")


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_removed_entry_is_named_also_at_the_end(world: TrialFixture, gone: int) -> None:
    write(world, "a", "a", "a", site=world.site)
    with tampering():
        AuditEntry.objects.filter(chain__site=world.site, sequence=gone).delete()
    assert first_break(chain_of(world, world.site), AuditEntry).sequence == gone


def test_entries_that_change_places_are_named(world: TrialFixture) -> None:
    first, second = write(world, "a", "b", site=world.site)
    with tampering():
        for row, sequence in ((first, 9), (second, 1), (first, 2)):
            AuditEntry.objects.filter(pk=row.pk).update(sequence=sequence)
    assert first_break(chain_of(world, world.site), AuditEntry).sequence == 1


def test_a_row_moved_to_the_chain_of_another_site_is_named(ward: SiteFixture) -> None:
    (row,) = write(ward.world, "a", site=ward.site)
    other = ward.second_site()
    chain = AuditChain.objects.create(trial=ward.world.trial, site=other, sequence=1, head=row.hash)
    with tampering():
        AuditEntry.objects.filter(pk=row.pk).update(chain=chain)
    assert str(first_break(chain, AuditEntry).reason) == "it was changed after it was written"


def test_a_head_that_was_moved_back_with_its_tail_shows_against_a_receipt(world: TrialFixture) -> None:
    """Inside the database nothing is left to see: this is why heads are printed and mailed."""
    rows = write(world, "a", "b", site=world.site)
    with tampering():
        AuditEntry.objects.filter(pk=rows[1].pk).delete()
    AuditChain.objects.filter(site=world.site).update(sequence=1, head=rows[0].hash)
    assert first_break(chain_of(world, world.site), AuditEntry) is None
    assert chain_of(world, world.site).head != rows[1].hash


# --- At the same moment --------------------------------------------------------------------------


def eight_entries_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], TrialFixture]:
    """Eight acts, the first two of which stand at the head together if nothing keeps them apart."""
    world = new_trial()
    write(world, "first", site=world.site)
    monkeypatch.setattr(audit, "_locked", Meeting().after(audit._locked))
    outcomes = at_once(*[lambda: write(world, "a", site=world.site)] * 8)
    return kinds(outcomes), world


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_stand_in_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, world = eight_entries_at_once(monkeypatch)
    assert outcomes == ["list"] * 8
    assert first_break(chain_of(world, world.site), AuditEntry) is None
    assert chain_of(world, world.site).sequence == 9


def unlocked_head(model: type[AuditChain], **which: Any) -> AuditChain:
    """What `_locked` does, without the lock."""
    return model.objects.get_or_create(**which)[0]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_head_they_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    without_lock(monkeypatch, audit, "_locked", unlocked_head)
    outcomes, _world = eight_entries_at_once(monkeypatch)
    assert outcomes != ["list"] * 8
