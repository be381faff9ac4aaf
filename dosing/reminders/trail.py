"""What the system enters in the trail by itself.

Apart from the services, because the services import `dosing.reminders.planning`, which needs this.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trial.audit import record
from trial.models import Participant


def enter_by_system(action: str, participant: Participant, at: datetime, body: Mapping[str, Any]) -> None:
    """The audit entry of an act that nobody did by hand, such as a reminder sent."""
    record(
        action=action,
        subject=participant.number,
        by=None,
        at=at,
        trial=participant.trial,
        site=participant.site,
        body=body,
    )
