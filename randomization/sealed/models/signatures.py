"""Signatures of the sealed side: lists, releases, code breaks, the opening at the end."""

from __future__ import annotations

from django.db import models

from trial.models import Delegation, Site, Trial
from trial.models.replay import NotReplayed
from trial.models.signatures import SignatureBase, constraints


class SealedSignature(SignatureBase):
    """A signature of the pharmacy door.

    A code break is signed, so no foreign key of the database points at the clinic's tables: whoever locked
    those rows would keep a doctor waiting (decision 39). A trigger looks instead.
    """

    replay = NotReplayed("written after its entry, whose hash and digest it names: compared with that")

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+", db_constraint=False)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_constraint=False)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        app_label = "sealed"
        ordering = ["id"]
        constraints = constraints("a_sealed_signature")
        indexes = [models.Index(fields=["act", "record"], name="sealed_signatures_of_a_record")]
