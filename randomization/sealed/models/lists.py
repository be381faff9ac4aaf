"""What a list's envelopes and its making hold, as ciphertext.

These rows point at the blinded ones and never the other way round (`related_name="+"`): a query of
the clinic cannot walk from an envelope to its seal.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from randomization.models import Envelope, RandomizationList
from randomization.sealed.models.boxes import ENVELOPE_BOX_BYTES, Box
from trial.models import Delegation
from trial.models.replay import NotReplayed, Replayed


class Seal(Box):
    """What one envelope holds. Every box has the same length, so its size betrays no arm."""

    replay = NotReplayed("opened, and compared with commitment and seed; see the check of contents")

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(
                fields=["envelope", "recipient"], name="one_seal_per_envelope_and_recipient"
            ),
            models.CheckConstraint(
                name="a_seal_betrays_nothing_by_its_length",
                condition=Exact(Length("box"), ENVELOPE_BOX_BYTES),
            ),
        ]


class ListSecret(Box):
    """A list's seed and design, from which the whole list can be made again."""

    replay = NotReplayed("opened, and compared with commitment and seed; see the check of contents")

    list = models.ForeignKey(RandomizationList, models.PROTECT, related_name="+")

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(fields=["list", "recipient"], name="one_secret_per_list_and_recipient"),
        ]


class SetAside(models.Model):
    """A draft that is not used: who set it aside before it was sealed, when, and why.

    The reason may name arms, so it stands in the sealed half alone.
    """

    replay = Replayed(
        key=("list__name",),
        entered_by=("list.set_aside",),
        trial="list__trial",
        participant="",
        sealed=True,
    )

    list = models.OneToOneField(RandomizationList, models.PROTECT, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="a_list_is_set_aside_with_a_reason", condition=~Q(reason=""))
        ]
