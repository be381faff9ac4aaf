"""The digests kept of secrets that a person has to show again."""

import hashlib


def digest_of(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal: enough to recognise it, and no way back to it."""
    return hashlib.sha256(secret.encode()).hexdigest()
