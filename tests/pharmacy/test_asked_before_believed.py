"""Counts of vials that are unlikely: asked about on the page, refused by the API, taken once confirmed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from dosing.pharmacy.models import StockEntry
from dosing.pharmacy.stock import destroy, quarantine, receive_lot, stock
from dosing.pharmacy.vial_counts import planned_vials
from randomization.sealed.models import SealedAuditEntry
from tests.caller import Caller
from tests.checklist import in_boxes
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.protocol.files import PROTOCOLS, load_protocol
from trial.refusals import InvalidInput, NotConfirmed

IL2 = "Aldesleukin"
PLACEBO = "Placebo (vehicle alone)"
LOT = {"product": IL2, "lot_number": "A1147", "expiry": date(2017, 4, 30)}


def deliver(world: TrialFixture, by: Delegation, at: datetime, quantity: int, said: object = None) -> None:
    confirmed = {} if said is None else {"quantity": said}
    receive_lot(site=world.site, by=by, at=at, quantity=quantity, confirmed=confirmed, **LOT)


def vials(by: Delegation, at: datetime) -> tuple[UUID, int]:
    """The only lot, and how many vials of it are on hand."""
    (row,) = stock(by=by, at=at)
    return UUID(row.lot.id), row.lot.on_hand


def test_what_the_trial_plans_follows_ratio_target_and_injections() -> None:
    imodals = load_protocol(PROTOCOLS / "nct02059759.toml").protocol
    assert (planned_vials(imodals, IL2), planned_vials(imodals, PLACEBO)) == (24 * 15, 12 * 15)
    assert planned_vials(imodals, "Water") == 0


@pytest.mark.parametrize("quantity", [361, 3600, 10_000])
def test_more_than_the_trial_needs_is_asked_about_and_changes_nothing(
    world: TrialFixture, pharmacist: Delegation, at: datetime, quantity: int
) -> None:
    entries = SealedAuditEntry.objects.count()
    for said in (None, quantity - 1, True):
        with pytest.raises(NotConfirmed):
            deliver(world, pharmacist, at, quantity, said)
    assert (StockEntry.objects.count(), SealedAuditEntry.objects.count()) == (0, entries)


def test_the_confirmed_delivery_is_in_the_stock_and_in_the_sealed_trail(
    world: TrialFixture, pharmacist: Delegation, at: datetime
) -> None:
    deliver(world, pharmacist, at, 3600, "3600")
    assert vials(pharmacist, at)[1] == 3600
    entry = SealedAuditEntry.objects.filter(action="stock.received").get()
    assert json.loads(entry.body)["confirmed"] == {"quantity": "3600"}


@pytest.mark.parametrize("quantity", [1, 20, 360])
def test_what_the_trial_needs_is_not_asked_about(
    world: TrialFixture, pharmacist: Delegation, at: datetime, quantity: int
) -> None:
    deliver(world, pharmacist, at, quantity)
    entry = SealedAuditEntry.objects.filter(action="stock.received").get()
    assert "confirmed" not in entry.body


def test_what_is_impossible_is_refused_however_it_is_confirmed(
    world: TrialFixture, pharmacist: Delegation, at: datetime
) -> None:
    with pytest.raises(InvalidInput):
        deliver(world, pharmacist, at, 10_001, 10_001)
    deliver(world, pharmacist, at, 20)
    lot, _on_hand = vials(pharmacist, at)
    with pytest.raises(InvalidInput):
        destroy(lot=lot, quantity=21, reason="Broken", by=pharmacist, at=at, confirmed={"quantity": 21})


def test_many_vials_of_a_usable_lot_are_asked_about(
    world: TrialFixture, pharmacist: Delegation, at: datetime
) -> None:
    deliver(world, pharmacist, at, 100)
    lot, _on_hand = vials(pharmacist, at)
    act = {"lot": lot, "reason": "Broken", "by": pharmacist, "at": at}
    with pytest.raises(NotConfirmed):
        destroy(quantity=20, **act)
    assert vials(pharmacist, at)[1] == 100
    destroy(quantity=5, **act)
    destroy(quantity=20, confirmed={"quantity": 20}, **act)
    assert vials(pharmacist, at)[1] == 75
    bodies = [row.body for row in SealedAuditEntry.objects.filter(action="stock.destroyed").order_by("id")]
    assert ["confirmed" in body for body in bodies] == [False, True]


def test_a_lot_in_quarantine_or_expired_is_destroyed_unasked(
    world: TrialFixture, pharmacist: Delegation, at: datetime
) -> None:
    deliver(world, pharmacist, at, 100)
    lot, _on_hand = vials(pharmacist, at)
    quarantine(lot=lot, reason="9 °C", by=pharmacist, at=at)
    destroy(lot=lot, quantity=60, reason="9 °C", by=pharmacist, at=at)
    destroy(lot=lot, quantity=40, reason="Too old", by=pharmacist, at=at.replace(year=2018))
    assert vials(pharmacist, at)[1] == 0


@pytest.fixture
def clock(at: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "The whole trial needs 360 of this product."),
        ("fr", "Tout l’essai a besoin de 360 de ce produit."),
    ],
)
def test_the_page_asks_keeps_what_was_typed_and_takes_that_very_number(
    world: TrialFixture,
    pharmacist: Delegation,
    enter: Callable[[Delegation], Client],
    language: str,
    asked: str,
) -> None:
    browser, address = enter(pharmacist), "/stock/receive/"
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    delivery = {"site": world.site.pk, "product": IL2, "lot_number": "B7", "quantity": "3600"}
    delivery |= in_boxes(expiry="2016-02-29")
    for ticked in ({}, {"confirm-quantity": "360"}, {"confirm-quantity": "on"}):
        answer = browser.post(address, delivery | ticked)
        page = answer.content.decode()
        box = re.search(r'<input[^>]*name="confirm-quantity"[^>]*>', page)
        assert (answer.status_code, asked in page) == (422, True)
        assert box and 'value="3600"' in box[0] and "checked" not in box[0]
        assert not StockEntry.objects.exists()
    assert browser.post(address, delivery | {"confirm-quantity": "3600"}).status_code == 302
    assert StockEntry.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_the_page_asks_before_a_usable_lot_is_destroyed(
    world: TrialFixture, pharmacist: Delegation, at: datetime, enter: Callable[[Delegation], Client]
) -> None:
    deliver(world, pharmacist, at, 100)
    lot, _on_hand = vials(pharmacist, at)
    browser, address = enter(pharmacist), f"/stock/{lot}/destroy/"
    answer = browser.post(address, {"quantity": "20", "reason": "Broken"})
    assert answer.status_code == 422
    assert "Vials destroyed: 20 of 100, of a lot that is neither expired" in answer.content.decode()
    sent = {"quantity": "20", "reason": "Broken", "confirm-quantity": "20"}
    assert browser.post(address, sent).status_code == 302
    assert vials(pharmacist, at)[1] == 80


@pytest.mark.usefixtures("clock")
def test_the_api_refuses_until_that_very_number_is_confirmed(
    world: TrialFixture, pharmacist: Delegation
) -> None:
    one = Caller(pharmacist)
    delivery = {"product": IL2, "lot_number": "B2", "expiry": "2017-01-31", "quantity": 3600}
    for confirmed in ({}, {"quantity": 360}, {"quantity": True}):
        answer = one.post("stock/receipts/", delivery | {"confirmed": confirmed})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_confirmed")
    assert not StockEntry.objects.exists()
    assert one.post("stock/receipts/", delivery | {"confirmed": {"quantity": 3600}}).status_code == 201
    path = f"stock/{one.get('stock/').json()['lots'][0]['lot']['id']}/movements/"
    gone = {"movement": "destroyed", "quantity": 200, "reason": "Broken"}
    assert one.post(path, gone).json()["code"] == "not_confirmed"
    assert one.post(path, gone | {"confirmed": {"quantity": 200}}).status_code == 201
    aside = {"movement": "quarantined", "reason": "9 °C"}
    assert one.post(path, aside | {"confirmed": {"quantity": 200}}).json()["code"] == "invalid"
    assert one.post(path, aside).status_code == 201


# --- Last days of use -------------------------------------------------------------------------------

FAR = [date(2020, 10, 6), date(2199, 1, 1)]


@pytest.mark.parametrize("expiry", FAR)
def test_a_last_day_of_use_beyond_any_shelf_life_is_asked_about_and_changes_nothing(
    world: TrialFixture, pharmacist: Delegation, at: datetime, expiry: date
) -> None:
    lot = LOT | {"expiry": expiry}
    for said in ({}, {"expiry": "2199-01-02"}, {"expiry": True}, {"quantity": "20"}):
        with pytest.raises(NotConfirmed, match="unlikely") as asked:
            receive_lot(site=world.site, by=pharmacist, at=at, quantity=20, confirmed=said, **lot)
        assert [doubt.field for doubt in asked.value.doubts] == ["expiry"]
    assert not StockEntry.objects.exists()
    receive_lot(site=world.site, by=pharmacist, at=at, quantity=20, confirmed={"expiry": expiry}, **lot)
    entry = SealedAuditEntry.objects.filter(action="stock.received").get()
    assert json.loads(entry.body)["confirmed"] == {"expiry": expiry.isoformat()}


@pytest.mark.parametrize("expiry", [date(2015, 10, 5), date(2020, 10, 5)])
def test_both_ends_of_five_years_are_asked_nothing(
    world: TrialFixture, pharmacist: Delegation, at: datetime, expiry: date
) -> None:
    lot = LOT | {"expiry": expiry}
    receive_lot(site=world.site, by=pharmacist, at=at, quantity=20, confirmed={}, **lot)
    assert StockEntry.objects.count() == 1


def test_a_last_day_of_use_that_has_passed_is_refused_whatever_is_confirmed(
    world: TrialFixture, pharmacist: Delegation, at: datetime
) -> None:
    lot = LOT | {"expiry": date(1999, 1, 1)}
    with pytest.raises(InvalidInput):
        receive_lot(
            site=world.site, by=pharmacist, at=at, quantity=2, confirmed={"expiry": "1999-01-01"}, **lot
        )


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "1 January 2199 is outside 5 October 2015 to 5 October 2020. Is it right?"),
        ("fr", "Le 1er janvier 2199 n’est pas compris entre le 5 octobre 2015 et le 5 octobre 2020."),
    ],
)
def test_the_page_asks_about_the_last_day_of_use(
    world: TrialFixture,
    pharmacist: Delegation,
    enter: Callable[[Delegation], Client],
    language: str,
    asked: str,
) -> None:
    browser, address = enter(pharmacist), "/stock/receive/"
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    delivery = {"site": world.site.pk, "product": IL2, "lot_number": "B7", "quantity": "20"}
    delivery |= in_boxes(expiry="2199-01-01")
    answer = browser.post(address, delivery)
    page = answer.content.decode()
    box = re.search(r'<input[^>]*name="confirm-expiry"[^>]*>', page)
    assert (answer.status_code, asked in page) == (422, True)
    assert box and 'value="2199-01-01"' in box[0] and "checked" not in box[0]
    assert not StockEntry.objects.exists()
    assert browser.post(address, delivery | {"confirm-expiry": "2199-01-01"}).status_code == 302


@pytest.mark.usefixtures("clock")
def test_the_api_refuses_a_far_last_day_of_use_until_it_is_confirmed(
    world: TrialFixture, pharmacist: Delegation
) -> None:
    one = Caller(pharmacist)
    delivery = {"product": IL2, "lot_number": "B2", "expiry": "2199-01-01", "quantity": 3}
    for confirmed in ({}, {"expiry": "2099-01-01"}, {"expiry": True}):
        answer = one.post("stock/receipts/", delivery | {"confirmed": confirmed})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_confirmed")
    assert "expiry" in answer.json()["errors"]
    assert one.post("stock/receipts/", delivery | {"confirmed": {"expiry": "2199-01-01"}}).status_code == 201
