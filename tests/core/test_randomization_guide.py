"""`docs/randomization.md` followed by hand: a program written from that page alone makes the same list."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.design_file import design_for, read_plan
from randomization.core.methods import METHODS

GUIDE = Path(__file__).parents[2] / "docs" / "randomization.md"
SEED = bytes(range(32))
DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978"]
DAMM += ["3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def stream(label: str) -> Iterator[int]:
    """Section 2: the bytes of a label."""
    text = b"velum/randomization/1/" + label.encode()
    material = SEED + hashlib.sha256(text).digest()[:16] + text
    key, value = b"\0" * 32, b"\1" * 32
    for mark in (b"\0", b"\1"):
        key = mac(key, value + mark + material)
        value = mac(key, value)
    while True:
        for _ in range(4):
            value = mac(key, value)
            yield from value
        key = mac(key, value + b"\0")
        value = mac(key, value)


def drawer(label: str) -> Callable[[int], int]:
    """Section 2: uniform integers from the bytes of a label."""
    source = stream(label)

    def below(n: int) -> int:
        bits = len(f"{n - 1:b}") if n > 1 else 0
        value = n
        while value >= n:
            read = bytes(islice(source, -(-bits // 8)))
            value = int.from_bytes(read, "big") % 2**bits
        return value

    return below


def blocks() -> list[str]:
    """Section 3, for three equal arms, sizes 3, 6, 9 and a target of 36."""
    c = [1]
    for n in range(1, 37):
        c.append(sum(c[n - s] for s in (3, 6, 9) if s <= n))
    r, n, sizes = drawer("blocks/target/all")(c[36]), 36, []
    while n:
        for s in (3, 6, 9):
            ways = c[n - s] if s <= n else 0
            if r < ways:
                sizes.append(s)
                n -= s
                break
            r -= ways
    below = drawer("order/target/all")
    return [shuffled("A" * (s // 3) + "B" * (s // 3) + "C" * (s // 3), below) for s in sizes]


def shuffled(word: str, below: Callable[[int], int]) -> str:
    items = list(word)
    for i in range(len(items) - 1, 0, -1):
        j = below(i + 1)
        items[i], items[j] = items[j], items[i]
    return "".join(items)


def numbers() -> list[str]:
    """Section 4, for 36 envelopes of a trial's first live list."""
    below, found = drawer("numbers"), []
    while len(found) < 36:
        digits = f"{below(10**4):04d}"
        state = 0
        for digit in digits:
            state = int(DAMM[state][int(digit)])
        if f"R-{digits}{state}" not in found:
            found.append(f"R-{digits}{state}")
    return found


def text(value: str, width: int) -> bytes:
    return bytes([len(value)]) + value.encode().ljust(width, b"\0")


def commitments() -> list[bytes]:
    """Sections 5 and 6."""
    salts, places = stream("salts"), [(arm, n) for n, block in enumerate(blocks(), 1) for arm in block]
    out = []
    for position, ((arm, block), number) in enumerate(zip(places, numbers(), strict=True), 1):
        record = (
            b"\1\3" + bytes(15) + b"\1" + text("all", 95) + position.to_bytes(4, "big") + text(number, 31)
        )
        record += text(arm, 63) + block.to_bytes(4, "big") + bytes(islice(salts, 32)) + bytes(6)
        assert len(record) == 256
        out.append(hashlib.sha256(b"velum envelope 1\n" + record).digest())
    return out


def tree(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = max(2**e for e in range(20) if 2**e < len(leaves))
    return hashlib.sha256(b"\1" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def example() -> dict[str, str]:
    """The table of section 9."""
    section = GUIDE.read_text().split("## 9. ")[1]
    return {
        name: value.strip("`") for name, value in re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    }


def test_the_guide_is_enough_to_make_the_list_again() -> None:
    expected = example()
    assert " ".join(blocks()) == expected["blocks"]
    assert ", ".join(numbers()[:4]) == expected["first numbers"]
    assert commitments()[0].hex() == expected["first commitment"]
    assert tree(commitments()).hex() == expected["root"]


def test_the_table_of_the_check_digit_stands_in_the_guide() -> None:
    """Row by row, as it is used here and by the program; and it is totally anti-symmetric, as Damm says."""
    rows = re.findall(r"^\| \*\*(\d)\*\* \| ([\d| ]+) \|$", GUIDE.read_text(), re.MULTILINE)
    assert [int(row) for row, _ in rows] == list(range(10))
    table = [cells.replace(" | ", "") for _, cells in rows]
    assert table == DAMM
    assert all(set(row) == set("0123456789") for row in (*table, *map("".join, zip(*table, strict=True))))
    assert all(table[n][n] == "0" for n in range(10))
    for c, x, y in product(range(10), repeat=3):
        assert x == y or table[int(table[c][x])][y] != table[int(table[c][y])][x]


def test_block_sizes_stand_in_every_design_in_the_files_order() -> None:
    """What section 6 says of the design's bytes, and the design of Efron's coin as section 9 shows it."""
    arms = (ArmShare("A", 1), ArmShare("B", 1), ArmShare("C", 1))
    efron = Design(arms, (StratumSize("all", 36, 6),), "efron", probability="2/3")
    assert f"`{efron.as_json()}`" in GUIDE.read_text()
    for method in METHODS:
        assert '"block_sizes":[]' in replace(efron, method=method).as_json()
    named = design_for(read_plan("block_sizes = [9, 3, 6]"), arms, ["all"], 36)
    assert '"block_sizes":[9,3,6]' in named.as_json()


def test_the_guide_is_enough_to_commit_to_the_design_again() -> None:
    expected = example()
    salt = bytes(islice(stream("design-salt"), 32))
    written = json.dumps(json.loads(expected["design"]), sort_keys=True, separators=(",", ":"))
    assert written == expected["design"]
    commitment = hashlib.sha256(b"velum design 1\n" + salt + written.encode()).hexdigest()
    assert commitment == expected["design commitment"]
