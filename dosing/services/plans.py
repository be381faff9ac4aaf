"""Writing a plan down, in place of the one before."""

from __future__ import annotations

from datetime import datetime

from dosing.core.planned import Calendar
from dosing.models import Plan, PlannedInjection, PlannedVisit
from trial.models import Delegation, Participant, ProtocolVersion


def replace_plan(
    participant: Participant,
    version: ProtocolVersion,
    calendar: Calendar,
    by: Delegation,
    at: datetime,
    reason: str,
) -> Plan:
    """Supersede the present plan, if there is one, and write the calendar as the new one.

    The caller holds the participant's lock, sees to the reminders and writes the audit entry.
    """
    Plan.objects.filter(participant=participant, superseded_at=None).update(superseded_at=at)
    written = Plan.objects.create(
        participant=participant,
        first_injection=calendar.first_injection,
        protocol_version=version,
        made_by=by,
        made_at=at,
        reason=reason,
    )
    PlannedInjection.objects.bulk_create(
        PlannedInjection(
            plan=written,
            number=row.number,
            course=row.course,
            repeat=row.repeat,
            course_number=row.course_number,
            day_in_course=row.day_in_course,
            drug=row.drug,
            trial_day=row.trial_day,
            date=row.date,
            earliest=row.earliest,
            latest=row.latest,
        )
        for row in calendar.injections
    )
    PlannedVisit.objects.bulk_create(
        PlannedVisit(
            plan=written,
            code=row.code,
            trial_day=row.trial_day,
            date=row.date,
            earliest=row.earliest,
            latest=row.latest,
        )
        for row in calendar.visits
    )
    return written
