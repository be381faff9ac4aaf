"""Whatever stops the treatment stops its preparation in the same transaction, or neither happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from dosing.pharmacy.preparing import mark_checked, mark_prepared, release
from dosing.pharmacy.publishing import publish_due
from dosing.pharmacy.slots import find_slot
from dosing.pharmacy.worklist import PreparationView
from dosing.reading.queries import injection_day
from dosing.services.judging import OnHold, TreatmentEnded
from dosing.services.status import hold, withdraw
from tests.pharmacy.conftest import DAY
from tests.trial_fixture import TrialFixture
from trial.models import Delegation, Participant
from trial.permissions import Role
from trial.refusals import Refusal

Views = tuple[PreparationView, ...]
Stop = Callable[[], object]
STOPS: dict[str, type[Refusal]] = {
    "hold": OnHold,
    "treatment": TreatmentEnded,
    "visits": TreatmentEnded,
    "contact": TreatmentEnded,
    "trial": TreatmentEnded,
    "lost": TreatmentEnded,
    "death": TreatmentEnded,
}


@pytest.fixture
def stop(world: TrialFixture, people: list[Participant], kind: str, at: datetime) -> Stop:
    """The act that stops the first participant's treatment."""
    doctor, first = world.person(Role.INVESTIGATOR), people[0]
    if kind == "hold":
        return lambda: hold(participant=first, reason="Fever", until=None, by=doctor, at=at)
    day = at.date() if kind in {"lost", "death"} else None
    return lambda: withdraw(participant=first, scope=kind, reason="So it is.", day=day, by=doctor, at=at)


@pytest.mark.parametrize("kind", STOPS)
def test_what_stops_the_treatment_stops_the_preparation_at_once_and_only_then(
    stop: Stop, kind: str, todo: Views, pharmacist: Delegation
) -> None:
    """Stopped before the act's transaction ends; undone with it, as if nothing had been."""
    with transaction.atomic():
        stop()
        assert isinstance(find_slot(pharmacist, todo[0].id).stopped, STOPS[kind])
        assert find_slot(pharmacist, todo[1].id).stopped is None
        transaction.set_rollback(True)
    assert find_slot(pharmacist, todo[0].id).stopped is None


@pytest.mark.parametrize("kind", STOPS)
def test_a_syringe_on_its_way_goes_no_step_further(
    stop: Stop, kind: str, todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    mark_prepared(preparation=todo[0].id, lot=todo[0].lots[0].id, by=pharmacist, at=at)
    stop()
    with pytest.raises(STOPS[kind]):
        mark_checked(preparation=todo[0].id, by=colleague, at=at)


@pytest.fixture
def released(todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime) -> datetime:
    """The first syringe is released; the morning on which the clinic may see that it is ready."""
    mark_prepared(preparation=todo[0].id, lot=todo[0].lots[0].id, by=pharmacist, at=at)
    mark_checked(preparation=todo[0].id, by=colleague, at=at)
    release(preparation=todo[0].id, by=pharmacist, at=at)
    return datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=at.tzinfo)


@pytest.mark.parametrize("kind", STOPS)
def test_a_syringe_that_is_out_is_not_ready_any_more(
    stop: Stop, people: list[Participant], released: datetime
) -> None:
    assert publish_due(at=released) == 1
    assert injection_day(people[0], 1, at=released).ready
    stop()
    assert not injection_day(people[0], 1, at=released).ready


@pytest.mark.parametrize("kind", STOPS)
def test_a_syringe_whose_moment_comes_after_the_stop_never_shows_as_ready(
    stop: Stop, people: list[Participant], released: datetime
) -> None:
    stop()
    publish_due(at=released)
    assert not injection_day(people[0], 1, at=released).ready
