"""The calendar of a participant as it was planned.

Nothing here, and nothing that points here from the blinded side, knows an arm.
"""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Participant, ProtocolVersion
from trial.models.replay import Replayed

PLANNED_BY = (
    *("calendar.booked", "calendar.amended", "course.moved", "calendar.followed"),
    *("participant.withdrawn", "participant.end_corrected", "participant.found"),
)
"""The acts that write a plan: an end of treatment and what takes it back may plan visits of their own."""


class Plan(models.Model):
    """A calendar planned from one first injection. A new plan supersedes the one before it."""

    replay = Replayed(
        key=("participant__number", "made_at"),
        entered_by=PLANNED_BY,
        at="made_at",
        by="made_by",
    )

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

    replay = Replayed(
        key=("plan__participant__number", "plan__made_at", "number"),
        entered_by=PLANNED_BY,
        trial="plan__participant__trial",
        participant="plan__participant__number",
        at="plan__made_at",
        by="plan__made_by",
    )

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
    """One visit of a plan, with its window; `falls_away` if it ends with a treatment that is ended early."""

    replay = Replayed(
        key=("plan__participant__number", "plan__made_at", "code"),
        entered_by=PLANNED_BY,
        trial="plan__participant__trial",
        participant="plan__participant__number",
        at="plan__made_at",
        by="plan__made_by",
    )

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="visits")
    code = models.CharField(max_length=40)
    trial_day = models.IntegerField()
    date = models.DateField()
    earliest = models.DateField()
    latest = models.DateField()
    falls_away = models.BooleanField(null=True)

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
