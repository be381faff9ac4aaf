"""The endpoints of the pharmacy: preparations and stock. What is opened is recorded first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from dosing.pharmacy import api_shapes as shapes
from dosing.pharmacy.contents import ContentDamaged
from dosing.pharmacy.ledger import CannotUseLot
from dosing.pharmacy.preparing import discard, mark_checked, mark_prepared, release
from dosing.pharmacy.steps import NotItsDay, SamePreparer, WrongPreparationStep
from dosing.pharmacy.stock import (
    LotClash,
    WrongLotState,
    destroy,
    free,
    products_of,
    quarantine,
    receive_lot,
    stock,
)
from dosing.pharmacy.worklist import preparation, preparations
from dosing.services.judging import AlreadyRecorded, OnHold, TreatmentEnded
from dosing.services.recording import NothingPlanned
from randomization.sealed.opening.revealing import CannotReveal
from randomization.sealed.vault.envelope_contents import SealDamaged
from trial.people.signing import hand_of_token
from trial.permissions import Permission
from trial.queries import find_site, sites_for
from trial.refusals import NotConfirmed
from trial.rest.endpoint import Announced, Endpoint
from trial.wording.clock import day_at

OPENING = (SealDamaged, ContentDamaged, CannotReveal)
STEPPING = (
    OnHold,
    TreatmentEnded,
    NothingPlanned,
    AlreadyRecorded,
    NotItsDay,
    WrongPreparationStep,
    SamePreparer,
    CannotUseLot,
)
ACTS: dict[str, Callable[..., object]] = {
    "prepared": mark_prepared,
    "checked": mark_checked,
    "released": release,
    "discarded": discard,
}
MOVES: dict[str, Callable[..., object]] = {
    "quarantined": quarantine,
    "freed": free,
    "destroyed": destroy,
}


class Preparations(Endpoint):
    """What is to be prepared."""

    reads = Permission.PREPARE
    query_shape = shapes.PreparationsQuery
    shape = shapes.PreparationsShape
    read_refusals = OPENING

    def get(self, request: Request, **where: Any) -> Response:
        """What to prepare on a day, for whom, and from what."""
        day = self.query.get("day") or day_at(sites_for(self.by)[0], self.at)
        rows = preparations(day=day, by=self.by, at=self.at)
        return self.shown({"day": day, "preparations": rows})


class Preparation(Announced):
    """One syringe."""

    reads = writes = Permission.PREPARE
    shape = shapes.PreparationShape
    body_shape = shapes.StepBody
    answer_shape = shapes.StepTakenShape
    read_refusals = OPENING
    refusals = (*OPENING, *STEPPING)

    def get(self, request: Request, **where: Any) -> Response:
        """One syringe: what goes in, for whom, from what, and what was done."""
        return self.shown(preparation(preparation=self._id, by=self.by, at=self.at))

    def act(self, *, step: str, **values: Any) -> object:
        """Record the next step of a syringe: prepared, checked by a second person, released, or discarded."""
        if "lot" in values:
            values["lot"] = str(values["lot"])
        if step == "released":
            values["hand"] = hand_of_token(self.request.auth)
        return ACTS[step](preparation=self._id, by=self.by, at=self.at, **values)

    def answer(self, *, step: str, **values: Any) -> object:
        """Which step of which syringe."""
        return {"id": self._id, "step": step, "recorded_at": self.at}

    @property
    def _id(self) -> Any:
        return self.kwargs["preparation"]


class Stock(Endpoint):
    """The stock."""

    reads = Permission.MANAGE_STOCK
    shape = shapes.StockShape
    read_refusals = OPENING

    def get(self, request: Request, **where: Any) -> Response:
        """Every lot within reach with its account, and the products that the protocol uses."""
        rows = stock(by=self.by, at=self.at)
        return self.shown({"products": products_of(self.by.trial), "lots": rows})


class Receipts(Announced):
    """Deliveries to the stock."""

    writes = Permission.MANAGE_STOCK
    body_shape = shapes.ReceiptBody
    answer_shape = shapes.MovedShape
    refusals = (*OPENING, LotClash, NotConfirmed)

    def act(self, *, site: str = "", expiry: date, **values: Any) -> object:
        """Enter a delivery. A lot number that is known adds to its lot."""
        where = find_site(self.by, site)
        return receive_lot(site=where, expiry=expiry, by=self.by, at=self.at, **values)

    def answer(self, **values: Any) -> object:
        """That it was received."""
        return {"movement": "received", "recorded_at": self.at}


class Movements(Announced):
    """What happens to a lot."""

    writes = Permission.MANAGE_STOCK
    body_shape = shapes.MovementBody
    answer_shape = shapes.MovedShape
    refusals = (*OPENING, WrongLotState, NotConfirmed)

    def act(self, *, movement: str, **values: Any) -> object:
        """Put a lot into quarantine, let it out, or record that vials were destroyed."""
        return MOVES[movement](lot=self.kwargs["lot"], by=self.by, at=self.at, **values)

    def answer(self, *, movement: str, **values: Any) -> object:
        """Which movement."""
        return {"movement": movement, "recorded_at": self.at}
