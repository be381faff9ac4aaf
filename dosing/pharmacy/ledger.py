"""The stock of a site, folded from its movements, and the rules by which a vial may be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import assert_never

from django.db.models import Max
from django.utils.translation import gettext as _

from dosing.pharmacy.contents import Movement, MovementKind, box_movement, open_movements
from dosing.pharmacy.models import StockBox, StockEntry
from randomization.sealed.models import Recipient
from trial.models import Delegation, Site, Trial
from trial.refusals import Refusal, in_page_language
from trial.wording.words import amount, medium_day


class CannotUseLot(Refusal):
    """The lot may not be used for this syringe; the sentence says which rule it breaks."""

    code = "lot_not_usable"


@dataclass(frozen=True, repr=False)
class Lot:
    """What the movements say of one lot, in vials. `expiry` is the last day on which it may be used."""

    id: str
    product: str
    number: str
    expiry: date
    received: int = 0
    taken: int = 0
    destroyed: int = 0
    quarantined: bool = False

    @property
    def on_hand(self) -> int:
        """Vials that should lie in the refrigerator, usable or in quarantine."""
        return self.received - self.taken - self.destroyed


def lots_of(site: Site) -> dict[str, Lot]:
    """The lots of a site by id, in the order of their first receipt. Opens every movement of the site."""
    boxes = StockBox.objects.filter(entry__site=site, recipient=Recipient.PHARMACY)
    return fold(open_movements(boxes.select_related("entry").order_by("entry__sequence")))


def fold(movements: Iterable[Movement]) -> dict[str, Lot]:
    """The lots that a sequence of movements leaves."""
    lots: dict[str, Lot] = {}
    for row in movements:
        if row.lot not in lots and row.expiry:
            lots[row.lot] = Lot(row.lot, row.product, row.lot_number, row.expiry)
        lots[row.lot] = _after(lots[row.lot], row)
    return lots


def _after(lot: Lot, row: Movement) -> Lot:
    match row.kind:
        case MovementKind.RECEIVED:
            return replace(lot, received=lot.received + row.quantity)
        case MovementKind.USED:
            return replace(lot, taken=lot.taken + row.quantity)
        case MovementKind.DESTROYED:
            return replace(lot, destroyed=lot.destroyed + row.quantity)
        case MovementKind.QUARANTINED:
            return replace(lot, quarantined=True)
        case MovementKind.FREED:
            return replace(lot, quarantined=False)
        case _:
            assert_never(row.kind)


def usable_lots(lots: Iterable[Lot], product: str, until: date) -> list[Lot]:
    """The lots from which a syringe of this product may be made, first to expire first."""
    good = [lot for lot in lots if lot.on_hand > 0 and fault_of(lot, product, until) is None]
    return sorted(good, key=lambda lot: (lot.expiry, lot.number))


def fault_of(
    lot: Lot, product: str, until: date, *, named: Callable[[str], str] = str
) -> CannotUseLot | None:
    """Why nothing of this lot may be injected up to `until`, or None; `named` says a product to people.

    The day that counts is the last one of the injection's window, not the day of preparation: a vial
    that expires in between must not be handed out (EMA reflection paper on IRT, 2013).
    """
    words = {"lot": lot.number, "product": named(lot.product), "wanted": named(product)}
    if lot.product != product:
        return CannotUseLot(_("Lot %(lot)s is %(product)s; this syringe needs %(wanted)s.") % words)
    if lot.quarantined:
        return CannotUseLot(_("Lot %(lot)s is in quarantine. Take another lot.") % words)
    if lot.expiry < until:
        days = {"expiry": medium_day(lot.expiry), "until": medium_day(until)}
        return CannotUseLot(
            _("Lot %(lot)s expires on %(expiry)s, before the injection (%(until)s). Take another lot.")
            % (words | days)
        )
    return None


def product_words(trial: Trial, product: str) -> str:
    """What people read of a product on this page, by the trial's newest protocol version."""
    return amount(in_page_language(trial.protocol_version.protocol.product_label(product)))


def take_vial(site: Site, lot: str, product: str, until: date) -> Lot:
    """The lot after one vial was taken for a syringe; writes nothing. Raises CannotUseLot.

    The caller holds the lock of the sealed trail, so nobody takes the same vial.
    """
    found = lots_of(site).get(lot)
    if found is None:
        raise CannotUseLot(_("There is no such lot in the stock of %(site)s.") % {"site": site.city})
    if fault := fault_of(found, product, until, named=partial(product_words, site.trial)):
        raise fault
    if found.on_hand < 1:
        raise CannotUseLot(_("Nothing is left of lot %(lot)s. Take another lot.") % {"lot": found.number})
    return replace(found, taken=found.taken + 1)


def write_movement(site: Site, movement: Movement, by: Delegation, at: datetime) -> StockEntry:
    """Append a movement to the site's stock, under the lock of the sealed trail."""
    last = StockEntry.objects.filter(site=site).aggregate(last=Max("sequence"))["last"]
    entry = StockEntry.objects.create(site=site, sequence=(last or 0) + 1, by=by, at=at)
    box_movement(entry, movement)
    return entry
