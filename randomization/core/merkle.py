"""Merkle trees as in RFC 6962 section 2.1: SHA-256, leaves hashed under 0x00, nodes under 0x01."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash. Memory grows with the logarithm of the number of leaves."""
    peaks: list[tuple[int, bytes]] = []
    for data in leaves:
        peaks.append((1, leaf_hash(data)))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (size, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * size, node_hash(left, right)))
    if not peaks:
        return hashlib.sha256(b"").digest()
    _, head = peaks.pop()
    while peaks:
        head = node_hash(peaks.pop()[1], head)
    return head
