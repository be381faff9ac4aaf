"""What a participant's status means for the calendar, said once for every status; and what stops days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import assert_never
from uuid import UUID

from dosing.core.stops import HOLD, Stand, Stops, Treatment, counted_from, holds_in, stops_from
from trial.models import ParticipantStatus, Status
from trial.queries import counting
from trial.wording.clock import day_at


def treatment_of(status: str) -> Treatment:
    """What this status leaves of the calendar. Raises ValueError for one that is not known."""
    match known := Status(status):
        case (
            Status.SCREENING
            | Status.SCREEN_FAILED
            | Status.ELIGIBLE
            | Status.RANDOMIZED
            | Status.ON_TREATMENT
        ):
            return Treatment.GOES_ON
        case Status.ON_HOLD:
            return Treatment.HELD
        case Status.FOLLOW_UP:
            return Treatment.OVER
        case Status.COMPLETED | Status.WITHDRAWN | Status.MISTAKE:
            return Treatment.LEFT
        case _:
            assert_never(known)


def stops_of(people: Iterable[tuple[UUID, str]]) -> Mapping[UUID, Stops]:
    """What stops the days of these participants, by participant; who is not there has nothing stopped.

    Each comes with the present status: one query for those whose treatment does not simply go on, and none
    where there is nobody.
    """
    asked = {person for person, status in people if treatment_of(status) is not Treatment.GOES_ON}
    if not asked:
        return {}
    rows: dict[UUID, list[ParticipantStatus]] = {}
    found = ParticipantStatus.objects.filter(participant__in=asked).select_related("participant__site")
    for row in found.order_by("participant", "sequence"):
        rows.setdefault(row.participant_id, []).append(row)
    return {person: stops_by(counting(statuses)) for person, statuses in rows.items()}


def stops_by(statuses: Iterable[ParticipantStatus]) -> Stops:
    """What stops the days of one participant, by the statuses that count."""
    return stops_from([_stand(row) for row in statuses])


def hold_counts_from(statuses: Iterable[ParticipantStatus], today: date) -> date:
    """The day from which a hold that begins today is counted, by the statuses that count."""
    return counted_from(today, holds_in([_stand(row) for row in statuses]))


def _stand(row: ParticipantStatus) -> Stand:
    treatment = treatment_of(row.status)
    what = HOLD if treatment is Treatment.HELD else row.scope
    return Stand(treatment, what, row.ended_on or day_at(row.participant.site, row.at))
