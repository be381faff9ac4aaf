"""Reminders of somebody who agrees to them again after having taken the consent back."""

from __future__ import annotations

from datetime import datetime

from dosing.core.events import FOLLOW_UP
from dosing.reminders.planning import STOPPED, reopen_reminders
from trial.models import CurrentParticipant, Status


def remind_again(participant: CurrentParticipant, at: datetime) -> None:
    """Open what lies ahead of the present plan: after the treatment its visits, and nothing during a hold.

    What a hold keeps closed its release opens, since there is an address again.
    """
    status = participant.current_status
    if status not in STOPPED:
        kinds = FOLLOW_UP if status == Status.FOLLOW_UP else None
        reopen_reminders(participant=participant, at=at, kinds=kinds)
