"""Holds that last beyond their last day: noticed by the tick, a deviation each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dosing.drafting import draft_hold, numbers
from dosing.trail import enter_by_system
from trial.clock import day_at
from trial.models import Delegation, Participant, ParticipantStatus, Status
from trial.queries import participants_for, with_status


def long_holds(by: Delegation, *, at: datetime) -> list[tuple[Participant, ParticipantStatus]]:
    """The participants within reach whose hold has passed its last day, with the hold."""
    return _passed(participants_for(by).filter(current_status=Status.ON_HOLD), at)  # type: ignore[misc]


def note_long_holds(*, at: datetime) -> int:
    """Draft a deviation for every hold that has passed its last day. Returns how many were drafted."""
    held = with_status(Participant.objects.select_related("site", "trial"))
    passed = _passed(held.filter(current_status=Status.ON_HOLD), at)  # type: ignore[misc]
    return sum(_note(participant, at) for participant, _hold in passed)


def _passed(held: object, at: datetime) -> list[tuple[Participant, ParticipantStatus]]:
    people = list(held)  # type: ignore[call-overload]
    rows = ParticipantStatus.objects.filter(participant__in=people).order_by("sequence")
    latest = {row.participant_id: row for row in rows}
    return [
        (person, latest[person.pk])
        for person in people
        if (until := latest[person.pk].until) and day_at(person.site, at) > until
    ]


@transaction.atomic
def _note(participant: Participant, at: datetime) -> int:
    """Look again under the lock: the hold may have been released meanwhile."""
    Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    latest = participant.statuses.order_by("-sequence")[0]
    if latest.status != Status.ON_HOLD:
        return 0
    drafts = draft_hold(latest, participant, by=None, at=at)
    if drafts:
        body = {"deviations": numbers(drafts), "until": latest.until and latest.until.isoformat()}
        enter_by_system("deviation.drafted", participant, at, body)
    return len(drafts)
