"""Secret addresses from which a calendar program fetches a calendar."""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Participant
from trial.models.replay import Replayed


class CalendarFeed(models.Model):
    """One secret address: for a nurse's whole reach, or (with a participant) for one participant.

    Only the digest of the secret is kept. `revoked_at` closes it at once. `ended_at` is when the death of
    the participant was recorded: from then on, and from the end of the duty of whoever made it, it only
    cancels what it showed, for a while (`dosing.exporting.winding_down`). The end of the consent to be
    contacted revokes it.
    """

    replay = Replayed(
        key=("digest",),
        entered_by=(
            "feed.made",
            "feed.revoked",
            "participant.withdrawn",
            "participant.end_corrected",
            "contact.erased",
        ),
        trial="made_by__trial",
        participant="",
        at="made_at",
        by="made_by",
    )

    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="feeds")
    language = models.CharField(max_length=8)
    revoked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
