"""One tick: send what is due and leave a heartbeat. The same with Celery and without any broker."""

from __future__ import annotations

from datetime import datetime

from dosing.reminders.sending import Clock, leave_heartbeat, send_due
from dosing.reminders.zone_rules import follow_zone_rules
from dosing.services.long_holds import note_long_holds
from dosing.services.unreleased import note_unreleased
from randomization.anchoring import anchor_tonight
from randomization.code_break_mail import send_notices
from trial.models import AuditChain
from trial.people.tries.alarms import send_alarms


def tick(*, at: datetime, clock: Clock | None = None) -> int:
    """Send every due reminder and note that the tick came to its end. Returns how many were sent.

    Rules of time zones that changed are followed first. Notices of broken codes and alarms leave with it.
    Holds that have passed their last day are noted, and doses given without release. At night the heads of
    the blinded chains are anchored. Mail takes its time; with a `clock` whatever comes after it is of the
    moment at which it is done.
    """
    now = clock or (lambda: at)
    follow_zone_rules(at=at)
    sent = send_due(at=at, clock=now)
    send_notices(at=now())
    send_alarms(at=now())
    note_long_holds(at=now())
    note_unreleased(at=now())
    anchor_tonight("blinded", AuditChain, at=now())
    leave_heartbeat(at=now())
    return sent
