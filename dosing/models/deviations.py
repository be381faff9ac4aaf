"""Deviations: drafted by the system, classified and closed by a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.models import Delegation, Participant, ProtocolVersion
from trial.models.replay import Replayed


class DeviationKind(models.TextChoices):
    """In what an act departed from the protocol: the values of `dosing.core.deviations.Departure`."""

    INJECTION_EARLY = "injection_early", _("injection before its window")
    INJECTION_LATE = "injection_late", _("injection after its window")
    INJECTION_PARTIAL = "injection_partial", _("injection given in part")
    INJECTION_MISSED = "injection_missed", _("injection missed")
    SAME_DAY = "same_day", _("two injections on one day")
    WHILE_STOPPED = "while_stopped", _("injection while treatment was stopped")
    WITHOUT_RELEASE = "without_release", _("injection given without release")
    DAY_1_TOO_LATE = "day_1_too_late", _("day 1 too long after randomisation")
    DAY_1_TOO_SOON = "day_1_too_soon", _("day 1 too soon after what it has to wait for")
    VISIT_EARLY = "visit_early", _("visit before its window")
    VISIT_LATE = "visit_late", _("visit after its window")
    VISIT_MISSED = "visit_missed", _("visit missed")
    HOLD_TOO_LONG = "hold_too_long", _("hold longer than allowed")
    CONSENT_AFTER_DRAW = "consent_after_draw", _("consent signed after randomisation")
    INJECTION_NO_CONSENT = "injection_no_consent", _("injection before the consent")
    VISIT_NO_CONSENT = "visit_no_consent", _("visit before the consent")
    CONSENT_OFF_PERIOD = "consent_off_period", _("consent outside the screening period")
    CONSENT_INELIGIBLE = "consent_ineligible", _("not shown to be eligible on the day of the consent")
    CONSENT_BEFORE_SITE = "consent_before_site", _("consent signed before the site opened")
    CONSENT_BEFORE_TRIAL = "consent_before_trial", _("consent signed before the trial began")
    DRAWN_BEYOND_TARGET = "drawn_beyond_target", _("randomised beyond a target")
    DRAWN_SITE_SHUT = "drawn_site_shut", _("randomised while the site was not open")


class Deviation(models.Model):
    """One departure as it was drafted, judged against the protocol version that planned the day.

    `event` is `injection:7`, `visit:V3`, `hold:5`, `consent` or `draw`; `record` is the sequence of the
    record that departed: a correction that departs as well is drafted anew. `number` counts within a
    participant.
    """

    replay = Replayed(
        key=("participant__number", "number"),
        entered_by=(
            *("participant.screened", "participant.consented", "participant.consent_corrected"),
            *("envelope.drawn", "deviation.drafted", "treatment.held", "treatment.released"),
            *("injection.recorded", "injection.corrected", "visit.recorded", "visit.corrected"),
        ),
        at="drafted_at",
        by="drafted_by",
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="deviations")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=DeviationKind)
    event = models.CharField(max_length=40)
    record = models.PositiveIntegerField()
    planned = models.DateField(null=True)
    earliest = models.DateField(null=True)
    latest = models.DateField(null=True)
    happened_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    protocol_version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+")
    drafted_by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "number"], name="deviations_are_counted"),
            models.UniqueConstraint(
                fields=["participant", "event", "record", "kind"], name="one_draft_for_each_departure"
            ),
        ]


class DeviationReview(models.Model):
    """A person's word on a deviation: important or not, why, and whether it is closed with that."""

    replay = Replayed(
        key=("deviation__participant__number", "deviation__number", "sequence"),
        entered_by=("deviation.reviewed",),
        trial="deviation__participant__trial",
        participant="deviation__participant__number",
    )

    deviation = models.ForeignKey(Deviation, models.PROTECT, related_name="reviews")
    sequence = models.PositiveSmallIntegerField()
    important = models.BooleanField()
    assessment = models.TextField()
    closed = models.BooleanField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["deviation", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["deviation", "sequence"], name="one_review_at_a_time"),
            models.CheckConstraint(name="a_review_says_why", condition=~models.Q(assessment="")),
        ]
