"""The sealed trail: who made, checked or opened what. The clinic door cannot read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from randomization.sealed.models import SealedAuditChain, SealedAuditEntry
from trial.audit import append
from trial.models import Delegation, Trial


def record_sealed(
    *,
    action: str,
    subject: object,
    by: Delegation | None,
    at: datetime,
    trial: Trial,
    body: Mapping[str, object] | None = None,
) -> SealedAuditEntry:
    """Append one entry to the trial's sealed trail, inside the caller's transaction. Never an arm in it."""
    SealedAuditChain.objects.get_or_create(trial=trial)
    chain = SealedAuditChain.objects.select_for_update().get(trial=trial)
    entry: SealedAuditEntry = append(
        chain, SealedAuditEntry, action=action, subject=subject, by=by, at=at, body=body
    )
    return entry
