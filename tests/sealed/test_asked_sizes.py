"""Unlikely sizes of a list: asked about by service and command, in the sealed trail once confirmed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from randomization.core.design import Design
from randomization.core.design_file import Plan
from randomization.models import RandomizationList
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.models import SealedAuditEntry
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.refusals import NotConfirmed


def longer(world: TrialFixture, size: int, **changes: object) -> Design:
    """The recommended design, with that many envelopes beyond the target."""
    return design_of(world.trial, Plan(reserve=size - 36, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [{}, {"all": 360}, {"all": True}, {"block_sizes": 3600}])
def test_a_list_of_far_too_many_is_not_made_unasked(
    world: TrialFixture, statistician: Delegation, at: datetime, said: dict[str, object]
) -> None:
    make = {"trial": world.trial, "environment": "live", "by": statistician, "at": at}
    with pytest.raises(NotConfirmed) as asked:
        make_list(design=longer(world, 3600), confirmed=said, **make)
    assert list(asked.value.errors) == ["all"]
    assert not RandomizationList.objects.exists()


def test_the_very_size_makes_it_and_stands_in_the_sealed_trail(
    world: TrialFixture, statistician: Delegation, at: datetime
) -> None:
    make = {"trial": world.trial, "environment": "live", "by": statistician, "at": at}
    made = make_list(design=longer(world, 108), confirmed={"all": "108"}, **make)
    assert made.envelope_count == 108
    entry = SealedAuditEntry.objects.get(action="list.made")
    assert json.loads(entry.body)["confirmed"] == {"all": "108"}


def test_a_large_block_is_asked_about(world: TrialFixture, statistician: Delegation, at: datetime) -> None:
    make = {"trial": world.trial, "environment": "live", "by": statistician, "at": at}
    design = longer(world, 36, block_sizes=(36,))
    with pytest.raises(NotConfirmed) as asked:
        make_list(design=design, **make)
    assert list(asked.value.errors) == ["block_sizes"]
    make_list(design=design, confirmed={"block_sizes": 36}, **make)


def test_the_command_asks_and_takes_the_very_size(
    world: TrialFixture, statistician: Delegation, tmp_path: Path
) -> None:
    file = tmp_path / "design.toml"
    file.write_text("reserve = 72\n")
    who = ("--trial", "nct02059759", "--by", "stat.one", "--environment", "live", "--design", str(file))
    for confirm in ((), ("--confirm", "all=36"), ("--confirm", "block_sizes=108")):
        with pytest.raises(CommandError, match=r"Envelopes of stratum all: 108\. .* --confirm all=108"):
            typed("make_list", *who, *confirm)
    with pytest.raises(CommandError, match="not of the form FIELD=VALUE"):
        typed("make_list", *who, "--confirm", "yes")
    assert not RandomizationList.objects.exists()
    assert "108 envelopes, a draft" in typed("make_list", *who, "--confirm", "all=108")
