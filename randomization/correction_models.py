"""Corrections of a draw, kept beside it. The envelope stays as it was drawn.

Yelland and colleagues (2015, PMC4509880): document an error of randomisation, do not undo it.
"""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Participant
from trial.models.replay import Replayed


class TrueStratum(models.Model):
    """The stratum that the participant really belongs to, found out after the draw. The latest row counts.

    `drawn_as` is the stratum whose envelope was drawn and is kept.
    """

    replay = Replayed(key=("participant__number", "at"), entered_by=("randomization.stratum_corrected",))

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="true_strata")
    drawn_as = models.CharField(max_length=95)
    key = models.CharField(max_length=95)
    reason = models.TextField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="a_true_stratum_has_a_reason", condition=~models.Q(reason="") & ~models.Q(key="")
            ),
        ]


class RandomizedInError(models.Model):
    """The participant should not have been randomised. Envelope and follow-up are kept all the same."""

    replay = Replayed(key=("participant__number",), entered_by=("randomization.flagged_in_error",))

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="randomized_in_error")
    reason = models.TextField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_error_has_a_reason", condition=~models.Q(reason="")),
        ]


class PaperDraw(models.Model):
    """An envelope that was drawn on paper at `happened_at` and entered at its `drawn_at`, later."""

    replay = Replayed(
        key=("envelope__number",),
        entered_by=("envelope.drawn",),
        trial="envelope__stratum__list__trial",
        participant="envelope__participant__number",
    )

    envelope = models.OneToOneField("randomization.Envelope", models.PROTECT, related_name="paper_draw")
    happened_at = models.DateTimeField()
    reason = models.TextField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_paper_draw_has_a_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="a_paper_draw_happened_before_its_entry",
                condition=models.Q(happened_at__lte=models.F("at")),
            ),
        ]
