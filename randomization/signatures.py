"""The signed statement of a list, and whether its signature holds. Public keys only."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from randomization.core.commitments import Statement
from randomization.models import RandomizationList


def statement_of(list_: RandomizationList) -> Statement:
    """What the maker of this list signed, as its row says it today."""
    return Statement(
        list_id=list_.pk,
        trial=list_.trial_id,
        environment=list_.environment,
        envelopes=list_.envelope_count,
        design_commitment=bytes.fromhex(list_.design_commitment),
        root=bytes.fromhex(list_.root),
        made_at=list_.made_at,
    )


def signature_holds(list_: RandomizationList) -> bool:
    """Whether the list's row still says what was signed under the key that it names."""
    return message_holds(statement_of(list_).to_bytes(), list_.signer_public_key, list_.signature)


def message_holds(message: bytes, signer: str, signature: str) -> bool:
    """Whether the holder of that public key signed the message; both are hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
