"""Merkle trees as in RFC 6962 section 2.1: SHA-256, leaves hashed under 0x00, nodes under 0x01."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


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


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf (counted from 0), nearest sibling first (RFC 6962 section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def is_included(data: bytes, index: int, count: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether `proof` shows that `data` is leaf `index` of the `count` leaves under `head`."""
    return 0 <= index < count and _root_of_path(data, index, count, list(proof)) == head


def _root_of_path(data: bytes, index: int, count: int, proof: list[bytes]) -> bytes | None:
    if count == 1:
        return leaf_hash(data) if not proof else None
    if not proof:
        return None
    split, sibling = _split(count), proof[-1]
    if index < split:
        inner = _root_of_path(data, index, split, proof[:-1])
        return inner and node_hash(inner, sibling)
    inner = _root_of_path(data, index - split, count - split, proof[:-1])
    return inner and node_hash(sibling, inner)


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
