"""The sealed trail: who made, checked or opened what."""

from __future__ import annotations

from django.db import models

from trial.models import AuditChainBase, AuditEntryBase


class SealedAuditChain(AuditChainBase):
    """The head of a trial's sealed trail."""

    class Meta:
        app_label = "sealed"
        constraints = [models.UniqueConstraint(fields=["trial"], name="a_trial_has_one_sealed_chain")]


class SealedAuditEntry(AuditEntryBase):
    """Who made, checked or opened what, when and why. Written before anything is opened."""

    chain = models.ForeignKey(SealedAuditChain, models.PROTECT, related_name="entries")

    class Meta:
        app_label = "sealed"
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="sealed_entries_have_no_double"),
        ]
