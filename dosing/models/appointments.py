"""At what hour somebody is expected on a planned day."""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Participant
from trial.models.replay import Replayed


class Appointment(models.Model):
    """The hour of one injection (`number`, from 1) or one visit (`code`). The highest `sequence` counts.

    `hour` is the time that the clocks of the site show; none where the appointment was taken back. It has no
    day: whenever the day moves, the hour moves with it.
    """

    replay = Replayed(key=("participant__number", "number", "code", "sequence"), entered_by=("hour.set",))

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="appointments")
    number = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=40, blank=True)
    sequence = models.PositiveSmallIntegerField()
    hour = models.TimeField(null=True)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "number", "code", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number", "code", "sequence"], name="one_hour_at_a_time"
            ),
            models.CheckConstraint(
                name="an_hour_is_of_an_injection_or_of_a_visit",
                condition=models.Q(number=0) & ~models.Q(code="") | models.Q(number__gt=0, code=""),
            ),
        ]
