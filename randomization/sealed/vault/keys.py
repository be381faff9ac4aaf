"""Reading the keys of the pharmacy door, with a look at who else may read them."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from randomization.key_files import PHARMACY, RECIPIENTS, SIGNING, KeyFault, read_public, refuse_loose

OpeningKey = X25519PrivateKey
"""Opens boxes."""

SealingKey = X25519PublicKey
"""Makes boxes that its other half opens."""


def recipient_keys() -> dict[str, X25519PublicKey]:
    """The public keys that every seal is made for, by recipient. Raises KeyFault."""
    return {name: _public(name) for name in RECIPIENTS}


def pharmacy_key() -> X25519PrivateKey:
    """The key that opens the pharmacy's boxes. Raises KeyFault."""
    key = _read_private(PHARMACY)
    return key if isinstance(key, X25519PrivateKey) else _wrong_kind(PHARMACY)


def signing_key() -> Ed25519PrivateKey:
    """The key with which the maker of a list signs it. Raises KeyFault."""
    key = _read_private(SIGNING)
    return key if isinstance(key, Ed25519PrivateKey) else _wrong_kind(SIGNING)


def _folder() -> Path:
    return Path(settings.VELUM_KEYS)


def read_opening_key(path: Path) -> X25519PrivateKey:
    """A key that opens boxes, from a file that only its owner may read. Raises KeyFault."""
    key = _read_file(path)
    return key if isinstance(key, X25519PrivateKey) else _wrong_kind(path.name)


def read_sealing_key(path: Path) -> X25519PublicKey:
    """A public key that boxes are sealed for. Raises KeyFault."""
    key = read_public(path.parent, path.stem)
    return key if isinstance(key, X25519PublicKey) else _wrong_kind(path.name)


def _read_private(name: str) -> object:
    return _read_file(_folder() / f"{name}.key")


def _read_file(path: Path) -> object:
    try:
        refuse_loose(path)
        return load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as fault:
        raise KeyFault(
            "There is no %(path)s. Set VELUM_KEYS to the folder that holds it.", path=str(path)
        ) from fault
    except TypeError as fault:
        raise KeyFault(
            "%(path)s is locked with a password. Bring the key without one.", path=str(path)
        ) from fault
    except (PermissionError, ValueError) as fault:
        raise KeyFault(
            "%(path)s cannot be read as a private key: %(kind)s.", path=str(path), kind=type(fault).__name__
        ) from fault


def _public(name: str) -> X25519PublicKey:
    key = read_public(_folder(), name)
    return key if isinstance(key, X25519PublicKey) else _wrong_kind(name)


def _wrong_kind(name: str) -> NoReturn:
    raise KeyFault("The %(name)s key is of another kind. Make keys with `manage.py make_keys`.", name=name)
