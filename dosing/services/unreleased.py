"""Doses that were given although nothing was released: noticed by the tick, a deviation each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dosing.core.deviations import Departure
from dosing.core.events import DeviationEvent
from dosing.models import Deviation, DeviationKind, InjectionRecord, PlannedInjection
from dosing.reading.grid import GRID, PUBLISHED_AFTER, quarter_of
from dosing.reading.latest_records import IN_PART, latest_records
from dosing.services.drafting import draft, numbers
from dosing.services.releases import showed_ready, told_by, works_with_releases
from trial.audit import record_about
from trial.models import Participant
from trial.queries import not_locked
from trial.wording.clock import day_at


def note_unreleased(*, at: datetime) -> int:
    """Draft a deviation for every dose of which no release showed in time. Returns how many were drafted.

    It goes by the record that counts, and by what the clinic was shown alone: the same in every arm.
    """
    said = latest_records().filter(without_release=True, outcome__in=IN_PART)
    rows = said.filter(not_locked("participant__trial")).select_related("participant__site").order_by("pk")
    return sum(_note(row, at) for row in rows if _is_unreleased(row, at) is not None)


def _is_unreleased(row: InjectionRecord, at: datetime) -> PlannedInjection | None:
    """The planned injection, where its quarter is over and nothing showed until then; else nothing."""
    planned = PlannedInjection.objects.select_related("plan__protocol_version").filter(
        plan__participant=row.participant_id, plan__superseded_at=None, number=row.number
    )
    found = None if _is_drafted(row) else planned.first()
    if found is None or row.happened_at is None:
        return None
    due = told_by(found, row.participant, row.happened_at)
    if at < max(due, quarter_of(row.recorded_at) + GRID) + PUBLISHED_AFTER:
        return None
    if showed_ready(found, row.participant, by=due) or not works_with_releases(row.participant, by=due):
        return None
    return found


def _is_drafted(row: InjectionRecord) -> bool:
    return Deviation.objects.filter(
        participant=row.participant_id,
        event=DeviationEvent.INJECTION.named(row.number),
        record=row.sequence,
        kind=DeviationKind.WITHOUT_RELEASE,
    ).exists()


@transaction.atomic
def _note(row: InjectionRecord, at: datetime) -> int:
    """Look again under the lock: the record may have been corrected, or the data locked meanwhile."""
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=row.participant_id)
    counts = latest_records().filter(not_locked("participant__trial"), pk=row.pk).exists()
    planned = _is_unreleased(row, at) if counts else None
    if planned is None or row.happened_at is None:
        return 0
    made = draft(
        participant,
        Departure.WITHOUT_RELEASE,
        DeviationEvent.INJECTION.named(row.number),
        row.sequence,
        planned.plan.protocol_version,
        None,
        at,
        planned=planned.date,
        earliest=planned.earliest,
        latest=planned.latest,
        happened_on=day_at(row.participant.site, row.happened_at),
        reason=row.reason,
    )
    body = {"deviations": numbers([made]), "injection": row.number}
    record_about(participant, "deviation.drafted", by=None, at=at, body=body)
    return 1
