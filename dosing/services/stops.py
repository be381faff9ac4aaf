"""When treatment was stopped: by a hold, or for good by an end. Reaching follow-up stops nothing."""

from __future__ import annotations

from datetime import date, datetime

from trial.clock import day_at
from trial.models import Participant, ParticipantStatus, Status


def stop_at(participant: Participant, moment: datetime) -> ParticipantStatus | None:
    """The hold or the end that was in force at that moment, whether or not it was released since.

    Treatment that ended does not begin again, also of somebody who was lost and is found.
    """
    before = [row for row in participant.statuses.order_by("sequence") if row.at <= moment]
    if before and before[-1].status == Status.ON_HOLD:
        return before[-1]
    return next((row for row in before if row.scope), None)


def treatment_ended_on(participant: Participant) -> date | None:
    """The site's day on which treatment ended for good, if it has; of a death or a loss its own day."""
    end = participant.statuses.exclude(scope="").order_by("sequence").first()
    return (end.ended_on or day_at(participant.site, end.at)) if end else None
