"""The pharmacy's part of a demonstration: lots in stock, and a morning's work half done.

Done by the same services that the pages use, by two pharmacists.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dosing.pharmacy.preparing import mark_checked, mark_prepared, release
from dosing.pharmacy.stock import products_of, receive_lot
from dosing.pharmacy.worklist import PreparationView, preparations
from trial.models import Delegation, Site
from trial.wording.clock import day_at

LOTS = ("A1147", "G5-208", "K3-090", "M2-417")
VIALS = 120


def stock_up(*, site: Site, by: Delegation, at: datetime) -> None:
    """Receive one lot of each product of the protocol, good for more than a year."""
    expiry = day_at(site, at) + timedelta(days=420)
    for product, number in zip(products_of(site.trial), LOTS, strict=False):
        receive_lot(
            site=site, product=product, lot_number=number, expiry=expiry, quantity=VIALS, by=by, at=at
        )


def work(*, site: Site, first: Delegation, second: Delegation, at: datetime) -> tuple[PreparationView, ...]:
    """Take today's syringes some way, the first three to different steps; returns them as they stand then.

    `first` prepares and releases, `second` checks. What could be read here is unblinded.
    """
    today = day_at(site, at)
    todo = [view for view in preparations(day=today, by=first, at=at) if view.lots]
    for done, view in enumerate(todo[:3]):
        mark_prepared(preparation=view.id, lot=view.lots[0].id, by=first, at=at)
        if done < 2:
            mark_checked(preparation=view.id, by=second, at=at)
        if done < 1:
            release(preparation=view.id, by=first, at=at)
    return preparations(day=today, by=first, at=at)
