"""Secret addresses from which a calendar program fetches a calendar."""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Participant


class CalendarFeed(models.Model):
    """One secret address: for a nurse's whole reach, or (with a participant) for one participant.

    Only the digest of the secret is kept. The feed ends when it is revoked, when the duty of whoever
    made it ends, and for a participant with the consent to be contacted.
    """

    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="feeds")
    language = models.CharField(max_length=8)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
