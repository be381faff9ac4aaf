"""Writing and checking the audit trail.

`record` is called by a service as the last act of its transaction: the head row is locked, the
entry gets the next number and the link to the one before it. The application never reads the
trail to decide anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection, transaction

from trial.core import chain as links
from trial.models import (
    AuditChain,
    AuditChainBase,
    AuditEntry,
    AuditEntryBase,
    Delegation,
    Participant,
    Site,
    Trial,
)

Chain = TypeVar("Chain", bound=AuditChainBase)


class Actor:
    """Who the trail names: a person in a role, or the system itself."""

    def __init__(self, name: str, role: str) -> None:
        self.name, self.role = name, role

    @classmethod
    def of(cls, by: Delegation | None) -> Actor:
        """The person of a delegation; the system where nobody acts."""
        return cls(by.user.username, by.role) if by else cls("velum", "system")


def chain_name(chain: AuditChainBase) -> str:
    """How a chain is called in its own hashes: `nct02059759/01`, `nct02059759` or `…/sealed`."""
    site: Site | None = getattr(chain, "site", None)
    if not isinstance(chain, AuditChain):
        return f"{chain.trial_id}/sealed"
    return f"{chain.trial_id}/{site.number}" if site else str(chain.trial_id)


def record(
    *,
    action: str,
    subject: object,
    by: Delegation | None,
    at: datetime,
    trial: Trial,
    site: Site | None = None,
    body: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry to the blinded trail, inside the caller's transaction.

    `body` holds plain JSON values; never an arm, a lot or anything else that is sealed.
    """
    chain = _locked(AuditChain, trial=trial, site=site)
    chain.site = site
    return append(chain, AuditEntry, action=action, subject=subject, by=by, at=at, body=body)


def record_about(
    participant: Participant,
    action: str,
    *,
    by: Delegation | None,
    at: datetime,
    body: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """The entry of an act on a participant, in the chain of their site. `by` is empty where nobody acted."""
    trial, site = participant.trial, participant.site
    return record(action=action, subject=participant.number, by=by, at=at, trial=trial, site=site, body=body)


def append(
    chain: AuditChainBase,
    entry_model: type[AuditEntryBase],
    *,
    action: str,
    subject: object,
    by: Delegation | None,
    at: datetime,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """Append an entry to a chain whose head row the caller has locked, and move the head."""
    actor = Actor.of(by)
    text = links.canonical(dict(body or {}))
    entry = links.Entry(
        chain_name(chain),
        chain.sequence + 1,
        at,
        actor.name,
        actor.role,
        action,
        str(subject),
        text,
    )
    row = entry_model(
        chain=chain,  # type: ignore[misc]
        sequence=entry.sequence,
        at=at.astimezone(UTC),
        actor=actor.name,
        role=actor.role,
        action=action,
        subject=str(subject),
        body=text,
        previous=chain.head,
        hash=links.link(entry, chain.head),
    )
    row.save(force_insert=True)
    chain.sequence, chain.head = row.sequence, row.hash
    chain.save(update_fields=["sequence", "head"])
    return row


def _locked(model: type[Chain], **which: Any) -> Chain:
    """The chain's head row, locked until the transaction ends; made on first use."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit entry belongs inside the act's transaction.")
    head = model._default_manager.select_for_update().filter(**which).first()
    if head is None:
        model._default_manager.get_or_create(**which)
        head = model._default_manager.select_for_update().get(**which)
    return head


def first_break(chain: AuditChainBase, entry_model: type[AuditEntryBase]) -> links.Break | None:
    """Check one whole chain; None when it holds."""
    name = chain_name(chain)
    kept = entry_model._default_manager.filter(chain=chain)  # type: ignore[misc]  # both kinds have one
    rows = kept.order_by("sequence")
    entries = (
        (
            links.Entry(
                name,
                row.sequence,
                row.at,
                row.actor,
                row.role,
                row.action,
                row.subject,
                row.body,
            ),
            row.previous,
            row.hash,
        )
        for row in rows.iterator(chunk_size=2000)
    )
    return links.first_break(entries, head=chain.head, length=chain.sequence)
