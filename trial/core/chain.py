"""The hash chain of the audit trail, as arithmetic.

An entry's hash is SHA-256 over a domain byte and the canonical JSON of everything the entry says,
the previous hash included. Canonical JSON here: UTF-8, keys sorted, no white space, no NaN.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from trial.core.sentences import Sentence

GENESIS = "0" * 64
"""The hash before the first entry of a chain."""

_ENTRY = b"\x00"


@dataclass(frozen=True)
class Entry:
    """What one audit entry says. `body` is canonical JSON text; `at` is in UTC."""

    chain: str
    sequence: int
    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    body: str
    kept: str = ""
    """SHA-256 of what the entry keeps of the rows that were written with it; empty where it keeps nothing."""


@dataclass(frozen=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    reason: Sentence


def canonical(value: Mapping[str, object]) -> str:
    """The one spelling of a JSON object that is stored and hashed."""
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def moment(at: datetime) -> str:
    """A moment as the chain spells it: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rows_digest(rows: str | None) -> str:
    """What an entry's hash covers of the rows that it keeps: their digest, so that a published chain need
    not show them."""
    return hashlib.sha256(rows.encode()).hexdigest() if rows else ""


def link(entry: Entry, previous: str) -> str:
    """The hash of an entry that follows `previous`."""
    content = {
        "action": entry.action,
        "actor": entry.actor,
        "at": moment(entry.at),
        "body": entry.body,
        "chain": entry.chain,
        "previous": previous,
        "role": entry.role,
        "sequence": entry.sequence,
        "subject": entry.subject,
    }
    if entry.kept:  # what older entries do not say is not in their hash either
        content["kept"] = entry.kept
    return hashlib.sha256(_ENTRY + canonical(content).encode()).hexdigest()


def first_break(entries: Iterable[tuple[Entry, str, str]], *, head: str, length: int) -> Break | None:
    """Walk a chain from its first entry and return the first fault, or None.

    Each item is an entry with its stored previous hash and its own stored hash. `head` and
    `length` are what the chain's head row says: a cut tail shows there.
    """
    previous, expected = GENESIS, 1
    for entry, stored_previous, stored_hash in entries:
        if entry.sequence != expected:
            return Break(
                expected,
                Sentence(
                    "entry %(entry)s is missing; the next one is %(next)s",
                    entry=expected,
                    next=entry.sequence,
                ),
            )
        if stored_previous != previous:
            return Break(expected, Sentence("it does not follow the entry before it"))
        if link(entry, previous) != stored_hash:
            return Break(expected, Sentence("it was changed after it was written"))
        previous, expected = stored_hash, expected + 1
    if length != expected - 1 or head != previous:
        return Break(
            expected,
            Sentence(
                "the chain's head speaks of %(said)s entries; %(found)s are there",
                said=length,
                found=expected - 1,
            ),
        )
    return None
