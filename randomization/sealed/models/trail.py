"""The sealed trail: who made, checked or opened what."""

from __future__ import annotations

from django.db import models

from trial.models import AuditChainBase, AuditEntryBase
from trial.models.replay import NotReplayed


class SealedAuditChain(AuditChainBase):
    """The head of a chain of a trial's sealed trail: of one kind."""

    replay = NotReplayed("the trail itself; its hashes are checked")

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(fields=["trial", "kind"], name="a_trial_has_one_sealed_chain_of_a_kind")
        ]


class SealedAuditEntry(AuditEntryBase):
    """Who made, checked or opened what, when and why. Written before anything is opened."""

    replay = NotReplayed("the trail itself; its hashes are checked")

    chain = models.ForeignKey(SealedAuditChain, models.PROTECT, related_name="entries")

    class Meta:
        app_label = "sealed"
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="sealed_entries_have_no_double"),
        ]
