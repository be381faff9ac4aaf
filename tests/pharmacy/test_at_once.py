"""Two pharmacists in the same moment: one vial, one syringe, one check."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dosing.pharmacy.ledger import CannotUseLot
from dosing.pharmacy.models import PreparationStep, StockEntry
from dosing.pharmacy.preparing import mark_prepared
from dosing.pharmacy.steps import WrongPreparationStep
from dosing.pharmacy.stock import receive_lot, stock
from dosing.pharmacy.worklist import PreparationView, preparations
from tests.at_once import at_once, kinds
from tests.pharmacy.conftest import DAY
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import Delegation, Participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> TrialFixture:
    return new_trial()


@pytest.fixture
def two(
    world: TrialFixture, people: list[Participant], pharmacist: Delegation, at: datetime
) -> list[PreparationView]:
    """Two syringes of the same product, for which there is one vial."""
    lot = {"product": "Aldesleukin", "lot_number": "ONE", "expiry": date(2017, 4, 30), "quantity": 1}
    receive_lot(site=world.site, by=pharmacist, at=at, **lot)  # type: ignore[arg-type]
    return [view for view in preparations(day=DAY, by=pharmacist, at=at) if view.lots]


def test_the_last_vial_goes_into_one_syringe(
    two: list[PreparationView], pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    lot = two[0].lots[0].id
    acts = [
        lambda view=view, by=by: mark_prepared(preparation=view.id, lot=lot, by=by, at=at)
        for view, by in zip(two, (pharmacist, colleague), strict=True)
    ]
    outcomes = at_once(*acts)
    assert kinds(outcomes) == [CannotUseLot.__name__, PreparationStep.__name__]
    assert [(row.lot.on_hand, row.difference) for row in stock(by=pharmacist, at=at)] == [(0, 0)]


def test_one_syringe_is_prepared_once_however_many_press_the_button(
    two: list[PreparationView],
    world: TrialFixture,
    pharmacist: Delegation,
    colleague: Delegation,
    at: datetime,
) -> None:
    more = {"product": "Aldesleukin", "lot_number": "ONE", "expiry": date(2017, 4, 30), "quantity": 9}
    receive_lot(site=world.site, by=pharmacist, at=at, **more)  # type: ignore[arg-type]
    lot = two[0].lots[0].id
    acts = [
        lambda by=by: mark_prepared(preparation=two[0].id, lot=lot, by=by, at=at)
        for by in (pharmacist, colleague, pharmacist, colleague)
    ]
    assert kinds(at_once(*acts)) == [PreparationStep.__name__, *[WrongPreparationStep.__name__] * 3]
    assert StockEntry.objects.count() == 3
