"""The signature under the manifest of an export, by the key that signs lists; public keys check it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from randomization.exporting.everything import FORMAT, MANIFEST, SIGNATURE
from randomization.signatures import message_holds


def message_of(digest: str) -> bytes:
    """What is signed: the kind of file, so that it is never taken for a list, and its manifest's SHA-256."""
    return f"{FORMAT}\nmanifest {digest}\n".encode()


def signature_of(file: IO[bytes]) -> tuple[str, Mapping[str, Any]]:
    """The SHA-256 of the manifest as it is now, and what stands beside it about its signature."""
    with zipfile.ZipFile(file) as archive:
        digest = hashlib.sha256(archive.read(MANIFEST)).hexdigest()
        signed = json.loads(archive.read(SIGNATURE)) if SIGNATURE in archive.namelist() else {}
    return digest, signed


def signature_faults(digest: str, signed: Mapping[str, Any], signers: Collection[str]) -> Iterator[str]:
    """What is wrong with a signature; nothing where there is none. `signers` are keys that are trusted."""
    if not signed:
        return
    if signed.get("manifest") != digest:
        yield "the signature is that of another manifest"
    if "ed25519" not in signed:
        return
    if not message_holds(message_of(digest), str(signed.get("signer")), str(signed["ed25519"])):
        yield "the signature of the key does not hold"
    elif signers and signed["signer"] not in signers:
        yield f"the signer {signed['signer']} is not one that is known"
