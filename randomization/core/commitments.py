"""Commitments: what lets anyone check later that nothing in the list was changed.

A commitment hides what it covers only because a salt of 256 bits is hashed with it: without the salt,
trying three arms would find the arm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from . import merkle
from .design import Design
from .sealed_record import SALT_BYTES, SealedRecord

_ENVELOPE = b"velum envelope 1\n"
_DESIGN = b"velum design 1\n"


def envelope_commitment(record: SealedRecord) -> bytes:
    """SHA-256 over the domain line and the record's 256 bytes, which contain the salt."""
    return content_commitment(record.to_bytes())


def content_commitment(content: bytes) -> bytes:
    """The commitment of the envelope that holds these 256 bytes."""
    return hashlib.sha256(_ENVELOPE + content).digest()


def design_commitment(design: Design, salt: bytes) -> bytes:
    """SHA-256 over the domain line, a salt of 32 bytes and the design's JSON text in UTF-8."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    return hashlib.sha256(_DESIGN + salt + design.as_json().encode()).digest()


def list_root(commitments: Iterable[bytes]) -> bytes:
    """The Merkle root over the envelopes' commitments in list order: strata in order, then positions."""
    return merkle.root(commitments)


@dataclass(frozen=True)
class Statement:
    """What the maker of a list signs. `made_at` is any aware moment; it is written in UTC, to the second."""

    list_id: UUID
    trial: str
    environment: str
    envelopes: int
    design_commitment: bytes
    root: bytes
    made_at: datetime

    def to_bytes(self) -> bytes:
        """Eight lines of text, each ended by a line feed: readable, and checkable with any Ed25519 tool."""
        lines = (
            "velum list 1",
            f"list {self.list_id}",
            f"trial {self.trial}",
            f"environment {self.environment}",
            f"envelopes {self.envelopes}",
            f"design {self.design_commitment.hex()}",
            f"root {self.root.hex()}",
            f"made {self.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        )
        return "".join(f"{line}\n" for line in lines).encode()
