"""The steps of a syringe that its page offers are those that are accepted: each step, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from dosing.pharmacy import steps
from dosing.pharmacy.models import Step
from dosing.pharmacy.preparing import discard, mark_checked, mark_prepared, release
from dosing.pharmacy.worklist import PreparationView, preparation
from dosing.services.status import hold
from tests.pharmacy.test_preparing import Views, handed_out, made
from tests.trial_fixture import TrialFixture
from trial.models import Delegation, Participant
from trial.permissions import Role
from trial.refusals import Refusal

STATES = (
    "to prepare",
    "prepared by me",
    "prepared by another",
    "checked",
    "released",
    "discarded",
    "on hold",
)


@pytest.fixture
def arrange(
    world: TrialFixture,
    people: list[Participant],
    todo: Views,
    pharmacist: Delegation,
    colleague: Delegation,
    at: datetime,
) -> Callable[[str], PreparationView]:
    """A syringe in that state, as the pharmacist sees it."""

    def arranged(state: str) -> PreparationView:
        view = todo[0]
        if state in {"prepared by me", "checked", "discarded", "on hold"}:
            made(view, pharmacist, at)
        if state == "prepared by another":
            made(view, colleague, at)
        if state == "checked":
            mark_checked(preparation=view.id, by=colleague, at=at)
        if state == "released":
            handed_out(view, pharmacist, colleague, at)
        if state == "discarded":
            discard(preparation=view.id, reason="Dropped.", by=pharmacist, at=at)
        if state == "on hold":
            doctor = world.person(Role.INVESTIGATOR)
            hold(participant=people[0], reason="Fever.", until=None, by=doctor, at=at)
        return view

    return arranged


def accepted(step: Step, view: PreparationView, by: Delegation, at: datetime) -> bool:
    acts: dict[Step, Callable[[], object]] = {
        Step.PREPARED: lambda: mark_prepared(preparation=view.id, lot=view.lots[0].id, by=by, at=at),
        Step.CHECKED: lambda: mark_checked(preparation=view.id, by=by, at=at),
        Step.RELEASED: lambda: release(preparation=view.id, by=by, at=at),
        Step.DISCARDED: lambda: discard(preparation=view.id, reason="Dropped.", by=by, at=at),
    }
    try:
        acts[step]()
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", STATES)
def test_a_step_is_offered_where_it_is_accepted(
    arrange: Callable[[str], PreparationView], pharmacist: Delegation, at: datetime, state: str, step: Step
) -> None:
    view = arrange(state)
    shown = preparation(preparation=view.id, by=pharmacist, at=at)

    assert (step in shown.may) == accepted(step, view, pharmacist, at)


@pytest.mark.parametrize("days", [-3, 4])
def test_on_another_day_nothing_is_offered_but_to_discard(
    arrange: Callable[[str], PreparationView], pharmacist: Delegation, at: datetime, days: int
) -> None:
    view, then = arrange("prepared by another"), at + timedelta(days=days)

    assert preparation(preparation=view.id, by=pharmacist, at=then).may == {Step.DISCARDED}
    assert not accepted(Step.CHECKED, view, pharmacist, then)


def test_an_offer_without_its_check_is_found(
    arrange: Callable[[str], PreparationView],
    pharmacist: Delegation,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: the list forgets the day."""
    view, then = arrange("prepared by another"), at - timedelta(days=3)
    with monkeypatch.context() as planted:
        planted.setattr(steps, "_refuse_day", lambda _slot, _at: None)
        shown = preparation(preparation=view.id, by=pharmacist, at=then)

    assert Step.CHECKED in shown.may
    assert not accepted(Step.CHECKED, view, pharmacist, then)
