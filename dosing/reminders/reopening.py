"""Reminders of somebody who agrees to them again after having taken the consent back."""

from __future__ import annotations

from datetime import datetime

from dosing.reminders.planning import kinds_open, reopen_reminders
from trial.models import CurrentParticipant


def remind_again(participant: CurrentParticipant, at: datetime) -> None:
    """Open what lies ahead of the present plan: during a hold and after the treatment its visits alone.

    What a hold keeps closed its release opens, since there is an address again.
    """
    kinds = kinds_open(participant.current_status)
    reopen_reminders(participant=participant, at=at, kinds=kinds)
