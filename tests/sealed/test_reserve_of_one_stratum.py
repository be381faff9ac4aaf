"""A reserve for the one stratum that runs short: the others have no envelope in it, all the way."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from randomization.closing import lock_data
from randomization.core.design import ArmShare, Design, DesignFault, StratumSize
from randomization.models import RandomizationList
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.making import make_list
from randomization.sealed.lists.steps import activate_list, seal_list
from randomization.services import draw_envelope
from tests.keys import recovery_key_is_proved
from tests.sealed.test_end_of_trial import archive, checked
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role
from trial.screening.recruiting import ListExhausted


def in_use(
    world: TrialFixture,
    people: tuple[Delegation, Delegation],
    at: datetime,
    reserve_of: RandomizationList | None = None,
    **sizes: int,
) -> RandomizationList:
    """A list with these strata, activated."""
    arms = tuple(ArmShare(arm.code, 1) for arm in world.trial.protocol_version.protocol.arms)
    strata = tuple(StratumSize(key, size) for key, size in sizes.items())
    design, by = Design(arms=arms, strata=strata, block_sizes=(3,)), people[0]
    list_ = make_list(
        trial=world.trial,
        environment="live",
        design=design,
        by=by,
        at=at,
        reserve_of=reserve_of,
    )
    check_list(list_=list_, by=by, at=at)
    seal_list(list_=list_, by=by, at=at)
    recovery_key_is_proved(by, at)
    activate_list(list_=list_, by=people[1], at=at)
    return list_


@pytest.fixture
def reserve(
    world: TrialFixture, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> RandomizationList:
    """Three envelopes more for one stratum, none for the other."""
    people = (statistician, second_statistician)
    return in_use(world, people, at, in_use(world, people, at, all=3, b=3), all=3, b=0)


def test_it_is_drawn_from_when_its_stratum_is_used_up(
    world: TrialFixture, reserve: RandomizationList, at: datetime
) -> None:
    drawn = [draw_envelope(participant=world.participant(), by=world.nurse, at=at) for _ in range(6)]
    assert [envelope.stratum.list == reserve for envelope in drawn] == [False] * 3 + [True] * 3
    with pytest.raises(ListExhausted):
        draw_envelope(participant=world.participant(), by=world.nurse, at=at)


def test_both_verifiers_take_it(
    world: TrialFixture, reserve: RandomizationList, statistician: Delegation, at: datetime, tmp_path: Path
) -> None:
    for _ in range(5):
        draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    out = StringIO()
    call_command("verify", stdout=out)
    assert "BAD" not in out.getvalue()
    lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=at, statement="All is answered.")
    for by in (statistician, world.person(Role.INVESTIGATOR)):
        sign_opening(trial=world.trial, by=by, at=at)
    (tmp_path / "trial.zip").write_bytes(archive(world, statistician, at))
    said = checked(tmp_path / "trial.zip").stdout
    assert "made from its seed: 3 rows" in said
    assert "BAD" not in said


def test_a_list_that_is_no_reserve_leaves_no_stratum_out(
    world: TrialFixture, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(DesignFault, match="b has a target of 0: nobody could be randomised"):
        in_use(world, (statistician, second_statistician), at, all=3, b=0)
    assert not RandomizationList.objects.exists()
