"""A code that was broken from a sheet while nothing ran, entered later with its true time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from randomization.corrections import enter_paper_randomization
from randomization.models import Envelope, RandomizationList
from randomization.sealed.models import CodeBreak, OpenedElsewhere
from randomization.sealed.opening.outside_code_breaks import reconcile_code_break
from tests.trial_fixture import TrialFixture
from trial.permissions import Role
from trial.refusals import InvalidInput


@pytest.fixture
def on_paper(world: TrialFixture, active: RandomizationList, at: datetime) -> Envelope:
    """Drawn on paper an hour after `at`; entered five hours after it, when the network was back."""
    return enter_paper_randomization(
        participant=world.participant(),
        number=Envelope.objects.get(stratum__list=active, position=1).number,
        happened_at=at + timedelta(hours=1),
        reason="The network was down.",
        by=world.person(Role.INVESTIGATOR, "doctor"),
        at=at + timedelta(hours=5),
    )


def enter(world: TrialFixture, envelope: Envelope, happened_at: datetime, at: datetime) -> CodeBreak:
    return reconcile_code_break(
        number=envelope.number,
        means="paper",
        opened_by="Dr Duval",
        happened_at=happened_at,
        reason="Anaphylaxis.",
        by=world.person(Role.INVESTIGATOR, "doctor.two"),
        at=at,
    )


def test_a_sheet_may_be_opened_between_a_draw_on_paper_and_its_entry(
    world: TrialFixture, on_paper: Envelope, at: datetime
) -> None:
    enter(world, on_paper, at + timedelta(hours=2), at + timedelta(hours=6))
    assert OpenedElsewhere.objects.get().happened_at == at + timedelta(hours=2)


@pytest.mark.parametrize("hours", [0.5, 7])
def test_it_was_not_opened_before_the_draw_nor_in_the_future(
    world: TrialFixture, on_paper: Envelope, at: datetime, hours: float
) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter(world, on_paper, at + timedelta(hours=hours), at + timedelta(hours=6))
    assert "happened_at" in refused.value.errors
    assert not CodeBreak.objects.exists()
