"""The next step of a list that the pages offer is the one that is accepted: each act, person and state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from randomization.models import RandomizationList, Step
from randomization.sealed.lists import steps
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.list_presenters import lists_shown
from randomization.sealed.lists.next_acts import ACTS as TABLE
from randomization.sealed.lists.next_acts import next_act
from randomization.sealed.lists.steps import activate_list, seal_list, steps_of
from tests.sealed.test_life_of_a_list import make
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role
from trial.refusals import Refusal

ACTS = [act for act in TABLE.values() if act]
STATES = ("draft", "accepted", "sealed", "activated")
LISTS = ("live", "training", "beside another", "reserve", "reserve of a draft")


@pytest.fixture
def arrange(
    world: TrialFixture, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> Callable[[str, str], RandomizationList]:
    """A list of that kind, led to that state by the first statistician, and activated by the second."""

    def led(list_: RandomizationList, state: str) -> RandomizationList:
        acts = [(check_list, statistician), (seal_list, statistician), (activate_list, second_statistician)]
        for act, by in acts[: STATES.index(state)]:
            act(list_=list_, by=by, at=at)
        return RandomizationList.objects.get(pk=list_.pk)

    def arranged(kind: str, state: str) -> RandomizationList:
        if kind in {"live", "training"}:
            return led(make(world, statistician, at, environment=kind), state)
        main = led(make(world, statistician, at), "draft" if kind.endswith("draft") else "activated")
        reserve_of = main if kind.startswith("reserve") else None
        return led(make(world, statistician, at, reserve_of=reserve_of), state)

    return arranged


def refusal(list_: RandomizationList, step: Step, by: Delegation, at: datetime) -> str:
    """With what sentence the service refuses the step; empty where it is taken. Nothing of it stays."""
    take = {act.step: act.take for act in ACTS}[step]
    try:
        with transaction.atomic():
            take(list_=list_, by=by, at=at)
            transaction.set_rollback(True)
    except Refusal as reason:
        return str(reason)
    return ""


@pytest.mark.parametrize("state", STATES[:3])
@pytest.mark.parametrize("kind", LISTS)
def test_the_lists_offer_what_is_accepted_and_say_what_is_refused(
    world: TrialFixture, arrange: Callable[[str, str], RandomizationList], at: datetime, kind: str, state: str
) -> None:
    list_ = arrange(kind, state)
    for by in (world.people["stat.one"], world.people["stat.two"]):
        following = next(row.next for row in lists_shown(world.trial, by) if row.list == list_)
        assert following == next_act(list_, world.trial, by=by, taken=steps_of(list_))
        for act in ACTS:
            refused = refusal(list_, act.step, by, at)
            assert following and (following.act == act and not following.why_not) == (not refused)
            assert following.act != act or following.why_not == refused


def test_nothing_is_offered_once_a_list_is_in_use(
    world: TrialFixture, active: RandomizationList, second_statistician: Delegation, at: datetime
) -> None:
    assert [row.next for row in lists_shown(world.trial, second_statistician)] == [None]
    assert all(refusal(active, act.step, second_statistician, at) for act in ACTS)


def test_to_whom_lists_are_not_entrusted_nothing_is_offered(
    world: TrialFixture, draft: RandomizationList, at: datetime
) -> None:
    nurse = world.person(Role.STUDY_NURSE)
    (row,) = lists_shown(world.trial, nurse)
    assert row.next and row.next.why_not == refusal(draft, Step.CHECKED, nurse, at) != ""


def test_a_page_that_forgets_who_sealed_is_found(
    world: TrialFixture,
    arrange: Callable[[str, str], RandomizationList],
    statistician: Delegation,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: the page does not ask whether it is the same person."""
    list_ = arrange("live", "sealed")
    with monkeypatch.context() as planted:
        planted.setattr(steps, "_refuse_same_person", lambda *_: None)
        following = next_act(list_, world.trial, by=statistician, taken=steps_of(list_))
    assert following and not following.why_not
    assert "another person" in refusal(list_, Step.ACTIVATED, statistician, at)
