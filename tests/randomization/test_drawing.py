"""Drawing an envelope: who gets which one, and what refuses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from randomization.models import Envelope, Step
from randomization.queries import active_list, receipt_of
from randomization.services import (
    AlreadyRandomized,
    ListExhausted,
    ListNotActive,
    NotEligible,
    OnHold,
    draw_envelope,
)
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Status
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.screening.services import NoConsent, WrongStatus


def test_envelopes_are_drawn_in_the_order_of_the_list(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3)
    drawn = [draw_envelope(participant=world.participant(), by=world.nurse, at=at) for _ in range(3)]
    assert [envelope.position for envelope in drawn] == [1, 2, 3]


def test_a_draw_says_for_whom_by_whom_and_when(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3)
    participant = world.participant()
    envelope = draw_envelope(participant=participant, by=world.nurse, at=at)
    stored = Envelope.objects.get(pk=envelope.pk)
    assert (stored.participant, stored.drawn_by, stored.drawn_at) == (participant, world.nurse, at)
    assert participant.statuses.last().status == Status.RANDOMIZED


def test_the_receipt_shows_the_root_and_the_entry_of_the_draw(world: TrialFixture, at: datetime) -> None:
    list_ = world.blinded_list(3)
    participant = world.participant()
    envelope = draw_envelope(participant=participant, by=world.nurse, at=at)
    receipt = receipt_of(participant)
    entry = AuditEntry.objects.get(action="envelope.drawn")
    assert (receipt.number, receipt.drawn_at, receipt.drawn_by) == (envelope.number, at, world.nurse)
    assert (receipt.list_root, receipt.audit_head) == (list_.root, entry.hash)


def test_the_receipt_stays_the_same_when_others_are_randomised(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3)
    first = world.participant()
    draw_envelope(participant=first, by=world.nurse, at=at)
    before = receipt_of(first)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    assert receipt_of(first) == before


def test_a_participant_keeps_the_first_envelope_for_ever(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3)
    participant = world.participant()
    first = draw_envelope(participant=participant, by=world.nurse, at=at)
    with pytest.raises(AlreadyRandomized) as refusal:
        draw_envelope(participant=participant, by=world.nurse, at=at + timedelta(days=1))
    assert refusal.value.envelope == first
    assert Envelope.objects.exclude(participant=None).count() == 1


def test_each_stratum_has_an_order_of_its_own(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3, strata=("all", "other"))
    other = world.participant()
    type(other).objects.filter(pk=other.pk).update(stratum="other")
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    envelope = draw_envelope(participant=other, by=world.nurse, at=at)
    assert (envelope.stratum.key, envelope.position) == ("other", 1)


REFUSED = [
    ({"consented": False}, (Status.SCREENING,), NoConsent),
    ({}, (Status.SCREENING,), NotEligible),
    ({"eligible": False}, (Status.SCREENING, Status.SCREEN_FAILED), NotEligible),
    ({}, (Status.ELIGIBLE, Status.ON_HOLD), OnHold),
    ({}, (Status.ELIGIBLE, Status.WITHDRAWN), WrongStatus),
]


@pytest.mark.parametrize(("facts", "statuses", "refusal"), REFUSED)
def test_whoever_is_not_ready_gets_no_envelope(
    world: TrialFixture,
    at: datetime,
    facts: dict[str, bool],
    statuses: tuple[Status, ...],
    refusal: type[Exception],
) -> None:
    world.blinded_list(3)
    participant = world.participant(*statuses, **facts)
    entries = AuditEntry.objects.count()
    with pytest.raises(refusal):
        draw_envelope(participant=participant, by=world.nurse, at=at)
    assert not Envelope.objects.exclude(participant=None).exists()
    assert AuditEntry.objects.count() == entries


def test_a_monitor_may_not_draw(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3)
    with pytest.raises(NotPermitted):
        draw_envelope(participant=world.participant(), by=world.person(Role.MONITOR), at=at)


@pytest.mark.parametrize("until", [Step.DRAFT, Step.SEALED])
def test_nothing_is_drawn_from_a_list_that_is_not_active(
    world: TrialFixture, at: datetime, until: Step
) -> None:
    world.blinded_list(3, until=until)
    with pytest.raises(ListNotActive):
        draw_envelope(participant=world.participant(), by=world.nurse, at=at)


def test_nothing_is_drawn_from_a_list_of_another_environment(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(3, environment="training", until=Step.SEALED)
    with pytest.raises(ListNotActive):
        draw_envelope(participant=world.participant(), by=world.nurse, at=at)


def test_the_last_envelope_exhausts_the_list_and_the_next_draw_is_refused(
    world: TrialFixture, at: datetime
) -> None:
    list_ = world.blinded_list(2)
    for _ in range(2):
        draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    with pytest.raises(ListExhausted):
        draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    assert list_.steps.last().step == Step.EXHAUSTED
    assert active_list(world.trial) is None


def test_a_second_list_takes_over_when_the_first_is_used_up(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(1)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    reserve = world.blinded_list(1, name="reserve")
    envelope = draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    assert envelope.stratum.list == reserve


def test_a_draw_takes_eight_statements(world: TrialFixture, at: datetime) -> None:
    """Participant and stratum are locked; an envelope is found, with what its targets are, and taken; a
    status; three for the trail."""
    world.blinded_list(3)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    participant = world.participant()
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        draw_envelope(participant=participant, by=world.nurse, at=at)
    assert len(captured) == 8, "\n".join(query["sql"] for query in captured)


def test_a_stale_status_is_refused_instead_of_written_twice(
    world: TrialFixture, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL may read the status and then wait for the lock; the status's number is taken by then."""
    from randomization import services

    world.blinded_list(3)
    participant = world.participant()
    stale = services.locked

    def read_too_early(participant):  # type: ignore[no-untyped-def]
        with transaction.atomic():
            row = stale(participant)
        row.status_sequence -= 1
        return row

    monkeypatch.setattr(services, "locked", read_too_early)
    with pytest.raises(services.ChangedMeanwhile), transaction.atomic():
        draw_envelope(participant=participant, by=world.nurse, at=at)
    assert not Envelope.objects.exclude(participant=None).exists()
