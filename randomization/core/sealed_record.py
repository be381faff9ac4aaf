"""What one envelope holds, as bytes: always 256 of them, one encoding for one content.

A box must not betray an arm by its size, so every field has a fixed width. Number, position, list
and environment stand inside, so that boxes which were swapped, or moved from a training list into a
live one, show when they are opened. The same bytes are what the envelope's commitment covers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from uuid import UUID

from trial.core.sentences import Saying

RECORD_BYTES = 256
SALT_BYTES = 32
STRATUM_BYTES, NUMBER_BYTES, ARM_BYTES = 95, 31, 63
"""Longest UTF-8 encodings of the three texts; a length byte precedes each."""

_LAYOUT = struct.Struct(f">BB16s{STRATUM_BYTES + 1}sI{NUMBER_BYTES + 1}s{ARM_BYTES + 1}sI{SALT_BYTES}s6s")
_VERSION = 1
_ENVIRONMENTS = {"training": 1, "test": 2, "live": 3}
_ENVIRONMENT_NAMES = {code: name for name, code in _ENVIRONMENTS.items()}


class RecordFault(Saying, ValueError):
    """The content does not fit a record, or the bytes are not the record of any content."""


@dataclass(frozen=True, repr=False)
class SealedRecord:
    """The content of one envelope. It has no readable repr, so that no traceback or log shows an arm."""

    environment: str
    list_id: UUID
    stratum: str
    position: int
    number: str
    arm: str
    block: int
    salt: bytes

    def to_bytes(self) -> bytes:
        """The 256 bytes of this record. Raises RecordFault for a text that is too long."""
        if self.environment not in _ENVIRONMENTS or len(self.salt) != SALT_BYTES:
            raise RecordFault("A record needs a known environment and a salt of 32 bytes.")
        return _LAYOUT.pack(
            _VERSION,
            _ENVIRONMENTS[self.environment],
            self.list_id.bytes,
            _text_to_bytes("stratum", self.stratum, STRATUM_BYTES),
            self.position,
            _text_to_bytes("number", self.number, NUMBER_BYTES),
            _text_to_bytes("arm", self.arm, ARM_BYTES),
            self.block,
            self.salt,
            bytes(6),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> SealedRecord:
        """The record that these bytes encode. Raises RecordFault for anything `to_bytes` never writes."""
        if len(data) != RECORD_BYTES or data[0] != _VERSION or data[1] not in _ENVIRONMENT_NAMES:
            raise RecordFault(
                "These bytes are not an envelope's record of a version that this program knows."
            )
        _, environment, list_id, stratum, position, number, arm, block, salt, _ = _LAYOUT.unpack(data)
        record = cls(
            environment=_ENVIRONMENT_NAMES[environment],
            list_id=UUID(bytes=list_id),
            stratum=_text_from_bytes(stratum),
            position=position,
            number=_text_from_bytes(number),
            arm=_text_from_bytes(arm),
            block=block,
            salt=salt,
        )
        if record.to_bytes() != data:
            raise RecordFault("These bytes are no canonical record: padding or text was altered.")
        return record


def _text_to_bytes(name: str, text: str, longest: int) -> bytes:
    data = text.encode()
    if not data or len(data) > longest:
        raise RecordFault(
            "The %(name)s needs 1 to %(longest)s bytes in UTF-8; this one has %(length)s.",
            name=name,
            longest=longest,
            length=len(data),
        )
    return bytes([len(data)]) + data.ljust(longest, b"\x00")


def _text_from_bytes(data: bytes) -> str:
    try:
        return data[1 : 1 + data[0]].decode()
    except UnicodeDecodeError as fault:
        raise RecordFault("A text of this record is not UTF-8.") from fault
