"""Sealed boxes: HPKE (RFC 9180), base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305.

Anyone with the public key can seal; only the holder of the private key can open. What a box belongs
to (its kind, its recipient, its list and place) is bound in through HPKE's `info`: a box that was moved
elsewhere does not open. Plaintexts are padded, so boxes of one kind all have one length.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class CannotOpen(Exception):
    """The box is not for this key, was altered, or belongs to something else."""


def seal(plaintext: bytes, public_key: X25519PublicKey, *context: str) -> bytes:
    """A box around `plaintext`, bound to what `context` names. Each call gives another box."""
    return seal_bound(plaintext, public_key, bound(*context))


def seal_bound(plaintext: bytes, public_key: X25519PublicKey, info: bytes) -> bytes:
    """The same, where many boxes share most of their context: `info` is what `bound` gave."""
    return _SUITE.encrypt(plaintext, public_key, info=info)


def unseal(box: bytes | memoryview, private_key: X25519PrivateKey, *context: str) -> bytes:
    """What `seal` was given, for the same context. Raises CannotOpen."""
    try:
        return _SUITE.decrypt(bytes(box), private_key, info=bound(*context))
    except (InvalidTag, ValueError) as fault:
        raise CannotOpen(f"The box of {' '.join(context)} does not open with this key.") from fault


def pad(data: bytes, block: int) -> bytes:
    """`data` with its length in four bytes before it and zeros after it, to a multiple of `block`."""
    framed = len(data).to_bytes(4, "big") + data
    return framed.ljust(-(-len(framed) // block) * block, b"\x00")


def unpad(padded: bytes) -> bytes:
    """Remove what `pad` added."""
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


def key_id(public_key: X25519PublicKey) -> str:
    """Sixteen hexadecimal digits that name a key: the start of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def bound(*context: str) -> bytes:
    """HPKE's `info` of a context: each part with its length before it, so that no two give the same bytes."""
    return _PURPOSE + b"".join(map(part, context))


def part(text: str) -> bytes:
    """One part of a context. A context grows at its end: bound(a, b) is bound(a) + part(b)."""
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


_PURPOSE = part("velum box 1")
