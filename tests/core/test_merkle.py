"""Merkle trees against the published vectors of Certificate Transparency, and against the definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from randomization.core.merkle import leaf_hash, node_hash, root

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


@given(leaves)
def test_it_is_the_root_that_the_rfc_defines(rows: list[bytes]) -> None:
    """RFC 6962 section 2.1, as it is written there: split at the largest power of two below the count."""

    def defined(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return leaf_hash(part[0])
        split = max(2**k for k in range(6) if 2**k < len(part))
        return node_hash(defined(part[:split]), defined(part[split:]))

    assert root(rows) == defined(rows)


@given(leaves, st.binary(max_size=8), st.data())
def test_another_content_or_order_has_another_root(
    rows: list[bytes], other: bytes, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    changed = [*rows[:index], other, *rows[index + 1 :]]
    assert (root(changed) == root(rows)) == (changed == rows)
    assert (root(rows[::-1]) == root(rows)) == (rows[::-1] == rows)
    assert root([*rows, other]) != root(rows) != root(rows[:-1])


def test_a_node_cannot_pass_for_a_leaf() -> None:
    """What the prefixes 0x00 and 0x01 are for (RFC 6962 section 2.1)."""
    inner = leaf_hash(b"a") + leaf_hash(b"b")
    assert root([inner]) != root([b"a", b"b"])
