"""The acts on the stock: receiving, quarantine, destruction; and the account that must close to zero."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import assert_never

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.pharmacy.contents import Movement, MovementKind, open_steps
from dosing.pharmacy.ledger import Lot, lots_of, product_words, write_movement
from dosing.pharmacy.models import Step, StepBox, StockEntry
from dosing.pharmacy.trail import announce
from dosing.pharmacy.vial_counts import doubtful_delivery, doubtful_destruction
from randomization.sealed.models import Recipient
from randomization.sealed.vault.trail import lock_trail
from randomization.sealed.vault.trail import record_sealed as enter
from trial.core.dates import add_months
from trial.core.doubts import far_off
from trial.models import Delegation, Site, Trial
from trial.permissions import Permission
from trial.policies import require
from trial.queries import NotFound, sites_for
from trial.refusals import NOTHING, InvalidInput, Refusal, can, refuse_unconfirmed
from trial.rest.in_same_transaction import write_now
from trial.wording.clock import day_at
from trial.wording.words import medium_day

MOST_VIALS = 10_000
NONE_CONFIRMED: Mapping[str, str] = MappingProxyType({})

LONGEST_USE = 60
"""Months for which vials may be used at most without a question: no medicine is given a longer shelf life."""


class LotClash(Refusal):
    """The lot number is known with another product or expiry date."""

    code = "lot_clash"


class WrongLotState(Refusal):
    """The lot is already where it should be put, or nothing is left of it."""

    code = "wrong_lot_state"


@dataclass(frozen=True, repr=False)
class LotView:
    """The account of one lot, in vials.

    `used` counts syringes that say they came from this lot; `on_hand` follows from the movements. The
    two are kept apart, so `difference` (received - used - destroyed - on hand) is a real check.
    """

    site: Site
    lot: Lot
    used: int
    expired: bool

    @property
    def product(self) -> str:
        """The product in the words of the page."""
        return product_words(self.site.trial, self.lot.product)

    @property
    def difference(self) -> int:
        """Vials that nobody can account for; zero when the books close."""
        return self.lot.received - self.used - self.lot.destroyed - self.lot.on_hand

    @property
    def may(self) -> frozenset[MovementKind]:
        """What may be done with it now: by the check that the acts ask."""
        return frozenset(kind for kind in MovementKind if can(check_can_move, kind, self.lot))


def stock(*, by: Delegation, at: datetime) -> tuple[LotView, ...]:
    """Every lot within reach with its account, by product and expiry. The opening is audited first.

    Not inside a transaction. Raises NotPermitted or CannotReveal.
    """
    require(by, Permission.MANAGE_STOCK, trial=by.trial_id, site=by.site)
    sites = sites_for(by)
    announce("stock.opened", ", ".join(site.number for site in sites), by, at)
    rows = [row for site in sites for row in _account(site, at)]
    return tuple(
        sorted(rows, key=lambda row: (row.site.number, row.lot.product, row.lot.expiry, row.lot.number))
    )


def find_lot(*, lot: uuid.UUID, by: Delegation, at: datetime) -> LotView:
    """One lot of the stock, audited like all of it. Raises NotFound."""
    for row in stock(by=by, at=at):
        if row.lot.id == str(lot):
            return row
    raise NotFound(_("There is no such lot here. Look at the stock."))


def products_of(trial: Trial) -> list[str]:
    """What the protocol's preparations are made from, in the order of the alphabet."""
    arms = trial.protocol_version.protocol.arms
    return sorted({row.product for arm in arms for row in arm.preparations})


def receive_lot(
    *,
    site: Site,
    product: str,
    lot_number: str,
    expiry: date,
    quantity: int,
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] = NOTHING,
) -> StockEntry:
    """Enter a delivery of `quantity` vials. A lot number that is known adds to its lot.

    More than the whole trial needs, and a last day of use more than five years ahead, are taken only if
    `confirmed` has that very number under `quantity`, that very day under `expiry`.
    Raises InvalidInput, NotConfirmed, LotClash or NotPermitted.
    """
    require(by, Permission.MANAGE_STOCK, trial=site.trial_id, site=site)
    _refuse_delivery(site, product, lot_number, expiry, quantity, at)
    doubts = doubtful_delivery(site.trial.protocol_version.protocol, product, quantity)
    today = day_at(site, at)
    doubts += far_off("expiry", expiry, today, add_months(today, LONGEST_USE))
    kept = refuse_unconfirmed(doubts, confirmed, fields={"quantity", "expiry"})
    announce("stock.opened", site.number, by, at)
    with _act("stock.received", site, by, at, kept):
        lots = lots_of(site)
        known = next((lot for lot in lots.values() if lot.number == lot_number.strip()), None)
        if known and (known.product, known.expiry) != (product, expiry):
            raise LotClash(
                _("Lot %(lot)s is in the stock as %(product)s, expiring on %(expiry)s. Check the box.")
                % {
                    "lot": known.number,
                    "product": product_words(site.trial, known.product),
                    "expiry": medium_day(known.expiry),
                }
            )
        identity = known.id if known else str(uuid.uuid4())
        movement = Movement(
            MovementKind.RECEIVED, identity, product, lot_number.strip(), expiry, quantity=quantity
        )
        return write_movement(site, movement, by, at)


def quarantine(*, lot: uuid.UUID, reason: str, by: Delegation, at: datetime) -> StockEntry:
    """Keep a lot from being used from now on, for a temperature excursion, say.

    Syringes made from it and not yet released are held back as well. Raises WrongLotState, NotFound.
    """
    return _set_aside(lot, MovementKind.QUARANTINED, reason, by, at)


def free(*, lot: uuid.UUID, reason: str, by: Delegation, at: datetime) -> StockEntry:
    """Let a lot out of quarantine; the reason says who decided. Raises WrongLotState, NotFound."""
    return _set_aside(lot, MovementKind.FREED, reason, by, at)


def destroy(
    *,
    lot: uuid.UUID,
    quantity: int,
    reason: str,
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] = NOTHING,
) -> StockEntry:
    """Record that vials of a lot were destroyed, at most as many as are on hand.

    Many vials of a lot that may still be used are taken only if `confirmed` has that very number under
    `quantity`. Raises WrongLotState, NotFound, NotConfirmed or InvalidInput.
    """
    _refuse_empty(reason)
    row = find_lot(lot=lot, by=by, at=at)
    doubts = doubtful_destruction(row.lot, quantity, expired=row.expired)
    kept = {} if quantity > row.lot.on_hand else refuse_unconfirmed(doubts, confirmed, fields={"quantity"})
    with _act("stock.destroyed", row.site, by, at, kept):
        found = lots_of(row.site)[str(lot)]
        check_can_move(MovementKind.DESTROYED, found)
        on_hand = found.on_hand
        if not 1 <= quantity <= on_hand:
            sentence = _("Give a number from 1 to %(on_hand)d: that many vials are on hand.") % {
                "on_hand": on_hand
            }
            raise InvalidInput(sentence, {"quantity": sentence})
        movement = Movement(MovementKind.DESTROYED, str(lot), quantity=quantity, reason=reason.strip())
        return write_movement(row.site, movement, by, at)


def _set_aside(lot: uuid.UUID, kind: MovementKind, reason: str, by: Delegation, at: datetime) -> StockEntry:
    _refuse_empty(reason)
    row = find_lot(lot=lot, by=by, at=at)
    with _act(f"stock.{kind}", row.site, by, at):
        check_can_move(kind, lots_of(row.site)[str(lot)])
        return write_movement(row.site, Movement(kind, str(lot), reason=reason.strip()), by, at)


def check_can_move(kind: MovementKind, lot: Lot) -> None:
    """Raises WrongLotState where the lot is in that state already, or nothing is left to destroy."""
    words = {"lot": lot.number}
    match kind:
        case MovementKind.QUARANTINED | MovementKind.FREED:
            if lot.quarantined == (kind is MovementKind.QUARANTINED):
                raise WrongLotState(_("Lot %(lot)s is there already.") % words)
        case MovementKind.DESTROYED:
            if lot.on_hand < 1:
                raise WrongLotState(_("Nothing is left of lot %(lot)s.") % words)
        case MovementKind.RECEIVED | MovementKind.USED:
            return
        case _:
            assert_never(kind)


@contextmanager
def _act(
    action: str, site: Site, by: Delegation, at: datetime, confirmed: Mapping[str, str] = NONE_CONFIRMED
) -> Iterator[None]:
    """One transaction with its entry, under the lock of the sealed trail; it says what was confirmed."""
    require(by, Permission.MANAGE_STOCK, trial=site.trial_id, site=site)
    with transaction.atomic():
        body = {"confirmed": dict(confirmed)} if confirmed else None
        lock_trail(site.trial)
        yield
        enter(action=action, subject=site.number, by=by, at=at, trial=site.trial, body=body)
        write_now()


def _account(site: Site, at: datetime) -> list[LotView]:
    today, used = day_at(site, at), used_vials(site)
    return [LotView(site, lot, used[lot.id], lot.expiry < today) for lot in lots_of(site).values()]


def used_vials(site: Site) -> Counter[str]:
    """How many syringes say that they came from each lot, as the preparations themselves tell it."""
    boxes = StepBox.objects.filter(
        step__step=Step.PREPARED, step__preparation__participant__site=site, recipient=Recipient.PHARMACY
    )
    contents = open_steps(boxes.select_related("step")).values()
    return Counter(content.made.lot for content in contents if content.made)


def _refuse_empty(reason: str) -> None:
    if not reason.strip():
        sentence = _("Enter the reason, in a few words.")
        raise InvalidInput(sentence, {"reason": sentence})


def _refuse_delivery(
    site: Site, product: str, lot_number: str, expiry: date, quantity: int, at: datetime
) -> None:
    errors: dict[str, object] = {}
    if product not in products_of(site.trial):
        errors["product"] = _("The protocol uses no such product.")
    if not lot_number.strip():
        errors["lot_number"] = _("Give the lot number that is printed on the box.")
    if expiry < day_at(site, at):
        errors["expiry"] = _("This day has passed; the vials may not be used. Send them back.")
    if not 1 <= quantity <= MOST_VIALS:
        errors["quantity"] = _("Give the number of vials, from 1 to %(most)d.") % {"most": MOST_VIALS}
    if errors:
        raise InvalidInput(_("The delivery cannot be entered like this."), errors)
