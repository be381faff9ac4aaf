"""Counts of vials that can be right and seldom are, by what the trial plans and where a lot stands."""

from __future__ import annotations

from math import ceil

from dosing.pharmacy.ledger import Lot
from trial.core.doubts import Doubt, spelled
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

MOST_BROKEN = 5
"""Vials of a usable lot that may be destroyed at once without a question: what falls with one tray."""


def planned_vials(protocol: Protocol, product: str) -> int:
    """How many vials of a product the whole trial plans: one for each injection of who is given it."""
    doses = {
        drug.code: sum(course.injections for course in protocol.courses if course.drug == drug.code)
        for drug in protocol.drugs
    }
    unit = sum(arm.ratio for arm in protocol.arms)
    return sum(
        ceil(protocol.target * arm.ratio / unit) * doses[row.drug]
        for arm in protocol.arms
        for row in arm.preparations
        if row.product == product
    )


def doubtful_delivery(protocol: Protocol, product: str, quantity: int) -> tuple[Doubt, ...]:
    """A doubt about a delivery of more than the whole trial needs."""
    planned = planned_vials(protocol, product)
    if quantity <= planned:
        return ()
    asks = Sentence(
        "Vials received: %(count)s. The whole trial needs %(planned)s of this product. Is it right?",
        count=quantity,
        planned=planned,
    )
    return (_doubt(quantity, asks),)


def doubtful_destruction(lot: Lot, quantity: int, *, expired: bool) -> tuple[Doubt, ...]:
    """A doubt about many vials at once of a lot that may still be used."""
    if quantity <= MOST_BROKEN or expired or lot.quarantined:
        return ()
    asks = Sentence(
        "Vials destroyed: %(count)s of %(on_hand)s, of a lot that is neither expired nor in quarantine. "
        "Is it right?",
        count=quantity,
        on_hand=lot.on_hand,
    )
    return (_doubt(quantity, asks),)


def _doubt(quantity: int, asks: Sentence) -> Doubt:
    return Doubt("quantity", spelled(quantity), asks, Sentence("Yes, %(value)s is right.", value=quantity))
