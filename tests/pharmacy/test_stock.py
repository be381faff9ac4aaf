"""The stock: deliveries, quarantine, destruction, and books that close."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dosing.pharmacy.contents import Movement, MovementKind
from dosing.pharmacy.ledger import write_movement
from dosing.pharmacy.models import StockEntry
from dosing.pharmacy.preparing import discard, mark_prepared
from dosing.pharmacy.stock import (
    LotClash,
    LotView,
    WrongLotState,
    destroy,
    free,
    quarantine,
    receive_lot,
    stock,
)
from dosing.pharmacy.verification import stocks
from dosing.pharmacy.worklist import PreparationView, preparations
from randomization.sealed.models import SealedAuditEntry
from tests.pharmacy.conftest import DAY
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Permission, Role, may
from trial.policies import NotPermitted
from trial.queries import NotFound
from trial.refusals import InvalidInput

IL2 = "Aldesleukin"


def account(by: Delegation, at: datetime, product: str = IL2) -> LotView:
    """The account of the product's only lot."""
    (row,) = [row for row in stock(by=by, at=at) if row.lot.product == product]
    return row


def deliver(world: TrialFixture, by: Delegation, at: datetime, **other: Any) -> StockEntry:
    delivery = {"product": IL2, "lot_number": "A1147", "expiry": date(2017, 4, 30), "quantity": 20} | other
    return receive_lot(site=world.site, by=by, at=at, **delivery)


def test_the_books_close_after_a_morning(
    todo: tuple[PreparationView, ...], pharmacist: Delegation, at: datetime
) -> None:
    for view in todo:
        mark_prepared(preparation=view.id, lot=view.lots[0].id, by=pharmacist, at=at)
    discard(preparation=todo[0].id, reason="Dropped", by=pharmacist, at=at)
    row = account(pharmacist, at)
    destroy(lot=UUID(row.lot.id), quantity=3, reason="Broken in transport", by=pharmacist, at=at)
    row = account(pharmacist, at)
    assert (row.lot.received, row.used, row.lot.destroyed, row.lot.on_hand) == (20, 2, 3, 15)
    assert [row.difference for row in stock(by=pharmacist, at=at)] == [0, 0]


def test_a_vial_that_went_without_a_syringe_shows(
    world: TrialFixture, stocked: dict[str, str], pharmacist: Delegation, at: datetime
) -> None:
    lot = account(pharmacist, at).lot.id
    write_movement(world.site, Movement(MovementKind.USED, lot, quantity=1), pharmacist, at)
    assert account(pharmacist, at).difference == 1
    assert "1 lot does not close" in str(next(iter(stocks())).fault)


def test_a_lot_that_is_known_is_added_to(world: TrialFixture, pharmacist: Delegation, at: datetime) -> None:
    deliver(world, pharmacist, at)
    deliver(world, pharmacist, at, quantity=5)
    assert account(pharmacist, at).lot.received == 25


@pytest.mark.parametrize("other", [{"expiry": date(2018, 1, 1)}, {"product": "Placebo (vehicle alone)"}])
def test_a_lot_number_names_one_product_with_one_expiry(
    world: TrialFixture, pharmacist: Delegation, at: datetime, other: dict[str, Any]
) -> None:
    deliver(world, pharmacist, at)
    with pytest.raises(LotClash, match="A1147 is in the stock as Aldesleukin"):
        deliver(world, pharmacist, at, **other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", "Interferon"),
        ("lot_number", "  "),
        ("expiry", date(2015, 10, 4)),
        ("quantity", 0),
        ("quantity", 10_001),
    ],
)
def test_a_bad_delivery_is_refused_at_its_field(
    world: TrialFixture, pharmacist: Delegation, at: datetime, field: str, value: object
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        deliver(world, pharmacist, at, **{field: value})
    assert list(refusal.value.errors) == [field]
    assert not StockEntry.objects.exists()


def test_quarantine_is_entered_and_left_once(
    stocked: dict[str, str], pharmacist: Delegation, at: datetime
) -> None:
    lot = UUID(account(pharmacist, at).lot.id)
    quarantine(lot=lot, reason="12 °C overnight", by=pharmacist, at=at)
    with pytest.raises(WrongLotState):
        quarantine(lot=lot, reason="again", by=pharmacist, at=at)
    free(lot=lot, reason="The maker says it is good", by=pharmacist, at=at)
    assert not account(pharmacist, at).lot.quarantined
    with pytest.raises(WrongLotState):
        free(lot=lot, reason="again", by=pharmacist, at=at)


def test_a_lot_in_quarantine_is_not_offered(
    todo: tuple[PreparationView, ...], pharmacist: Delegation, at: datetime
) -> None:
    quarantine(lot=UUID(account(pharmacist, at).lot.id), reason="Recall", by=pharmacist, at=at)
    offered = [len(view.lots) for view in preparations(day=DAY, by=pharmacist, at=at)]
    assert offered == [0, 0, 1]


@pytest.mark.parametrize("quantity", [0, -1, 21])
def test_no_more_is_destroyed_than_is_on_hand(
    stocked: dict[str, str], pharmacist: Delegation, at: datetime, quantity: int
) -> None:
    lot = UUID(account(pharmacist, at).lot.id)
    with pytest.raises(InvalidInput, match="from 1 to 20"):
        destroy(lot=lot, quantity=quantity, reason="Broken", by=pharmacist, at=at)


@pytest.mark.parametrize("act", [quarantine, free])
def test_setting_a_lot_aside_needs_a_reason_and_a_lot(
    stocked: dict[str, str], pharmacist: Delegation, at: datetime, act: Any
) -> None:
    with pytest.raises(InvalidInput):
        act(lot=UUID(account(pharmacist, at).lot.id), reason=" ", by=pharmacist, at=at)
    with pytest.raises(NotFound):
        act(lot=uuid4(), reason="Recall", by=pharmacist, at=at)


def test_expired_is_said_from_the_day_after_the_last(
    world: TrialFixture, pharmacist: Delegation, at: datetime
) -> None:
    deliver(world, pharmacist, at, expiry=at.date())
    assert [account(pharmacist, at + timedelta(days=days)).expired for days in (0, 1)] == [False, True]


def test_looking_at_the_stock_is_entered_first(
    stocked: dict[str, str], pharmacist: Delegation, at: datetime
) -> None:
    before = SealedAuditEntry.objects.filter(action="stock.opened").count()
    stock(by=pharmacist, at=at)
    assert SealedAuditEntry.objects.filter(action="stock.opened").count() == before + 1


@pytest.mark.parametrize("role", [role for role in Role if not may(role, Permission.MANAGE_STOCK)])
def test_only_who_manages_stock_sees_or_changes_it(world: TrialFixture, at: datetime, role: Role) -> None:
    other = world.person(role, f"other-{role}")
    with pytest.raises(NotPermitted):
        stock(by=other, at=at)
    with pytest.raises(NotPermitted):
        deliver(world, other, at)
