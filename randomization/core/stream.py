"""The random stream of a list: HMAC_DRBG with SHA-256, NIST SP 800-90A revision 1, section 10.1.2.

A standard generator rather than one of our own: it is specified to the byte, has public test vectors
(CAVP; `tests/core/test_stream.py` runs six) and can be written again in any language.
No reseeding, no additional input, no prediction resistance: a list must be reproducible from its seed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

SEED_BYTES = 32
REQUEST_BYTES = 128
"""Bytes of one Generate request; part of the specification, since the state moves on after each request."""

LABEL_PREFIX = "velum/randomization/1/"


class HmacDrbg:
    """HMAC_DRBG (SHA-256) without reseeding: instantiate once, then generate."""

    def __init__(self, entropy: bytes, nonce: bytes, personalization: bytes = b"") -> None:
        self._key, self._value = bytes(32), b"\x01" * 32
        self._update(entropy + nonce + personalization)

    def generate(self, count: int) -> bytes:
        """The next `count` bytes. One call is one Generate request of the standard."""
        out = bytearray()
        while len(out) < count:
            self._value = hmac.digest(self._key, self._value, "sha256")
            out += self._value
        self._update(b"")
        return bytes(out[:count])

    def _update(self, data: bytes) -> None:
        for marker in (b"\x00", b"\x01") if data else (b"\x00",):
            self._key = hmac.digest(self._key, self._value + marker + data, "sha256")
            self._value = hmac.digest(self._key, self._value, "sha256")


class Stream:
    """Uniform draws from one seed under one label.

    Draws under different labels are independent: asking for one more number under `numbers` never
    moves a block. The label (`blocks`, `order`, `numbers`, `salts`, with the stratum where there is
    one) is the generator's personalization string; its hash, cut to 16 bytes, is the nonce.
    """

    def __init__(self, seed: bytes, *label: str) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError(f"A seed has {SEED_BYTES} bytes, this one has {len(seed)}.")
        personalization = (LABEL_PREFIX + "/".join(label)).encode()
        nonce = hashlib.sha256(personalization).digest()[:16]
        self._drbg = HmacDrbg(seed, nonce, personalization)
        self._waiting = b""

    def take(self, count: int) -> bytes:
        """The next `count` bytes of the stream."""
        while len(self._waiting) < count:
            self._waiting += self._drbg.generate(REQUEST_BYTES)
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def below(self, bound: int) -> int:
        """A uniform integer from 0 to `bound` - 1, by rejection: no remainder, hence no bias.

        As many whole bytes as `bound` - 1 needs are read, most significant first; surplus high bits
        are cleared; a value of `bound` or more is thrown away. A bound of 1 reads nothing.
        """
        if bound < 1:
            raise ValueError("A draw needs at least one possible outcome.")
        bits = (bound - 1).bit_length()
        while True:
            value = int.from_bytes(self.take((bits + 7) // 8), "big") & ((1 << bits) - 1)
            if value < bound:
                return value

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in uniformly random order (Fisher-Yates, from the last place down)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
