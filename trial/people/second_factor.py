"""Second factors at rest: their seeds are enciphered with a key of their door."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

WRONG_SIGNATURE: type[Exception] = InvalidSignature
"""What a passkey's answer raises that another key signed."""

INFO = {"clinic": b"velum second factor 1 clinic", "pharmacy": b"velum second factor 1"}
"""What the key of each door is derived for: with one secret by mistake they would differ still."""


class SealedSeeds(DefaultMFAAdapter):
    """Keeps the seeds of authenticator apps and recovery codes out of dumps in clear.

    The key comes from the door's own SECRET_KEY; earlier ones in SECRET_KEY_FALLBACKS still open.
    """

    def encrypt(self, text: str) -> str:
        """Encipher a seed for storage."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decipher a stored seed."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For which host a passkey is good, as the browser sees to it: the one that the settings name."""
        return {"id": settings.VELUM_PASSKEY_HOST, "name": f"Velum {settings.VELUM_DOOR}"}


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO[settings.VELUM_DOOR])
    return urlsafe_b64encode(derivation.derive(secret.encode()))
