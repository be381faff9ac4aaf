"""The key files of an installation: their names, how they are made, what may be read by whom.

Making keys needs no secret, so this stands on the blinded side; reading the private ones is left to
`randomization.sealed.vault.keys`. Files are PEM (RFC 8410), which any cryptographic tool reads.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from trial.core.sentences import Saying

PHARMACY, RECOVERY, SIGNING = "pharmacy", "recovery", "list-signing"
RECIPIENTS = (PHARMACY, RECOVERY)
DOORS = ("clinic", "pharmacy")
PUBLIC_KEY = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n?", re.DOTALL)


class KeyFault(Saying):
    """A key file is missing, already there, unreadable or readable by too many; the sentence says which."""


def make_key_files(folder: Path) -> list[Path]:
    """Make the three key pairs that lists need: pharmacy, recovery and signing. Overwrites nothing."""
    pairs = {name: X25519PrivateKey.generate() for name in RECIPIENTS}
    _refuse_existing([folder / f"{name}{end}" for name in (*pairs, SIGNING) for end in (".key", ".pub")])
    made = [path for name, key in pairs.items() for path in _write_pair(folder, name, key)]
    return made + _write_pair(folder, SIGNING, Ed25519PrivateKey.generate())


def make_door_secrets(folder: Path) -> list[Path]:
    """Make the secret key of each door's sessions for an embedded installation. Overwrites nothing."""
    paths = [folder / f"secret-key-{door}" for door in DOORS]
    _refuse_existing(paths)
    return [_write(path, secrets.token_hex(32).encode(), 0o600) for path in paths]


def read_public(folder: Path, name: str) -> object:
    """A public key. Raises KeyFault when the file is missing or is no key."""
    path = folder / f"{name}.pub"
    try:
        return load_pem_public_key(path.read_bytes())
    except FileNotFoundError as fault:
        raise KeyFault(
            "There is no %(path)s. Run `manage.py make_keys` first, or set VELUM_KEYS.", path=str(path)
        ) from fault
    except ValueError as fault:
        raise KeyFault("%(path)s is not a public key in PEM.", path=str(path)) from fault


def read_signers(folder: Path) -> set[str]:
    """The list-signing keys that an installation knows, in hexadecimal; none where it has no such file.

    All keys in all files `list-signing*.pub`: an older key stays known in a file beside the present one, or
    below it in `list-signing.pub` itself. Raises KeyFault for a file that holds none, or something else.
    """
    return {key for path in sorted(folder.glob(f"{SIGNING}*.pub")) for key in _signers_in(path)}


def _signers_in(path: Path) -> Iterator[str]:
    try:
        found = [load_pem_public_key(block) for block in PUBLIC_KEY.findall(path.read_bytes())]
    except (OSError, ValueError, UnsupportedAlgorithm) as fault:
        raise KeyFault("%(path)s holds something that is not a public key in PEM", path=str(path)) from fault
    if not found or not all(isinstance(key, Ed25519PublicKey) for key in found):
        raise KeyFault("%(path)s is not made of list-signing keys in PEM", path=str(path))
    yield from (key.public_bytes_raw().hex() for key in found if isinstance(key, Ed25519PublicKey))


def refuse_loose(path: Path) -> None:
    """Refuse a private key that others than its owner may read or change. Raises KeyFault."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyFault(
            "%(path)s may be read by others (mode %(mode)s). Run `chmod 400` on it first.",
            path=str(path),
            mode=f"{mode:04o}",
        )


def _refuse_existing(paths: list[Path]) -> None:
    if existing := [path for path in paths if path.exists()]:
        raise KeyFault(
            "%(path)s exists already. Keys are never overwritten; move the old ones away first.",
            path=str(existing[0]),
        )


def _write_pair(folder: Path, name: str, key: X25519PrivateKey | Ed25519PrivateKey) -> list[Path]:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return [_write(folder / f"{name}.key", private, 0o400), _write(folder / f"{name}.pub", public, 0o444)]


def _write(path: Path, content: bytes, mode: int) -> Path:
    """Write a new file that never had a wider mode than `mode`, whatever the umask."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
    return path
