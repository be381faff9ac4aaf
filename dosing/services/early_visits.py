"""The visits that exist only after an early end of treatment: planned with it, gone with its correction."""

from __future__ import annotations

from datetime import datetime

from dosing.models import Plan
from dosing.reading.situation import facts_of, happened, standing_of
from dosing.reading.versions import by_version
from dosing.reminders.planning import plan_reminders
from dosing.services.plans import replace_plan
from trial.models import CurrentParticipant, Delegation


def plan_early_visits(participant: CurrentParticipant, reason: str, by: Delegation, at: datetime) -> None:
    """Plan the calendar anew where the end that counts now asks for other such visits than are planned.

    The caller holds the lock, has written the status and writes the entry. Nothing is done where the protocol
    of the plan has no such visit.
    """
    plan = (
        Plan.objects.filter(participant=participant, superseded_at=None)
        .select_related("protocol_version")
        .first()
    )
    if plan is None or not plan.protocol_version.protocol.early_visits:
        return
    version, facts = plan.protocol_version, facts_of(plan, participant)
    calendar = by_version(version, facts, happened(participant, plan), standing_of(plan, facts))
    early = {visit.code for visit in version.protocol.early_visits}
    wanted = {(row.code, row.date) for row in calendar.visits if row.code in early}
    if wanted == set(plan.visits.filter(code__in=early).values_list("code", "date")):  # type: ignore[attr-defined]
        return
    replace_plan(participant, version, calendar, by, at, reason)
    plan_reminders(participant=participant, calendar=calendar, protocol=version.protocol, at=at)
