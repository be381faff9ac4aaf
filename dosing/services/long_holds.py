"""Holds that last beyond their last day: noticed by the tick, a deviation each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dosing.services.drafting import draft_hold, numbers
from trial.audit import record_about
from trial.models import Participant, ParticipantStatus, Status
from trial.queries import not_locked, with_status
from trial.wording.clock import day_at


def note_long_holds(*, at: datetime) -> int:
    """Draft a deviation for every hold that has passed its last day. Returns how many were drafted."""
    open_ = Participant.objects.filter(not_locked("trial"))
    held = with_status(open_.select_related("site", "trial"))
    long = passed(held.filter(current_status=Status.ON_HOLD), at)  # type: ignore[misc]
    return sum(_note(participant, at) for participant, _hold in long)


def passed(held: Iterable[Participant], at: datetime) -> list[tuple[Participant, ParticipantStatus]]:
    """Those of the participants on hold whose hold has passed its last day, with the hold."""
    people = list(held)
    if not people:
        return []
    rows = ParticipantStatus.objects.filter(participant__in=people).order_by("sequence")
    latest = {row.participant_id: row for row in rows}
    return [
        (person, latest[person.pk])
        for person in people
        if (until := latest[person.pk].until) and day_at(person.site, at) > until
    ]


@transaction.atomic
def _note(participant: Participant, at: datetime) -> int:
    """Look again under the lock: the hold may have been released, or the data locked meanwhile."""
    Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if not Participant.objects.filter(not_locked("trial"), pk=participant.pk).exists():
        return 0
    latest = participant.statuses.order_by("-sequence")[0]
    if latest.status != Status.ON_HOLD:
        return 0
    drafts = draft_hold(latest, participant, by=None, at=at)
    if drafts:
        body = {"deviations": numbers(drafts), "until": latest.until and latest.until.isoformat()}
        record_about(participant, "deviation.drafted", by=None, at=at, body=body)
    return len(drafts)
