"""The audit trail's tables: append-only, gapless, hash-chained.

There is one chain for each site of a trial and one for the trial itself, so that what one site
does never shows in what another is given; and beside each, of its own, those of who came to the door and of
who tried to (`ChainKind`). The sealed side keeps chains of the same shape (`randomization.sealed`), which
the clinic cannot read.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.models.replay import NotReplayed
from trial.models.trials import Site, Trial

GENESIS = "0" * 64


class ChainKind(models.TextChoices):
    """What a chain holds. Each kind has heads of its own: nobody outside can fill or lock those of acts."""

    ACTS = "acts", _("acts")
    DOOR = "door", _("log-ins, files and refusals")
    TRIES = "tries", _("tries to get in")


class AuditChainBase(models.Model):
    """The head of a chain: locked while an entry is appended, so that numbers have no gap."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=8, choices=ChainKind, default=ChainKind.ACTS, db_default=ChainKind.ACTS.value
    )
    sequence = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        abstract = True


class AuditChain(AuditChainBase):
    """A chain of the blinded trail. `site` is empty for what concerns the trial as a whole."""

    replay = NotReplayed("the trail itself; its hashes are checked")

    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "site", "kind"], name="a_site_has_one_audit_chain_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["trial", "kind"],
                condition=models.Q(site=None),
                name="a_trial_has_one_chain_of_a_kind_of_its_own",
            ),
        ]


NOT_SHOWN = {"envelope.drawn": frozenset({"position"})}
"""By action, what bodies of early entries hold and nobody is shown: the place in the list, beside a target
that everybody knows, is the number of envelopes left."""


ANSWERS = frozenset({"participant.eligibility_checked", "participant.checklist_kept"})
"""Actions whose bodies hold answers to criteria."""

NO_DUTY = "no_duty"
"""In place of a role, for a person whose duty had ended when they came to the door all the same."""

HIDDEN = "•••"
"""What stands in the place of an answer that the reader may not see. The same in every language."""


class AuditEntryBase(models.Model):
    """One entry: who, in which role, did what to what, when and why.

    `body` is canonical JSON text, stored as the text that was hashed; `hash` covers everything
    that the entry says and the hash before it. `rows` are the rows that were written with it, as `verify`
    compares them (`trial.models.replay`); nobody is shown them, and older entries have none.
    """

    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=24)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    # Null and no default: SQLite then adds the column in place, and the table keeps its triggers.
    rows = models.TextField(null=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def shown(self) -> dict[str, Any]:
        """What of the body the reader may know.

        Not what would tell how much of a list is left, which early entries of draws hold; and not the
        answers to sensitive criteria, nor which of them failed, unless the reader sees these. `hides`
        names them, as `queries.for_reader` says; without a reader no answer is shown at all. The whole
        text stays under its hash, for `verify`.
        """
        body: dict[str, Any] = json.loads(self.body)
        hidden = NOT_SHOWN.get(self.action, frozenset())
        left = {name: value for name, value in body.items() if name not in hidden}
        return _without_answers(left, getattr(self, "hides", None)) if self.action in ANSWERS else left


def _without_answers(body: dict[str, Any], hides: str | None) -> dict[str, Any]:
    """The body with HIDDEN for each answer that is named, for all of them if none is."""
    named = None if hides is None else set(hides.split())

    def hidden(name: str) -> bool:
        return named is None or name in named

    for part in {"answers", "confirmed"} & body.keys():
        body[part] = {name: HIDDEN if hidden(name) else value for name, value in body[part].items()}
    if "failed" in body:
        body["failed"] = [HIDDEN if hidden(name) else name for name in body["failed"]]
    return body


class AuditEntry(AuditEntryBase):
    """An entry of the blinded trail."""

    replay = NotReplayed("the trail itself; its hashes are checked")

    chain = models.ForeignKey(AuditChain, models.PROTECT, related_name="entries")

    class Meta:
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_entries_have_no_double"),
        ]
