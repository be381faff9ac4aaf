"""What is signed, and the one service that writes a signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from trial.models import AuditEntryBase, Delegation, Site
from trial.models.signatures import SignatureBase, SignedAct, content_text, digest_of
from trial.people.signing.hands import Hand
from trial.people.signing.meanings import MEANINGS

Row = TypeVar("Row", bound=SignatureBase)


@dataclass(frozen=True)
class Deed:
    """One act that is signed: which record, what it says, and by whose hand.

    `content` holds plain JSON values, the same that the record gives when it is read later. Without a `hand`
    nothing is signed: that is how the demonstration makes its world, never how a page, an endpoint or a
    command acts.
    """

    act: SignedAct
    record: str
    subject: str
    content: Mapping[str, object]
    hand: Hand | None

    @property
    def digest(self) -> str:
        """SHA-256 of what is signed."""
        return digest_of(self.content)

    @property
    def facts(self) -> dict[str, object]:
        """What the act's audit entry says of the signature; nothing where there is none."""
        if self.hand is None:
            return {}
        said: dict[str, object] = {"digest": self.digest}
        if self.hand.system:
            return {"signature": said | {"system": self.hand.system}}
        parts = 2 if self.hand.both_parts else 1
        return {"signature": said | {"meaning": MEANINGS[self.act], "name": self.hand.name, "parts": parts}}


def sign(
    deed: Deed,
    *,
    into: type[Row],
    entry: AuditEntryBase,
    by: Delegation,
    at: datetime,
    site: Site | None,
    countersigns: Row | None = None,
) -> Row | None:
    """Write the signature of an act beside the act's audit entry, in the caller's transaction.

    The entry must hold `deed.facts`. The time is kept in UTC, with the zone in which it is shown: the site's,
    or UTC where the act concerns no one site.
    """
    if deed.hand is None:
        return None
    row = into(
        trial_id=by.trial_id,
        site=site,
        act=deed.act,
        record=deed.record,
        subject=deed.subject,
        content=content_text(deed.content),
        digest=deed.digest,
        meaning="" if deed.hand.system else MEANINGS[deed.act],
        name=deed.hand.name,
        role=by.role,
        system=deed.hand.system,
        both_parts=deed.hand.both_parts,
        by=by,
        at=at,
        zone=site.zone if site else "UTC",
        audit_hash=entry.hash,
        countersigns=countersigns,
    )
    row.save(force_insert=True)
    return row
