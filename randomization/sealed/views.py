"""The first page of the pharmacy door, and the sealed trail."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from randomization.sealed.models import SealedAuditChain, SealedAuditEntry, SealedSignature
from randomization.sealed.vault.trail import record_sealed, sealed_chains, sealed_entries
from trial.models import SignatureBase
from trial.pages.countersigning import Countersign
from trial.pages.frame import navigation_of
from trial.pages.middleware import OnDuty
from trial.pages.signatures import SignatureList
from trial.pages.trail import Trail
from trial.people.signing.countersigning import Enters
from trial.permissions import Permission


def home(request: OnDuty) -> HttpResponse:
    """The first page that the person's role opens."""
    return redirect(navigation_of(request.delegation.role)[0].name)


class SealedSignatures(SignatureList):
    """The signatures of this door: lists, releases, code breaks."""

    permission = Permission.VIEW_SEALED_SIGNATURES
    model = SealedSignature
    file_name = "UNBLINDED-signatures.csv"


class SealedCountersign(Countersign):
    """A person signs what a system released."""

    permission = Permission.VIEW_SEALED_SIGNATURES
    model = SealedSignature

    def enters(self, row: SignatureBase) -> Enters:
        """Writes the entry into the sealed trail."""
        said: dict[str, Any] = {"by": self.by, "at": self.at, "trial": self.by.trial}
        return lambda body, subject: record_sealed(
            action="act.countersigned", subject=subject, body=body, **said
        )


class SealedTrail(Trail):
    """The sealed trail of the whole trial: who made, checked or opened what, and who came to this door."""

    permission = Permission.VIEW_SEALED_AUDIT
    address = "sealed_trail"
    file_name = "UNBLINDED-trail.csv"

    def entries(self) -> QuerySet[SealedAuditEntry]:
        """Every entry, newest first."""
        return sealed_entries(self.by.trial_id)

    def chains(self) -> QuerySet[SealedAuditChain]:
        """Its chains."""
        return sealed_chains(self.by.trial_id)
