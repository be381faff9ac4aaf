"""What the stock offers to do with a lot is what is accepted: each act, wherever the lot stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from dosing.pharmacy import stock as stock_module
from dosing.pharmacy.contents import MovementKind
from dosing.pharmacy.stock import destroy, free, quarantine
from tests.pharmacy.test_stock import account
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.refusals import Refusal

ADDRESSES = {
    MovementKind.QUARANTINED: "quarantine",
    MovementKind.FREED: "free",
    MovementKind.DESTROYED: "destroy",
}
WHY = "Twelve degrees overnight."


def quarantined(lot: UUID, by: Delegation, at: datetime) -> None:
    quarantine(lot=lot, reason=WHY, by=by, at=at)


def emptied(lot: UUID, by: Delegation, at: datetime) -> None:
    destroy(lot=lot, quantity=20, reason=WHY, by=by, at=at, confirmed={"quantity": 20})


def freed(lot: UUID, by: Delegation, at: datetime) -> None:
    quarantined(lot, by, at)
    free(lot=lot, reason=WHY, by=by, at=at)


STATES: dict[str, tuple[Callable[[UUID, Delegation, datetime], None], ...]] = {
    "usable": (),
    "quarantined": (quarantined,),
    "let out": (freed,),
    "empty": (emptied,),
    "empty in quarantine": (quarantined, emptied),
}
LATE = timedelta(days=4000)
"""By then the lot has expired."""


@pytest.fixture
def lot(stocked: dict[str, str], pharmacist: Delegation, at: datetime) -> UUID:
    return UUID(account(pharmacist, at).lot.id)


def accepted(kind: MovementKind, lot: UUID, by: Delegation, at: datetime) -> bool:
    acts: dict[MovementKind, Callable[[], object]] = {
        MovementKind.QUARANTINED: lambda: quarantine(lot=lot, reason=WHY, by=by, at=at),
        MovementKind.FREED: lambda: free(lot=lot, reason=WHY, by=by, at=at),
        MovementKind.DESTROYED: lambda: destroy(lot=lot, quantity=1, reason=WHY, by=by, at=at),
    }
    try:
        acts[kind]()
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("late", [timedelta(0), LATE])
@pytest.mark.parametrize("kind", ADDRESSES)
@pytest.mark.parametrize("state", STATES)
def test_the_stock_offers_what_is_accepted(
    lot: UUID, pharmacist: Delegation, at: datetime, state: str, kind: MovementKind, late: timedelta
) -> None:
    for lead in STATES[state]:
        lead(lot, pharmacist, at)
    row = account(pharmacist, at + late)

    assert (kind in row.may) == accepted(kind, lot, pharmacist, at + late)


@pytest.mark.parametrize("state", STATES)
def test_the_pages_say_the_same(
    lot: UUID,
    pharmacist: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
    state: str,
) -> None:
    for lead in STATES[state]:
        lead(lot, pharmacist, at)
    may, browser = account(pharmacist, at).may, enter(pharmacist)
    page = browser.get("/stock/").content.decode()

    for kind, word in ADDRESSES.items():
        address = f"/stock/{lot}/{word}/"
        assert (f'href="{address}"' in page) == (kind in may)
        assert ('name="reason"' in browser.get(address).content.decode()) == (kind in may)


def test_an_offer_without_its_check_is_found(
    world: TrialFixture, lot: UUID, pharmacist: Delegation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the page does not look at what is left."""
    emptied(lot, pharmacist, at)
    row = account(pharmacist, at)
    with monkeypatch.context() as planted:
        planted.setattr(stock_module, "check_can_move", lambda _kind, _lot: None)
        assert MovementKind.DESTROYED in row.may
    assert not accepted(MovementKind.DESTROYED, lot, pharmacist, at)
