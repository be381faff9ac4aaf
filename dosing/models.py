"""The calendar of a participant and what became of it: plans, records, reminders.

Nothing here, and nothing that points here from the blinded side, knows an arm.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dosing.choice_models import ChoiceKind, ClosedDay, CourseChoice
from dosing.core.events import Event
from dosing.deviation_models import Deviation, DeviationKind, DeviationReview
from dosing.feed_models import CalendarFeed
from trial.models import Delegation, Participant, ProtocolVersion

__all__ = [
    "RECORDABLE",
    "BodySite",
    "CalendarFeed",
    "Cause",
    "ChoiceKind",
    "ClosedDay",
    "CourseChoice",
    "Deviation",
    "DeviationKind",
    "DeviationReview",
    "Heartbeat",
    "InjectionOutcome",
    "InjectionRecord",
    "Place",
    "Plan",
    "PlannedInjection",
    "PlannedVisit",
    "Readiness",
    "Reminder",
    "ReminderState",
    "Timing",
    "VisitOutcome",
    "VisitRecord",
]


class Plan(models.Model):
    """A calendar planned from one first injection. A new plan supersedes the one before it."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="plans")
    first_injection = models.DateField()
    protocol_version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"],
                condition=models.Q(superseded_at=None),
                name="one_current_plan_per_participant",
            ),
        ]


class PlannedInjection(models.Model):
    """One injection of a plan. `number` counts over the whole trial, from 1."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="injections")
    number = models.PositiveSmallIntegerField()
    course = models.CharField(max_length=40)
    repeat = models.PositiveSmallIntegerField()
    course_number = models.PositiveSmallIntegerField()
    day_in_course = models.PositiveSmallIntegerField()
    drug = models.CharField(max_length=40)
    trial_day = models.IntegerField()
    date = models.DateField()
    earliest = models.DateField()
    latest = models.DateField()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["date", "plan"])]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="a_plan_has_each_injection_once"),
            models.CheckConstraint(
                name="an_injection_lies_in_its_window",
                condition=models.Q(earliest__lte=models.F("date")) & models.Q(latest__gte=models.F("date")),
            ),
        ]


class PlannedVisit(models.Model):
    """One visit of a plan, with its window."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="visits")
    code = models.CharField(max_length=40)
    trial_day = models.IntegerField()
    date = models.DateField()
    earliest = models.DateField()
    latest = models.DateField()

    class Meta:
        ordering = ["date", "code"]
        indexes = [models.Index(fields=["date", "plan"])]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="a_plan_has_each_visit_once"),
            models.CheckConstraint(
                name="a_visit_lies_in_its_window",
                condition=models.Q(earliest__lte=models.F("date")) & models.Q(latest__gte=models.F("date")),
            ),
        ]


class InjectionOutcome(models.TextChoices):
    """What became of a planned injection.

    REOPENED is written by the booking alone: day 1 was moved before any injection was given, so one
    that was missed until then lies ahead again.
    """

    GIVEN = "given", _("given")
    PARTIAL = "partial", _("partly given")
    MISSED = "missed", _("not given")
    REOPENED = "reopened", _("planned anew, as day 1 was moved")


RECORDABLE = [
    (outcome.value, outcome.label)
    for outcome in (InjectionOutcome.GIVEN, InjectionOutcome.PARTIAL, InjectionOutcome.MISSED)
]
"""What a person may record of an injection."""
WITHOUT_A_MOMENT = (InjectionOutcome.MISSED.value, InjectionOutcome.REOPENED.value)


class VisitOutcome(models.TextChoices):
    """What became of a planned visit."""

    DONE = "done", _("done")
    MISSED = "missed", _("missed")
    MOVED = "moved", _("moved")


class Cause(models.TextChoices):
    """Why something was not done, or not in full: the coded part of the reason."""

    REFUSED = "refused", _("refused by the participant")
    ILL = "ill", _("illness or adverse event")
    INVESTIGATOR = "investigator", _("decided by the investigator")
    NO_SYRINGE = "no_syringe", _("no usable syringe")
    ABSENT = "absent", _("did not come")
    CLOSED = "closed", _("site closed")
    FORGOTTEN = "forgotten", _("forgotten")
    OTHER = "other", _("other")


class Place(models.TextChoices):
    """Where an injection was given."""

    HOSPITAL = "hospital", _("hospital")
    HOME = "home", _("home")
    OTHER = "other", _("elsewhere")


class BodySite(models.TextChoices):
    """Where on the body it was given."""

    ABDOMEN_LEFT = "abdomen_left", _("abdomen, left")
    ABDOMEN_RIGHT = "abdomen_right", _("abdomen, right")
    THIGH_LEFT = "thigh_left", _("thigh, left")
    THIGH_RIGHT = "thigh_right", _("thigh, right")
    ARM_LEFT = "arm_left", _("upper arm, left")
    ARM_RIGHT = "arm_right", _("upper arm, right")


class Timing(models.TextChoices):
    """How an act lies to its plan."""

    ON_DAY = "on_day", _("on its day")
    IN_WINDOW = "in_window", _("in its window")
    EARLY = "early", _("before its window")
    LATE = "late", _("after its window")


class InjectionRecord(models.Model):
    """What happened to one injection. A correction is a new row; the highest `sequence` counts."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="injection_records")
    number = models.PositiveSmallIntegerField()
    sequence = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8, choices=InjectionOutcome)
    happened_at = models.DateTimeField(null=True)
    timing = models.CharField(max_length=10, blank=True, choices=Timing)
    place = models.CharField(max_length=10, blank=True, choices=Place)
    body_site = models.CharField(max_length=16, blank=True, choices=BodySite)
    given_by = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    # Null and no default: SQLite then adds the column in place, and the table keeps its triggers.
    cause = models.CharField(max_length=12, null=True, choices=Cause)
    recorded_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "number", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number", "sequence"], name="one_truth_at_a_time_about_an_injection"
            ),
            models.CheckConstraint(
                name="an_injection_has_a_moment_or_was_missed",
                condition=models.Q(outcome__in=WITHOUT_A_MOMENT, happened_at=None)
                | (~models.Q(outcome__in=WITHOUT_A_MOMENT) & models.Q(happened_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="what_was_not_given_in_full_has_a_reason",
                condition=models.Q(outcome="given") | ~models.Q(reason=""),
            ),
        ]


class VisitRecord(models.Model):
    """What happened to one visit: done, missed, or moved to another day (`day` is then the new one)."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="visit_records")
    code = models.CharField(max_length=40)
    sequence = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8, choices=VisitOutcome)
    day = models.DateField(null=True)
    timing = models.CharField(max_length=10, blank=True, choices=Timing)
    reason = models.TextField(blank=True)
    cause = models.CharField(max_length=12, null=True, choices=Cause)
    recorded_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "code", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "code", "sequence"], name="one_truth_at_a_time_about_a_visit"
            ),
        ]


class Readiness(models.Model):
    """The one thing that the clinic learns from the pharmacy: the syringe is ready.

    `visible_from` lies on a fixed grid of the day and says nothing about when, by whom or how
    long something was prepared; the key is random, so that it tells no order. Written by the pharmacy door.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="readiness")
    number = models.PositiveSmallIntegerField()
    date = models.DateField()
    visible_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "number", "date"], name="ready_is_said_once"),
        ]


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


class Heartbeat(models.Model):
    """When the reminder tick last ran to its end: shown by `/health`, so that silence is noticed."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
