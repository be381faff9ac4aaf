"""One tick: send what is due and leave a heartbeat. The same with Celery and without any broker."""

from __future__ import annotations

from datetime import datetime

from dosing.reminders.sending import leave_heartbeat, send_due
from dosing.reminders.zone_rules import follow_zone_rules
from dosing.services.long_holds import note_long_holds
from randomization.code_break_mail import send_notices


def tick(*, at: datetime) -> int:
    """Send every due reminder and note that the tick came to its end. Returns how many were sent.

    Rules of time zones that changed are followed first. Notices of broken codes leave with it, and holds
    that have passed their last day are noted.
    """
    follow_zone_rules(at=at)
    sent = send_due(at=at)
    send_notices(at=at)
    note_long_holds(at=at)
    leave_heartbeat(at=at)
    return sent
