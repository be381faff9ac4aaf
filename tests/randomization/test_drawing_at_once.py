"""Many draws at the same moment, in real transactions, and the same with the lock taken out."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, connections

from randomization import services
from randomization.models import Envelope, Stratum
from randomization.services import AlreadyRandomized, ListExhausted, draw_envelope
from tests.worlds import World, new_world
from trial.models import AuditEntry, Participant

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = 64


@pytest.fixture
def world(transactional_db: None) -> World:
    return new_world()


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each act returned or raised; all start together, each on a connection of its own."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except Exception as raised:
            return raised
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def draw_all(world: World, participants: list[Participant], at: datetime) -> Counter[type]:
    """Draw for all of them at once; how often each outcome came."""
    nurse = world.nurse
    acts = [lambda p=p: draw_envelope(participant=p, by=nurse, at=at) for p in participants]
    return Counter(type(outcome) for outcome in at_once(acts))


def drawn_positions() -> list[int]:
    """The positions in the order in which the audit trail recorded the draws."""
    bodies = (
        AuditEntry.objects.filter(action="envelope.drawn").order_by("sequence").values_list("body", flat=True)
    )
    return [json.loads(body)["position"] for body in bodies]


def test_64_draws_on_36_envelopes_give_36_in_list_order_and_28_refusals(world: World, at: datetime) -> None:
    world.blinded_list(36)
    outcomes = draw_all(world, [world.participant() for _ in range(CLICKS)], at)
    assert outcomes == {Envelope: 36, ListExhausted: 28}
    assert drawn_positions() == list(range(1, 37))


def test_64_clicks_for_one_participant_give_one_envelope(world: World, at: datetime) -> None:
    world.blinded_list(36)
    outcomes = draw_all(world, [world.participant()] * CLICKS, at)
    assert outcomes == {Envelope: 1, AlreadyRandomized: 63}
    assert drawn_positions() == [1]


def read_stratum(participant: Participant) -> Stratum:
    """What `lock_stratum` does, without the lock."""
    strata = Stratum.objects.select_related("list")
    return strata.get(list__trial=participant.trial_id, key=participant.stratum)


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: nothing makes draws wait for one another.

    On PostgreSQL the lock is the stratum's row. On SQLite it is BEGIN IMMEDIATE.
    """
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "transaction_mode", "DEFERRED")
        return
    monkeypatch.setattr(services, "lock_stratum", read_stratum)


@pytest.mark.usefixtures("without_the_lock")
def test_without_the_lock_draws_fail_and_the_database_still_keeps_the_order(
    world: World, at: datetime
) -> None:
    world.blinded_list(36)
    outcomes = draw_all(world, [world.participant() for _ in range(CLICKS)], at)
    failed = sum(count for kind, count in outcomes.items() if issubclass(kind, DatabaseError))
    assert outcomes != {Envelope: 36, ListExhausted: 28}
    assert failed or outcomes[services.ChangedMeanwhile]
    assert drawn_positions() == list(range(1, outcomes[Envelope] + 1))
