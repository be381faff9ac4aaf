"""The sealed trail: who made, checked or opened what. The clinic door cannot read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from randomization.sealed.models import SealedAuditChain, SealedAuditEntry
from trial.audit import Actor, append
from trial.models import ChainKind, Delegation, Site, Trial


def record_sealed(
    *,
    action: str,
    subject: object,
    by: Delegation | Actor | None,
    at: datetime,
    trial: Trial,
    body: Mapping[str, object] | None = None,
    kind: ChainKind = ChainKind.ACTS,
) -> SealedAuditEntry:
    """Append one entry to the trial's sealed trail, inside the caller's transaction. Never an arm in it."""
    chain = lock_trail(trial, kind)
    entry: SealedAuditEntry = append(
        chain, SealedAuditEntry, action=action, subject=subject, by=by, at=at, body=body
    )
    return entry


def record_at_door(*, site: Site | None, **entry: Any) -> SealedAuditEntry:
    """Enter who came to this door, or tried to. The trail is the whole trial's: the body names the site."""
    where = {"site": site.number} if site else {}
    return record_sealed(**{**entry, "body": {**entry["body"], **where}})


def lock_trail(trial: Trial, kind: ChainKind = ChainKind.ACTS) -> SealedAuditChain:
    """The head of a chain of the sealed trail, locked until the transaction ends; made on first use."""
    SealedAuditChain.objects.get_or_create(trial=trial, kind=kind)
    return SealedAuditChain.objects.select_for_update().get(trial=trial, kind=kind)


def sealed_entries(trial: str) -> QuerySet[SealedAuditEntry]:
    """Every entry of a trial's sealed trail, newest first."""
    entries = SealedAuditEntry.objects.filter(chain__trial=trial)
    return entries.select_related("chain").order_by("-at", "-id")


def sealed_chains(trial: str) -> QuerySet[SealedAuditChain]:
    """The heads of a trial's sealed trail, by kind."""
    return SealedAuditChain.objects.filter(trial=trial).order_by("kind")


def head_of(trial: Trial) -> str:
    """The newest hash of what was done behind this door; empty before anything was."""
    heads = SealedAuditChain.objects.filter(trial=trial, kind=ChainKind.ACTS, sequence__gt=0)
    return heads.values_list("head", flat=True).first() or ""
