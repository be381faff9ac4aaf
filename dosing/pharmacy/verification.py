"""What `manage.py verify` checks in the pharmacy: every box opens, and the stock closes to zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dosing.models import Readiness
from dosing.pharmacy.ledger import lots_of
from dosing.pharmacy.models import Announcement, StockEntry
from dosing.pharmacy.stock import used_vials
from randomization.verifying.reports import Report, Verifier
from trial.core.sentences import Sentence, Words, counted
from trial.models import Site, Trial
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


def ready() -> Iterator[Report]:
    """Every trial: what shows to the clinic as ready was released and published, and the other way round."""
    for trial in Trial.objects.order_by("pk"):
        shown = Readiness.objects.filter(participant__trial=trial)
        fault = next(_ready_faults(trial), "")
        yield Report(Sentence("readiness in %(trial)s", trial=trial.pk), shown.count(), fault)


def _ready_faults(trial: Trial) -> Iterator[Sentence]:
    whose = "step__preparation"
    names = (f"{whose}__participant__number", f"{whose}__number", f"{whose}__date", "due_at")
    told = Announcement.objects.filter(
        step__preparation__participant__trial=trial, published_at__isnull=False, withdrawn_at=None
    )
    published = set(told.values_list(*names))
    rows = Readiness.objects.filter(participant__trial=trial)
    shown = set(rows.values_list("participant__number", "number", "date", "visible_from"))
    for participant, number, *_when in sorted(shown - published):
        yield Sentence(
            "injection %(number)s of %(participant)s shows as ready, and no release was published",
            number=number,
            participant=participant,
        )
    for participant, number, *_when in sorted(published - shown):
        yield Sentence(
            "injection %(number)s of %(participant)s was published as ready, and does not show so",
            number=number,
            participant=participant,
        )


VERIFIERS: Sequence[Verifier] = (stocks, ready)
