"""Reminders, and the heartbeat of the tick that sends them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dosing.core.events import Event
from trial.models import Participant
from trial.models.replay import NotReplayed, Replayed


class ReminderState(models.TextChoices):
    """Where a reminder stands. Only `open` ones are ever sent."""

    OPEN = "open", pgettext_lazy("reminder", "planned")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")
    SKIPPED = "skipped", _("not sent: no address")
    OVERDUE = "overdue", _("not sent: its day had passed")
    FAILED = "failed", _("failed")


class Reminder(models.Model):
    """One message that falls due. The row is the truth; Celery and Redis only ring the bell.

    `key` is unique: planning the same thing again cannot make a second message. `claimed_until`
    is the lease of the worker that is sending it; `claim` is that lease's fencing token.
    """

    replay = Replayed(
        key=("key",),
        entered_by=("reminder.sent", "reminder.skipped", "reminder.overdue", "reminder.failed"),
        at="",
        by="",
        free={
            "due_at": "moves with the rules of time zones; what counts is when it was sent",
            "attempts": "counts tries",
            "claim": "the lease of a worker",
            "claimed_until": "the lease of a worker",
            "failure": "why a try failed",
        },
        only={"state__in": ("sent", "skipped", "overdue", "failed")},
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="reminders")
    rule = models.CharField(max_length=40)
    recipient = models.CharField(max_length=12)
    event = models.CharField(max_length=40)
    event_date = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ReminderState, default=ReminderState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(state="open"), name="reminders_still_open"
            ),
        ]

    @property
    def announces(self) -> Event:
        """What the message is about. Raises UnknownEvent for a text that this version does not know."""
        return Event.parse(self.event)


class ZoneRules(models.Model):
    """Under which rules of time zones the open reminders were planned: the newest row's."""

    replay = NotReplayed("which rules of time zones were followed; a machine's affair")

    sequence = models.PositiveIntegerField(unique=True)
    version = models.CharField(max_length=40)
    at = models.DateTimeField()


class Heartbeat(models.Model):
    """When the reminder tick last ran to its end, so that silence can be noticed. No page shows it yet."""

    replay = NotReplayed("when the tick last ran; overwritten each time")

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
