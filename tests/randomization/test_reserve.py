"""A reserve list: made beside the first, standing by, drawn from when a stratum is used up."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from randomization.limits import few_envelopes_left
from randomization.list_checks import envelopes_of, list_faults
from randomization.models import Envelope, RandomizationList, Step
from randomization.queries import active_list, published_list
from randomization.services import AlreadyRandomized, draw_envelope, next_envelope, take_step
from tests.at_once import at_once
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import Participant
from trial.permissions import Role
from trial.screening.recruiting import ListExhausted


def with_reserve(
    world: TrialFixture, first: int, second: int, **more: tuple[str, ...]
) -> list[RandomizationList]:
    """A list in use, and its reserve standing by."""
    main = world.blinded_list(first, **more)
    return [main, world.blinded_list(second, name="reserve", reserve_of=main, **more)]


def draw(world: TrialFixture, at: datetime, stratum: str = "all") -> Envelope:
    participant = world.participant()
    Participant.objects.filter(pk=participant.pk).update(stratum=stratum)
    return draw_envelope(participant=participant, by=world.nurse, at=at)


def test_the_reserve_is_drawn_from_when_the_list_is_used_up(world: TrialFixture, at: datetime) -> None:
    main, reserve = with_reserve(world, 2, 2)
    drawn = [draw(world, at) for _ in range(4)]
    assert [envelope.stratum.list for envelope in drawn] == [main, main, reserve, reserve]
    with pytest.raises(ListExhausted):
        draw(world, at)
    assert [row.steps.last().step for row in (main, reserve)] == [Step.EXHAUSTED, Step.EXHAUSTED]


def test_a_stratum_goes_on_to_the_reserve_while_others_are_not_used_up(
    world: TrialFixture, at: datetime
) -> None:
    main, reserve = with_reserve(world, 1, 1, strata=("all", "other"))
    drawn = [draw(world, at, stratum) for stratum in ("all", "all", "other")]
    assert [envelope.stratum.list for envelope in drawn] == [main, reserve, main]


def test_the_list_in_use_and_the_root_on_the_pages_are_the_first_ones_until_it_is_used_up(
    world: TrialFixture, at: datetime
) -> None:
    main, reserve = with_reserve(world, 1, 1)
    assert (active_list(world.trial), published_list(world.trial)) == (main, main)
    draw(world, at)
    assert (active_list(world.trial), published_list(world.trial)) == (reserve, reserve)


def test_the_reserve_counts_before_the_trial_manager_is_warned(world: TrialFixture) -> None:
    with_reserve(world, 5, 5)
    assert not few_envelopes_left(world.trial)


def test_the_database_refuses_a_draw_from_the_reserve_before_its_time(
    world: TrialFixture, at: datetime
) -> None:
    _, reserve = with_reserve(world, 2, 2)
    envelope, participant = envelopes_of(reserve)[0], world.participant()
    with pytest.raises(DatabaseError, match="when the list before it is used up"), transaction.atomic():
        Envelope.objects.filter(pk=envelope.pk).update(
            participant=participant, drawn_by=world.nurse, drawn_at=at, audit_hash="x"
        )


def test_a_list_has_one_reserve_of_its_own_environment(world: TrialFixture) -> None:
    main, _ = with_reserve(world, 1, 1)
    for more in ({"name": "another"}, {"name": "test reserve", "environment": "test", "until": Step.DRAFT}):
        with pytest.raises(DatabaseError, match="one reserve, of its own"), transaction.atomic():
            world.blinded_list(1, reserve_of=main, **more)


def test_a_second_list_that_is_no_reserve_is_not_put_into_use(world: TrialFixture) -> None:
    with_reserve(world, 1, 1)
    with pytest.raises(DatabaseError, match="and from its reserve"), transaction.atomic():
        world.blinded_list(1, name="third")


def test_a_reserve_is_not_put_into_use_before_its_list(world: TrialFixture, at: datetime) -> None:
    main = world.blinded_list(1, until=Step.SEALED)
    other = world.blinded_list(1, name="other")
    assert active_list(world.trial) == other
    with pytest.raises(DatabaseError, match="and from its reserve"), transaction.atomic():
        world.blinded_list(1, name="reserve", reserve_of=main)


def faults(list_: RandomizationList) -> list[str]:
    """What verify finds, but that these lists are signed with a key of the test's own."""
    return [said for fault in list_faults(list_) if "signed with a key" not in (said := str(fault))]


def test_both_lists_verify(world: TrialFixture, at: datetime) -> None:
    lists = with_reserve(world, 1, 2)
    draw(world, at)
    draw(world, at)
    assert [faults(row) for row in lists] == [[], []]


def test_verify_names_an_envelope_of_the_reserve_that_was_drawn_too_early(
    world: TrialFixture, at: datetime
) -> None:
    main, reserve = with_reserve(world, 2, 2)
    participant = world.participant()
    with tampering():
        Envelope.objects.filter(stratum__list=reserve, position=1).update(
            participant=participant, drawn_by=world.nurse, drawn_at=at, audit_hash="x"
        )
    assert faults(reserve) == [
        f"it was drawn from in stratum all although {main.name} has free envelopes there"
    ]


ORDERS = [
    (Step.DRAFT, Step.SEALED),
    (Step.DRAFT, Step.ACTIVATED),
    (Step.CHECKED, Step.ACTIVATED),
    (Step.CHECKED, Step.EXHAUSTED),
    (Step.SEALED, Step.EXHAUSTED),
    (Step.SEALED, Step.CHECKED),
    (Step.ACTIVATED, Step.SEALED),
    (Step.ACTIVATED, Step.DRAFT),
]


@pytest.mark.parametrize(("until", "following"), ORDERS)
def test_the_database_lets_no_step_be_left_out_or_taken_back(
    world: TrialFixture, at: datetime, until: Step, following: Step
) -> None:
    list_ = world.blinded_list(1, until=until)
    with pytest.raises(DatabaseError), transaction.atomic():
        take_step(list_=list_, step=following, by=world.people["live-stat2"], at=at)


@pytest.mark.parametrize("until", [Step.DRAFT, Step.CHECKED, Step.SEALED, Step.ACTIVATED])
def test_a_list_may_be_closed_at_any_step_and_stays_closed(
    world: TrialFixture, at: datetime, until: Step
) -> None:
    list_ = world.blinded_list(1, until=until)
    take_step(list_=list_, step=Step.CLOSED, by=world.people["live-stat2"], at=at)
    third = world.person(Role.UNBLINDED_STATISTICIAN, "live-stat3")
    with pytest.raises(DatabaseError), transaction.atomic():
        take_step(list_=list_, step=Step.ACTIVATED, by=third, at=at)
    assert list_.steps.last().step == Step.CLOSED


@pytest.mark.django_db(transaction=True)
def test_draws_at_once_over_the_end_of_the_list_go_on_to_the_reserve(at: datetime) -> None:
    """Whoever waited for the last envelope gets the first of the reserve, and nobody waits in vain."""
    world = new_trial()
    main, reserve = with_reserve(world, 8, 8)
    participants, nurse = [world.participant() for _ in range(20)], world.nurse
    acts = [lambda p=p: draw_envelope(participant=p, by=nurse, at=at) for p in participants]
    outcomes = [type(outcome) for outcome in at_once(*acts)]
    assert (outcomes.count(Envelope), outcomes.count(ListExhausted)) == (16, 4)
    assert all(row.participant_id for list_ in (main, reserve) for row in envelopes_of(list_))


def test_who_has_drawn_the_last_envelope_is_told_so_again(world: TrialFixture, at: datetime) -> None:
    world.blinded_list(1)
    participant = world.participant()
    draw_envelope(participant=participant, by=world.nurse, at=at)
    with pytest.raises(AlreadyRandomized), transaction.atomic():
        next_envelope(participant)
