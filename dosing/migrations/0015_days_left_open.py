"""Whose days before a hold or an end were never asked for, and reminders of visits during a hold.

Until now every open day of somebody who was on hold or had left was taken for stopped, and a hold stopped
the reminders of visits as well.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import Q

STOPPED = {"on_hold", "follow_up", "completed", "withdrawn"}


def _newest(rows: Any, key: str) -> dict[Any, Any]:
    """The newest row of each, where the rows come oldest first."""
    return {getattr(row, key): row for row in rows}


def note_what_was_left_open(apps: Any, _schema: Any) -> None:
    """A row for each participant who is on hold or has left, of whom an earlier day is not recorded."""
    model = apps.get_model
    people = model("trial", "Participant").objects.select_related("site")
    locked = set(model("trial", "DataLock").objects.values_list("trial", flat=True))
    statuses = model("trial", "ParticipantStatus").objects.order_by("sequence")
    standing = _newest(statuses, "participant_id")
    plans = {plan.participant_id: plan for plan in model("dosing", "Plan").objects.filter(superseded_at=None)}
    for person in people.filter(pk__in=plans).exclude(trial__in=locked).order_by("pk"):
        latest, plan = standing[person.pk], plans[person.pk]
        if latest.status not in STOPPED:
            continue
        zone = ZoneInfo(person.site.zone)
        through = latest.at.astimezone(zone).date()
        if _open_days(apps, person, plan, through):
            model("dosing", "LeftOpen").objects.create(participant=person, through=through)
        if latest.status == "on_hold":
            _remind_of_visits(apps, person, plan, datetime.now(UTC), zone)


def _open_days(apps: Any, person: Any, plan: Any, through: Any) -> bool:
    """Whether something that was planned up to that day is not recorded."""
    doses, seen = _records(apps, person)
    done = {number for number, row in doses.items() if row.outcome != "reopened"}
    over = {code for code, row in seen.items() if row.outcome != "moved"}
    injections = plan.injections.filter(date__lte=through).exclude(number__in=done)
    return injections.exists() or plan.visits.filter(date__lte=through).exclude(code__in=over).exists()


def _records(apps: Any, person: Any) -> tuple[dict[int, Any], dict[str, Any]]:
    doses = apps.get_model("dosing", "InjectionRecord").objects.filter(participant=person)
    seen = apps.get_model("dosing", "VisitRecord").objects.filter(participant=person)
    return _newest(doses.order_by("sequence"), "number"), _newest(seen.order_by("sequence"), "code")


def _remind_of_visits(apps: Any, person: Any, plan: Any, now: datetime, zone: ZoneInfo) -> None:
    """Open again what the hold closed of visits that are still expected."""
    _doses, seen = _records(apps, person)
    expected = set()
    for visit in plan.visits.all():
        row = seen.get(visit.code)
        if row is None or row.outcome == "moved":
            expected.add((f"visit:{visit.code}", row.day if row and row.day else visit.date))
    contacts = apps.get_model("trial", "ContactDetails").objects.filter(participant=person)
    contact = contacts.order_by("id").last()
    ahead = Q(due_at__gt=now) | Q(event_date__gt=now.astimezone(zone).date())
    closed = apps.get_model("dosing", "Reminder").objects.filter(ahead, participant=person, state="cancelled")
    if contact and contact.withdrawn_at:
        closed = closed.exclude(recipient="participant")
    again = [row.pk for row in closed if (row.event, row.event_date) in expected]
    closed.filter(pk__in=again).update(state="open")


class Migration(migrations.Migration):
    dependencies = [
        ("dosing", "0014_one_state_per_day"),
        ("trial", "0019_factors_at_the_pharmacy"),
    ]

    operations = [migrations.RunPython(note_what_was_left_open, migrations.RunPython.noop)]
