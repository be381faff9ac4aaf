"""Merkle trees against the published vectors of Certificate Transparency, and proofs that cannot be bent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from randomization.core.merkle import inclusion_proof, is_included, leaf_hash, root

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The roots of the first 0 to 8 leaves, from the test data of the Certificate Transparency reference code."""

leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def test_the_roots_are_those_that_were_published() -> None:
    assert [root(LEAVES[:count]).hex() for count in range(9)] == ROOTS


def test_the_proof_of_a_published_leaf() -> None:
    assert [node.hex() for node in inclusion_proof(LEAVES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(leaves)
def test_every_leaf_is_provable(rows: list[bytes]) -> None:
    head = root(rows)
    for index, data in enumerate(rows):
        assert is_included(data, index, len(rows), inclusion_proof(rows, index), head)


@given(leaves, st.binary(max_size=8), st.data())
def test_no_other_content_is_provable(rows: list[bytes], other: bytes, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    proof = inclusion_proof(rows, index)
    assert is_included(other, index, len(rows), proof, root(rows)) == (other == rows[index])


@given(leaves, st.data())
def test_a_bent_proof_proves_nothing(rows: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    proof, head = inclusion_proof(rows, index), root(rows)
    assert not is_included(rows[index], index, len(rows), [*proof, bytes(32)], head)
    assert not is_included(rows[index], len(rows), len(rows), proof, head)
    assert not proof or not is_included(rows[index], index, len(rows), proof[:-1], head)


def test_a_node_cannot_pass_for_a_leaf() -> None:
    """What the prefixes 0x00 and 0x01 are for (RFC 6962 section 2.1)."""
    inner = leaf_hash(b"a") + leaf_hash(b"b")
    assert root([inner]) != root([b"a", b"b"])
