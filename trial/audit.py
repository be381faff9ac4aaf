"""Writing and checking the audit trail.

`record` is called by a service as the last act of its transaction: the head row is locked, the
entry gets the next number and the link to the one before it, and keeps the rows that were written in
the transaction (`trial.models.replay`). The application never reads the trail to decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models.signals import post_save

from trial.core import chain as links
from trial.models import (
    AuditChain,
    AuditChainBase,
    AuditEntry,
    AuditEntryBase,
    ChainKind,
    Delegation,
    Participant,
    Site,
    Trial,
)
from trial.models.prepared import Prepared
from trial.models.replay import Replayed, as_said, is_replayed, key_values, name_of, replay_of

Chain = TypeVar("Chain", bound=AuditChainBase)


class Actor:
    """Who the trail names: a person in a role, or the system itself."""

    def __init__(self, name: str, role: str) -> None:
        self.name, self.role = name, role

    @classmethod
    def of(cls, by: Delegation | Actor | None) -> Actor:
        """The person of a delegation; the system where nobody acts."""
        if isinstance(by, Actor):
            return by
        return cls(by.user.username, by.role) if by else cls("velum", "system")


LINK = Actor("link", "link")
"""Whoever opens a one-time link: no account, so the trail names the link and says who asked for it."""


def chain_name(chain: AuditChainBase) -> str:
    """How a chain is called in its own hashes: `nct02059759/01`, `nct02059759`, `…/sealed`, `…/01/door`."""
    site: Site | None = getattr(chain, "site", None)
    part = (site.number if site else "") if isinstance(chain, AuditChain) else "sealed"
    kind = "" if chain.kind == ChainKind.ACTS else chain.kind
    return "/".join(filter(None, (chain.trial_id, part, kind)))


def record(
    *,
    action: str,
    subject: object,
    by: Delegation | Actor | None,
    at: datetime,
    trial: Trial,
    site: Site | None = None,
    body: Mapping[str, Any] | None = None,
    kind: ChainKind = ChainKind.ACTS,
) -> AuditEntry:
    """Append one entry to the blinded trail, inside the caller's transaction.

    `body` holds plain JSON values; never an arm, a lot or anything else that is sealed.
    """
    chain = _locked(AuditChain, trial=trial, site=site, kind=kind)
    chain.site = site
    return append(chain, AuditEntry, action=action, subject=subject, by=by, at=at, body=body)


def record_about(
    participant: Participant,
    action: str,
    *,
    by: Delegation | Actor | None,
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
    by: Delegation | Actor | None,
    at: datetime,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """Append an entry to a chain whose head row the caller has locked, and move the head."""
    actor = Actor.of(by)
    text, rows = links.canonical(dict(body or {})), _rows_to_keep(entry_model)
    entry = links.Entry(
        chain_name(chain),
        chain.sequence + 1,
        at,
        actor.name,
        actor.role,
        action,
        str(subject),
        text,
        links.rows_digest(rows),
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
        rows=rows,
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
    if head := _find(model, which):
        return head
    model._default_manager.get_or_create(**which)
    return model._default_manager.select_for_update().get(**which)


def _find(model: type[Chain], which: Mapping[str, Any]) -> Chain | None:
    """The head row, locked, if there is one. A chain without a site is asked for in a question of its own."""
    absent = frozenset(name for name, value in which.items() if value is None)
    given = {name: value for name, value in which.items() if value is not None}
    return _head_rows(model, absent).first(**given)


@cache
def _head_rows(model: type[Chain], absent: frozenset[str]) -> Prepared[Chain]:
    def rows(**given: Any) -> models.QuerySet[Chain]:
        named = given | dict.fromkeys(absent)
        return model._default_manager.select_for_update().filter(**named).order_by("pk")[:1]

    return Prepared(rows)


def first_break(
    chain: AuditChainBase,
    entry_model: type[AuditEntryBase],
    passing: Callable[[Iterable[AuditEntryBase]], Iterator[AuditEntryBase]] = iter,
) -> links.Break | None:
    """Check one whole chain; None when it holds. Every entry is read once, and goes through `passing`."""
    name = chain_name(chain)
    kept = entry_model._default_manager.filter(chain=chain)  # type: ignore[misc]  # both kinds have one
    rows = passing(kept.order_by("sequence").iterator(chunk_size=2000))
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
                links.rows_digest(row.rows),
            ),
            row.previous,
            row.hash,
        )
        for row in rows
    )
    found = links.first_break(entries, head=chain.head, length=chain.sequence)
    for _row in rows:  # also those after the first that does not hold
        pass
    return found


# --- The rows that an entry keeps --------------------------------------------------------------------


class Noted:
    """A row that was written in this transaction: the next entry of its trail keeps it.

    It waits among what is to be done on commit, where Django forgets it with the savepoint that is rolled
    back. On commit itself there is nothing to do.
    """

    def __init__(self, row: models.Model, *, sealed: bool) -> None:
        self.row, self.sealed = row, sealed

    def __call__(self) -> None:
        """Nothing."""


class Kept:
    """What was noted before this stands in an entry of that trail."""

    def __init__(self, *, sealed: bool) -> None:
        self.sealed = sealed

    def __call__(self) -> None:
        """Nothing."""


def note_rows(rows: Iterable[models.Model]) -> None:
    """Have the next entry keep these rows, as they then are: for `bulk_create` and `update`.

    What `save` and `create` write is noted by itself.
    """
    for row in rows:
        said = replay_of(type(row))
        if isinstance(said, Replayed) and connection.in_atomic_block and is_replayed(row):
            transaction.on_commit(Noted(row, sealed=said.sealed))


def _note_saved(instance: models.Model, raw: bool = False, **signal: Any) -> None:
    if not raw:
        note_rows([instance])


post_save.connect(_note_saved, dispatch_uid="trial.audit")


def _rows_to_keep(entry_model: type[AuditEntryBase]) -> str | None:
    """The rows that were noted since the last entry of this trail, as canonical JSON; None without any.

    Of a row that was written twice, the last word.
    """
    sealed = entry_model is not AuditEntry
    kept: dict[str, dict[str, Any]] = {}
    for row in _noted_since(sealed):
        kept.setdefault(row._meta.db_table, {})[name_of(type(row), key_values(row))] = as_said(row)
    if not kept:
        return None
    transaction.on_commit(Kept(sealed=sealed))
    return links.canonical(kept)


def _noted_since(sealed: bool) -> Iterator[models.Model]:
    waiting = [each[1] for each in connection.run_on_commit]
    own = [act for act in waiting if isinstance(act, Noted | Kept) and act.sealed is sealed]
    last = max((place for place, act in enumerate(own) if isinstance(act, Kept)), default=-1)
    return (act.row for act in own[last + 1 :] if isinstance(act, Noted))
