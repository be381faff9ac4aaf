"""The audit trail's tables: append-only, gapless, hash-chained.

There is one chain for each site of a trial and one for the trial itself, so that what one site
does never shows in what another is given. The sealed side keeps a chain of its own in the same
shape (`randomization.sealed`), which the clinic cannot read.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from trial.models.trials import Site, Trial

GENESIS = "0" * 64


class AuditChainBase(models.Model):
    """The head of a chain: locked while an entry is appended, so that numbers have no gap."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        abstract = True


class AuditChain(AuditChainBase):
    """A chain of the blinded trail. `site` is empty for what concerns the trial as a whole."""

    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "site"], name="a_site_has_one_audit_chain"),
            models.UniqueConstraint(
                fields=["trial"], condition=models.Q(site=None), name="a_trial_has_one_chain_of_its_own"
            ),
        ]


NOT_SHOWN = {"envelope.drawn": frozenset({"position"})}
"""By action, what bodies of early entries hold and nobody is shown: the place in the list, beside a target
that everybody knows, is the number of envelopes left."""


class AuditEntryBase(models.Model):
    """One entry: who, in which role, did what to what, when and why.

    `body` is canonical JSON text, stored as the text that was hashed; `hash` covers everything
    that the entry says and the hash before it.
    """

    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=24)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def shown(self) -> dict[str, Any]:
        """What of the body people may read: all of it, but for what would tell how much of a list is left.

        Only early entries of draws hold such a thing; the whole text stays under its hash, for `verify`.
        """
        body: dict[str, Any] = json.loads(self.body)
        hidden = NOT_SHOWN.get(self.action, frozenset())
        return {name: value for name, value in body.items() if name not in hidden}


class AuditEntry(AuditEntryBase):
    """An entry of the blinded trail."""

    chain = models.ForeignKey(AuditChain, models.PROTECT, related_name="entries")

    class Meta:
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_entries_have_no_double"),
        ]
