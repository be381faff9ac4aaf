"""Many draws at the same moment, in real transactions, and the same with the lock taken out.

    make rounds          twenty rounds of each on both databases

The short form in `make test` runs one round of each.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from randomization import services
from randomization.models import Envelope, Stratum
from randomization.services import AlreadyRandomized, draw_envelope
from tests.at_once import at_once, without_lock
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import AuditEntry, Participant
from trial.screening.recruiting import TargetReached

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = 64
ROUNDS = [pytest.param(n, id=f"round {n}") for n in range(1, int(os.environ.get("ROUNDS", "1")) + 1)]
ROLLED_BACK = 0.15


@pytest.fixture
def world(transactional_db: None) -> TrialFixture:
    return new_trial()


def draw_all(world: TrialFixture, participants: list[Participant], at: datetime) -> Counter[type]:
    """Draw for all of them at once; how often each outcome came."""
    nurse = world.nurse
    acts = [lambda p=p: draw_envelope(participant=p, by=nurse, at=at) for p in participants]
    return Counter(type(outcome) for outcome in at_once(*acts))


def drawn_positions() -> list[int]:
    """The positions in the order in which the audit trail recorded the draws."""
    bodies = (
        AuditEntry.objects.filter(action="envelope.drawn").order_by("sequence").values_list("body", flat=True)
    )
    places = dict(Envelope.objects.values_list("number", "position"))
    return [places[json.loads(body)["number"]] for body in bodies]


class RolledBack(Exception):
    """The transaction in which the envelope was drawn is taken back."""


@pytest.mark.parametrize("round_", ROUNDS)
def test_64_draws_on_36_envelopes_give_36_in_list_order_and_28_refusals(
    world: TrialFixture, at: datetime, round_: int
) -> None:
    world.blinded_list(36)
    outcomes = draw_all(world, [world.participant() for _ in range(CLICKS)], at)
    assert outcomes == {Envelope: 36, TargetReached: 28}
    assert drawn_positions() == list(range(1, 37))


@pytest.mark.parametrize("round_", ROUNDS)
def test_64_clicks_for_one_participant_give_one_envelope(
    world: TrialFixture, at: datetime, round_: int
) -> None:
    world.blinded_list(36)
    outcomes = draw_all(world, [world.participant()] * CLICKS, at)
    assert outcomes == {Envelope: 1, AlreadyRandomized: 63}
    assert drawn_positions() == [1]


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_draw_that_is_rolled_back_leaves_no_hole_and_no_trace(
    world: TrialFixture, at: datetime, round_: int
) -> None:
    """About one draw in seven is taken back after its envelope was written, and asked for again."""
    world.blinded_list(36)
    nurse, chance = world.nurse, random.Random(round_)
    failing = {number for number in range(CLICKS) if chance.random() < ROLLED_BACK}

    def draw(number: int, participant: Participant) -> object:
        for attempt in range(2):
            with suppress(RolledBack), transaction.atomic():
                drawn = draw_envelope(participant=participant, by=nurse, at=at)
                if number in failing and not attempt:
                    raise RolledBack
                return drawn
        raise AssertionError("A second attempt is not rolled back.")

    people = [world.participant() for _ in range(CLICKS)]
    outcomes = at_once(*(lambda n=n, p=p: draw(n, p) for n, p in enumerate(people)))
    assert Counter(map(type, outcomes)) == {Envelope: 36, TargetReached: 28}
    assert failing and drawn_positions() == list(range(1, 37))
    assert sorted(row.position for row in envelopes_drawn()) == list(range(1, 37))


def envelopes_drawn() -> Iterator[Envelope]:
    return Envelope.objects.exclude(participant=None).iterator()


def read_stratum(participant: Participant) -> Stratum:
    """What `lock_stratum` does, without the lock."""
    strata = Stratum.objects.select_related("list")
    return strata.get(list__trial=participant.trial_id, key=participant.stratum)


@pytest.mark.parametrize("round_", ROUNDS)
def test_without_the_lock_draws_fail_and_the_database_still_keeps_the_order(
    world: TrialFixture, at: datetime, round_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch, services, "lock_stratum", read_stratum)
    world.blinded_list(36)
    outcomes = draw_all(world, [world.participant() for _ in range(CLICKS)], at)
    failed = sum(count for kind, count in outcomes.items() if issubclass(kind, DatabaseError))
    assert outcomes != {Envelope: 36, TargetReached: 28}
    assert failed or outcomes[services.ChangedMeanwhile]
    assert drawn_positions() == list(range(1, outcomes[Envelope] + 1))
