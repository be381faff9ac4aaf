"""Visits that took place and that no plan has: CDISC calls them UNSCHEDULED."""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Participant
from trial.models.replay import Replayed


class UnscheduledVisit(models.Model):
    """One visit beside the plan, numbered from 1. A correction is a new row; the highest `sequence` counts.

    `day` and `hour` are those of the site; the hour may be unknown. `taken_back` says that it never took
    place. `why` says why an earlier row is corrected or taken back.
    """

    replay = Replayed(
        key=("participant__number", "number", "sequence"),
        entered_by=("unscheduled.recorded", "unscheduled.corrected", "unscheduled.taken_back"),
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="unscheduled_visits")
    number = models.PositiveSmallIntegerField()
    sequence = models.PositiveSmallIntegerField()
    day = models.DateField()
    hour = models.TimeField(null=True)
    reason = models.TextField()
    taken_back = models.BooleanField()
    why = models.TextField(blank=True)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "number", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number", "sequence"], name="one_truth_about_an_unscheduled_visit"
            ),
            models.CheckConstraint(
                name="a_later_row_of_an_unscheduled_visit_says_why",
                condition=models.Q(sequence=1, taken_back=False) | ~models.Q(why=""),
            ),
        ]
