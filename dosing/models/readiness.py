"""The one word that the pharmacy says: ready."""

from __future__ import annotations

import uuid

from django.db import models

from trial.models import Participant
from trial.models.replay import NotReplayed


class Readiness(models.Model):
    """The one thing that the clinic learns from the pharmacy: the syringe is ready.

    `visible_from` lies on a fixed grid of the day and says nothing about when, by whom or how
    long something was prepared. Written by the pharmacy door when that moment has come and never before,
    all rows of one moment together, in the order of participants' numbers; the key is random.
    """

    replay = NotReplayed(
        "follows from the releases, which the sealed trail keeps; no entry of the clinic tells when"
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="readiness")
    number = models.PositiveSmallIntegerField()
    date = models.DateField()
    visible_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "number", "date"], name="ready_is_said_once"),
        ]
