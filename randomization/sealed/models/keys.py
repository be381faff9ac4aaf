"""That a recovery key was proved, and that boxes were sealed anew for another key."""

from __future__ import annotations

from django.db import models

from randomization.sealed.models.boxes import Recipient
from trial.models import Delegation
from trial.models.replay import Replayed


class KeyProof(models.Model):
    """Somebody showed that the private half of a recovery key exists and opens what is sealed for it."""

    replay = Replayed(
        key=("key_id", "at"),
        entered_by=("recovery_key.proved",),
        trial="by__trial",
        participant="",
        sealed=True,
    )

    key_id = models.CharField(max_length=16)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]


class Rekeying(models.Model):
    """A recipient's boxes were sealed anew for another key. What they hold and its commitments stayed."""

    replay = Replayed(
        key=("recipient", "key_id"),
        entered_by=("keys.changed",),
        trial="by__trial",
        participant="",
        sealed=True,
    )

    recipient = models.CharField(max_length=8, choices=Recipient)
    key_id = models.CharField(max_length=16)
    boxes = models.PositiveIntegerField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key_id"], name="boxes_move_to_a_key_once"),
        ]
