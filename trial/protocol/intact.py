"""A protocol file that is installed is read only while its text is the one that was installed."""

from __future__ import annotations

from hashlib import sha256

from trial.core.protocol import Protocol
from trial.core.sentences import Sentence
from trial.protocol.files import parse_protocol
from trial.refusals import Refusal


class ProtocolChanged(Refusal):
    """The text of a protocol version is another than was installed. Nothing is planned or prepared by it.

    Its code is the one that every address of the API promises with 503; the sentence says what is so.
    """

    code = "unavailable"
    status = 503


def digest_of(text: str) -> str:
    """The SHA-256 of a protocol file's bytes; also of what is no text any more."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse_intact(text: str, *, digest: str, version: str) -> Protocol:
    """The protocol as values. Raises ProtocolChanged where the text does not have the digest."""
    if digest_of(text) != digest:
        raise ProtocolChanged(
            Sentence(
                "The text of protocol version %(version)s is not the one that was installed: its digest "
                "differs. Prepare and book nothing by it, and call whoever runs Velum here.",
                version=version,
            )
        )
    return parse_protocol(text).protocol
