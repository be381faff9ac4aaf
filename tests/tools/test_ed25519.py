"""Signatures without any library: the published vectors, and agreement with a library."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tools.archives import tool

VERIFY = tool()

RFC_8032 = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
}
"""Public key, message, signature: RFC 8032, section 7.1."""


@pytest.mark.parametrize("name", RFC_8032)
def test_the_vectors_of_rfc_8032_hold(name: str) -> None:
    key, message, signature = map(bytes.fromhex, RFC_8032[name])
    assert VERIFY.signature_holds(key, message, signature)


@pytest.mark.parametrize("place", range(0, 64, 7))
def test_a_flipped_bit_anywhere_is_refused(place: int) -> None:
    key, message, signature = map(bytes.fromhex, RFC_8032["TEST 3"])
    flipped = bytearray(signature)
    flipped[place] ^= 1
    assert not VERIFY.signature_holds(key, message, bytes(flipped))
    assert not VERIFY.signature_holds(key, message + b"\0", signature)


def test_a_second_spelling_of_a_good_signature_is_refused() -> None:
    """Section 5.1.7: S must be below the order of the group."""
    key, message, signature = map(bytes.fromhex, RFC_8032["TEST 2"])
    second = int.from_bytes(signature[32:], "little") + VERIFY.ORDER
    assert not VERIFY.signature_holds(key, message, signature[:32] + second.to_bytes(32, "little"))


@pytest.mark.parametrize("key", [b"", b"\xff" * 32, bytes(31) + b"\x80", b"\x02" + bytes(31)])
def test_what_is_no_point_is_no_key(key: bytes) -> None:
    assert not VERIFY.signature_holds(key, b"", bytes.fromhex(RFC_8032["TEST 1"][2]))


@pytest.mark.parametrize("number", range(20))
def test_it_agrees_with_a_library(number: int) -> None:
    message = hashlib.sha256(bytes([number])).digest() * number
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(message).digest())
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert VERIFY.signature_holds(key, message, signature)
    assert not VERIFY.signature_holds(key, message[::-1] + b"x", signature)
