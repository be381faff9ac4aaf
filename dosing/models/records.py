"""What became of each injection and visit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dosing.models.plans import PLANNED_BY
from trial.models import Delegation, Participant
from trial.models.replay import Replayed


class InjectionOutcome(models.TextChoices):
    """What became of a planned injection.

    REOPENED is written by the booking alone: day 1 was moved before any injection was given, so one
    that was missed until then lies ahead again. NOT_APPLICABLE is said by whoever moves somebody to a
    protocol version that puts the day into the past.
    """

    GIVEN = "given", _("given")
    PARTIAL = "partial", _("partly given")
    MISSED = "missed", _("not given")
    REOPENED = "reopened", _("planned again, because day 1 was moved")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


RECORDABLE = [
    (outcome.value, outcome.label)
    for outcome in (InjectionOutcome.GIVEN, InjectionOutcome.PARTIAL, InjectionOutcome.MISSED)
]
"""What a person may record of an injection."""


WITHOUT_A_MOMENT = (
    InjectionOutcome.MISSED.value,
    InjectionOutcome.REOPENED.value,
    InjectionOutcome.NOT_APPLICABLE.value,
)


class VisitOutcome(models.TextChoices):
    """What became of a planned visit; NOT_APPLICABLE as of an injection."""

    DONE = "done", _("done")
    MISSED = "missed", _("missed")
    MOVED = "moved", _("moved")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


RECORDABLE_OF_A_VISIT = [
    (outcome.value, outcome.label) for outcome in (VisitOutcome.DONE, VisitOutcome.MISSED, VisitOutcome.MOVED)
]
"""What a person may record of a visit."""


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
    """The injection site on the body."""

    ABDOMEN_LEFT = "abdomen_left", _("abdomen, left")
    ABDOMEN_RIGHT = "abdomen_right", _("abdomen, right")
    THIGH_LEFT = "thigh_left", _("thigh, left")
    THIGH_RIGHT = "thigh_right", _("thigh, right")
    ARM_LEFT = "arm_left", _("upper arm, left")
    ARM_RIGHT = "arm_right", _("upper arm, right")


class Timing(models.TextChoices):
    """Whether something was done on its day, in its window, before or after it."""

    ON_DAY = "on_day", _("on its day")
    IN_WINDOW = "in_window", _("in its window")
    EARLY = "early", _("before its window")
    LATE = "late", _("after its window")


class InjectionRecord(models.Model):
    """What happened to one injection. A correction is a new row; the highest `sequence` counts."""

    replay = Replayed(
        key=("participant__number", "number", "sequence"),
        entered_by=("injection.recorded", "injection.corrected", "calendar.booked", "calendar.amended"),
        at="recorded_at",
        by="recorded_by",
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="injection_records")
    number = models.PositiveSmallIntegerField()
    sequence = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=14, choices=InjectionOutcome)
    happened_at = models.DateTimeField(null=True)
    timing = models.CharField(max_length=10, blank=True, choices=Timing)
    place = models.CharField(max_length=10, blank=True, choices=Place)
    body_site = models.CharField(max_length=16, blank=True, choices=BodySite)
    given_by = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    # Null and no default: SQLite then adds the column in place, and the table keeps its triggers.
    cause = models.CharField(max_length=12, null=True, choices=Cause)
    # Null: it was missed, nothing is released in this trial, or it was recorded before anybody was asked.
    without_release = models.BooleanField(null=True)
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

    replay = Replayed(
        key=("participant__number", "code", "sequence"),
        entered_by=(
            *("visit.recorded", "visit.corrected"),
            *PLANNED_BY,
        ),
        at="recorded_at",
        by="recorded_by",
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="visit_records")
    code = models.CharField(max_length=40)
    sequence = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=14, choices=VisitOutcome)
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
