"""Open reminders follow the rules of time zones: when those change, the hours are worked out again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from dosing.core.reminders import due_at
from dosing.models import Plan, Reminder, ReminderState, ZoneRules
from trial.audit import record
from trial.core.protocol import ReminderRule
from trial.core.zones import rules
from trial.models import Trial
from trial.queries import not_locked

BATCH = 500


def follow_zone_rules(*, at: datetime) -> int:
    """Plan what is still to come anew when the rules are others than last time. Returns how many rows moved.

    A machine whose rules were older than the package's may have planned an hour off before it took the
    package's. One entry a trial says how many reminders moved. Ticks at the same moment do it once.
    """
    latest = ZoneRules.objects.order_by("sequence").last()
    if latest and latest.version == rules():
        return 0
    try:
        with transaction.atomic():
            sequence = latest.sequence + 1 if latest else 1
            ZoneRules.objects.create(sequence=sequence, version=rules(), at=at)
            return sum(_move(trial, at) for trial in Trial.objects.filter(not_locked("pk")).order_by("pk"))
    except IntegrityError:  # another tick was first
        return 0


def _move(trial: Trial, at: datetime) -> int:
    """Give the waiting reminders of a trial their hour, also those that are closed and may be opened again.

    What is due already leaves now, whatever the rules.
    """
    known = _rules_by_participant(trial)
    waiting = (ReminderState.OPEN, ReminderState.CANCELLED)
    rows = Reminder.objects.filter(participant__trial=trial, state__in=waiting, due_at__gt=at)
    moved = list(_moved(rows.select_related("participant__site").order_by("pk"), known, at))
    Reminder.objects.bulk_update(moved, ["due_at"], batch_size=BATCH)
    if moved:
        body = {"reminders": len(moved), "rules": rules()}
        record(action="reminders.moved", subject=trial.key, by=None, at=at, trial=trial, body=body)
    return len(moved)


def _rules_by_participant(trial: Trial) -> dict[object, dict[str, ReminderRule]]:
    plans = Plan.objects.filter(participant__trial=trial, superseded_at=None)
    return {
        plan.participant_id: {rule.code: rule for rule in plan.protocol_version.protocol.reminders}
        for plan in plans.select_related("protocol_version")
    }


def _moved(
    rows: Iterable[Reminder], known: dict[object, dict[str, ReminderRule]], at: datetime
) -> Iterable[Reminder]:
    for row in rows:
        rule = known.get(row.participant_id, {}).get(row.rule)
        if rule is None:
            continue
        due = max(due_at(rule, row.event_date, row.participant.site.tzinfo), at)
        if due != row.due_at:
            row.due_at = due
            yield row
