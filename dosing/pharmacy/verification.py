"""What `manage.py verify` checks in the pharmacy: every box opens, and the stock closes to zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dosing.pharmacy.ledger import lots_of
from dosing.pharmacy.models import StockEntry
from dosing.pharmacy.stock import used_vials
from randomization.verification import Report, Verifier
from trial.core.sentences import Sentence, Words, counted
from trial.models import Site
from trial.refusals import Refusal


def stocks() -> Iterator[Report]:
    """Every site: vials taken from each lot are as many as syringes made from it."""
    for site in Site.objects.select_related("trial").order_by("trial", "number"):
        moved = StockEntry.objects.filter(site=site).count()
        yield Report(
            Sentence("stock of %(site)s", site=f"{site.trial_id}/{site.number}"), moved, _fault(site)
        )


def _fault(site: Site) -> Words:
    try:
        used = used_vials(site)
        wrong = [lot for lot in lots_of(site).values() if lot.taken != used[lot.id]]
    except Refusal as refusal:
        return refusal.sentence
    return (
        counted(
            "%(count)s lot does not close: vials taken and syringes made differ",
            "%(count)s lots do not close: vials taken and syringes made differ",
            count=len(wrong),
        )
        if wrong
        else ""
    )


VERIFIERS: Sequence[Verifier] = (stocks,)
