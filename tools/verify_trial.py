"""Checks the published archive of a trial, on anybody's machine: one file, nothing but Python 3.11.

    python3 verify_trial.py ARCHIVE --anchor HASH ... --signer KEY ...
    python3 verify_trial.py ARCHIVE --prove NUMBER > envelope.json
    python3 verify_trial.py envelope.json --signer KEY

ARCHIVE is the zip file that `manage.py export_archive` writes, or a folder with its contents (the format
stands in docs/archive.md, the making of lists in docs/randomization.md). Nothing of Velum is imported: what
is checked here was written a second time, from those two pages.

Exit status: 0 when everything holds; 1 when something does not, with the first bad row by name; 2 when the
command line is wrong or names nothing that could be an archive; 3 when nothing is wrong but something was
not checked: whose key signed, whose history an audit chain is, or a method that is unknown here.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import io
import json
import math
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import accumulate, islice, pairwise, repeat
from pathlib import Path
from typing import Any
from uuid import UUID

Json = dict[str, Any]

ARCHIVE, PROOF = "velum archive 1", "velum envelope proof 1"
STEPS = ("draft", "checked", "sealed", "activated", "exhausted", "closed")
ENVIRONMENTS = {"training": 1, "test": 2, "live": 3}
PREFIXES = {"live": "R", "training": "T", "test": "X"}


class Unreadable(Exception):
    """What was named is no archive; the sentence says why."""


class Refused(Unreadable):
    """It is an archive, and not of the one form that an archive has; the sentence says where."""


class NotChecked(Exception):
    """Nothing is known to be wrong, but this program cannot tell."""


# --- Ed25519: RFC 8032, sections 5.1.1 to 5.1.7 ------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
"""Extended homogeneous coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z."""


def add(p: Point, q: Point) -> Point:
    """The sum of two points (section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    """`point` added to itself, by doubling and adding."""
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def same(p: Point, q: Point) -> bool:
    """Whether two triples of coordinates are one point."""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decoded(data: bytes) -> Point | None:
    """The point that 32 bytes stand for, or None (section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def signature_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature of 64 bytes belongs to this key and message (section 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = decoded(key), decoded(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER or same(times(8, a), (0, 1, 1, 0)):
        return False  # under a key of small order a signature holds for any message
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same(times(s, BASE), add(r, times(k, a)))


# --- Merkle trees: RFC 6962, section 2.1 -------------------------------------------------------------


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def levels(leaves: list[bytes]) -> Iterator[list[bytes]]:
    """The tree from the leaves' hashes up to the root. A last node without a sibling goes up as it is."""
    level = [leaf(data) for data in leaves]
    yield level
    while len(level) > 1:
        pairs = [node(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) & ~1 :]
        yield level


def root(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash."""
    return list(levels(leaves))[-1][0] if leaves else hashlib.sha256(b"").digest()


def path_to(leaves: list[bytes], index: int) -> list[bytes]:
    """The siblings on the way from one leaf (counted from 0) up to the root (section 2.1.1)."""
    way = []
    for level in levels(leaves):
        if index ^ 1 < len(level):
            way.append(level[index ^ 1])
        index //= 2
    return way


def root_of_path(data: bytes, index: int, count: int, way: list[bytes]) -> bytes | None:
    """The root to which a leaf and its siblings lead; None where there are too few or too many."""
    head, left = leaf(data), list(way)
    if not 0 <= index < count:
        return None
    while count > 1:
        if index ^ 1 < count:
            if not left:
                return None
            sibling = left.pop(0)
            head = node(sibling, head) if index & 1 else node(head, sibling)
        index, count = index // 2, (count + 1) // 2
    return None if left else head


# --- The stream: HMAC_DRBG with SHA-256, NIST SP 800-90A; docs/randomization.md 2 --------------------


class Stream:
    """Uniform draws from one seed under one label."""

    def __init__(self, seed: bytes, label: str) -> None:
        name = ("velum/randomization/1/" + label).encode()
        self.key, self.value, self.waiting = bytes(32), b"\x01" * 32, b""
        self.update(seed + hashlib.sha256(name).digest()[:16] + name)

    def update(self, data: bytes) -> None:
        """The generator's Update."""
        for marker in (b"\x00", b"\x01") if data else (b"\x00",):
            self.key = hmac.digest(self.key, self.value + marker + data, "sha256")
            self.value = hmac.digest(self.key, self.value, "sha256")

    def take(self, count: int) -> bytes:
        """The next bytes; they come from requests of 128 bytes each."""
        while len(self.waiting) < count:
            for _ in range(4):
                self.value = hmac.digest(self.key, self.value, "sha256")
                self.waiting += self.value
            self.update(b"")
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        return taken

    def below(self, bound: int) -> int:
        """A uniform integer below `bound`, by rejection."""
        bits = (bound - 1).bit_length()
        while True:
            value = int.from_bytes(self.take((bits + 7) // 8), "big") & ((1 << bits) - 1)
            if value < bound:
                return value

    def shuffle(self, items: list[str]) -> list[str]:
        """Fisher and Yates's shuffle, from the last place down, in place."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items


# --- Methods: docs/randomization.md 3 ----------------------------------------------------------------

Place = tuple[str, int]
"""What a method gives for one envelope: arm and block."""

Parts = tuple[tuple[str, int], tuple[str, int]]
"""How many envelopes of a stratum belong to the target, and how many to the reserve."""


def permuted_blocks(design: Json, key: str, parts: Parts, seed: bytes) -> Iterator[Place]:
    """Shuffled blocks whose sizes sum to the target exactly, or are cut at it; then those of the reserve."""
    unit, block = sum(share for _, share in design["arms"]), 0
    sizes = exact_sizes if design.get("exact", True) else cut_sizes
    for part, total in parts:
        order = Stream(seed, f"order/{part}/{key}")
        for size in sizes(total, sorted(design["block_sizes"]), Stream(seed, f"blocks/{part}/{key}")):
            block += 1
            filling = [arm for arm, share in design["arms"] for _ in range(share * size // unit)]
            yield from ((arm, block) for arm in order.shuffle(filling)[:total])
            total -= size


def exact_sizes(total: int, sizes: list[int], stream: Stream) -> Iterator[int]:
    """One of all sequences of sizes that sum to the total, by its rank; a long total in runs."""
    counts = [1] + [0] * max(runs(total, sizes))
    for n in range(1, len(counts)):
        counts[n] = sum(counts[n - size] for size in sizes if size <= n)
    for rest in runs(total, sizes):
        rank = stream.below(counts[rest])
        while rest:
            for size in sizes:
                below = counts[rest - size] if size <= rest else 0
                if rank < below:
                    break
                rank -= below
            yield size
            rest -= size


def runs(total: int, sizes: list[int]) -> list[int]:
    """The parts of which a total above 30,000 is made; the last takes what is left over."""
    if total <= 30_000:
        return [total]
    length = 15_000 // math.lcm(*sizes) * math.lcm(*sizes)
    return [length] * (total // length - 1) + [total - length * (total // length - 1)]


def cut_sizes(total: int, sizes: list[int], stream: Stream) -> Iterator[int]:
    """Sizes drawn one by one, until they reach the total."""
    while total > 0:
        size = sizes[stream.below(len(sizes))]
        yield size
        total -= size


def by_weights(design: Json, key: str, parts: Parts, seed: bytes) -> Iterator[Place]:
    """The methods that draw place by place, each arm with a weight that depends on the counts so far."""
    weigh, in_blocks = WEIGHTS[design["method"]], design["method"] == "one_block"
    counts = [0] * len(design["arms"])
    for block, (part, total) in enumerate(parts, 1):
        counts = [0] * len(counts) if in_blocks else counts
        order = Stream(seed, f"order/{part}/{key}")
        for _ in range(total):
            weights = weigh(design, counts, total)
            drawn = order.below(sum(weights))
            arm = next(n for n, below in enumerate(accumulate(weights)) if drawn < below)
            counts[arm] += 1
            yield design["arms"][arm][0], block if in_blocks else 0


def complete(design: Json, counts: list[int], total: int) -> list[int]:
    """The shares themselves."""
    return [share for _, share in design["arms"]]


def one_block(design: Json, counts: list[int], total: int) -> list[int]:
    """What is left of each arm in one block as long as the part."""
    unit = sum(share for _, share in design["arms"])
    return [share * total // unit - count for (_, share), count in zip(design["arms"], counts, strict=True)]


def big_stick(design: Json, counts: list[int], total: int) -> list[int]:
    """Every arm that is not ahead of the last one by the whole stick."""
    return [int(count < min(counts) + design["max_range"]) for count in counts]


def urn(design: Json, counts: list[int], total: int) -> list[int]:
    """Wei's balls: alpha of each arm, and beta more of every other arm after each draw."""
    alpha, beta, n = design["alpha"], design["beta"], sum(counts)
    if alpha == 0 and n == 0:
        return complete(design, counts, total)
    arms = zip(design["arms"], counts, strict=True)
    return [share * (alpha + beta * n) - beta * count for (_, share), count in arms]


def block_urn(design: Json, counts: list[int], total: int) -> list[int]:
    """Zhao and Weng's balls: what holds the ratio goes back into the urn as soon as it is laid aside."""
    shares = [share // common_share(design) for _, share in design["arms"]]
    held = design["sets"] + min(count // share for share, count in zip(shares, counts, strict=True))
    return [share * held - count for share, count in zip(shares, counts, strict=True)]


def common_share(design: Json) -> int:
    """By what all shares can be divided."""
    return math.gcd(*(share for _, share in design["arms"]))


def equal_parts(design: Json) -> list[str]:
    """The arm's name of each part: an arm with the share 2 is two of them."""
    return [arm for arm, share in design["arms"] for _ in range(share // common_share(design))]


def efron(design: Json, key: str, parts: Parts, seed: bytes) -> Iterator[Place]:
    """Efron's coin over equal parts: those that came least are likelier; a tie shares the preference."""
    names, (chance, whole) = equal_parts(design), Fraction(design["probability"]).as_integer_ratio()
    counts = [0] * len(names)
    for part, total in parts:
        order = Stream(seed, f"order/{part}/{key}")
        for _ in range(total):
            tied = counts.count(min(counts))
            behind, other = chance * (len(names) - 1) + (tied - 1) * (whole - chance), tied * (whole - chance)
            weights = [behind if count == min(counts) else other for count in counts]
            drawn = order.below(sum(weights))
            place = next(n for n, below in enumerate(accumulate(weights)) if drawn < below)
            counts[place] += 1
            yield names[place], 0


def maximal(design: Json, key: str, parts: Parts, seed: bytes) -> Iterator[Place]:
    """One of all orders that end with the ratio and stay within the limit, by its rank in the alphabet."""
    names, limit = equal_parts(design), design["max_range"]
    if max(total for _, total in parts) > longest_of_maximal(len(names), limit):
        raise Unreadable("its design asks the maximal procedure for a longer list than it makes")
    for part, total in parts:
        ways, counts = ways_on(len(names), limit, total), [0] * len(names)
        rank = Stream(seed, f"order/{part}/{key}").below(ways[0][heights(counts)])
        for come in range(1, total + 1):
            for place in range(len(names)):
                grown = [count + (n == place) for n, count in enumerate(counts)]
                below = ways[come].get(heights(grown), 0)
                if rank < below:
                    break
                rank -= below
            counts = grown
            yield names[place], 0


def longest_of_maximal(width: int, limit: int) -> int:
    """Beyond so many places a list is refused when it is made: the numbers of ways would fill the memory."""
    states = math.comb(limit + width - 1, width - 1)
    return math.isqrt(10**9 * width // (states * width.bit_length()))


def ways_on(width: int, limit: int, total: int) -> list[dict[tuple[int, ...], int]]:
    """How many ways lead on, after each number of places, from every state that those places can reach."""
    reached = [{(0,) * width}]
    for _ in range(total):
        reached.append({one for state in reached[-1] for one in one_more(state, limit)})
    ways = [dict.fromkeys([(0,) * width], 1)]
    for states in reversed(reached[:-1]):
        ways.append({state: sum(ways[-1].get(one, 0) for one in one_more(state, limit)) for state in states})
    return ways[::-1]


def one_more(state: tuple[int, ...], limit: int) -> Iterator[tuple[int, ...]]:
    """What a state becomes by one more of each part, where the limit lets it."""
    for place in range(len(state)):
        grown = [height + (n == place) for n, height in enumerate(state)]
        if max(grown) - min(grown) <= limit:
            yield heights(grown)


def heights(counts: list[int]) -> tuple[int, ...]:
    """How far each part is above the lowest, in ascending order."""
    return tuple(sorted(count - min(counts) for count in counts))


Weights = Callable[[Json, list[int], int], list[int]]
Method = Callable[[Json, str, Parts, bytes], Iterator[Place]]

WEIGHTS: dict[str, Weights] = {
    "complete": complete,
    "one_block": one_block,
    "big_stick": big_stick,
    "urn": urn,
    "block_urn": block_urn,
}
METHODS: dict[str, Method] = {
    "permuted_blocks": permuted_blocks,
    "efron": efron,
    "maximal": maximal,
    **dict.fromkeys(WEIGHTS, by_weights),
}
"""By the name that a design gives. A method that is not here is reported as not checked."""

IMPORTED = "imported"
"""The method of a list whose order came in a file. No seed gives that, by declaration; salts it does give."""


# --- Numbers, records, commitments: docs/randomization.md 4 to 6 -------------------------------------

DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """Damm's check digit; 0 for digits that end with their own."""
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return str(interim)


def numbers(count: int, environment: str, seed: bytes, taken: set[str]) -> Iterator[str]:
    """The numbers of a list, in list order; `taken` are those of the trial's earlier lists."""
    stream, seen, digits = Stream(seed, "numbers"), set(taken), 4
    while 10**digits < 20 * (count + len(taken)):
        digits += 1
    while len(seen) < count + len(taken):
        text = f"{stream.below(10**digits):0{digits}d}"
        number = f"{PREFIXES[environment]}-{text}{check_digit(text)}"
        if number not in seen:
            seen.add(number)
            yield number


def record(list_: Json, row: Json) -> bytes:
    """The 256 bytes of an envelope's content."""
    head = bytes([1, ENVIRONMENTS[list_["environment"]]]) + UUID(list_["id"]).bytes
    arm, position, block = row["arm"], row["position"], row["block"]
    middle = text(row["stratum"], 95) + position.to_bytes(4, "big") + text(row["number"], 31) + text(arm, 63)
    return head + middle + block.to_bytes(4, "big") + bytes.fromhex(row["salt"]) + bytes(6)


def text(words: str, longest: int) -> bytes:
    """A text as a record holds it: a length, the UTF-8, zeros."""
    data = words.encode()
    if len(data) > longest:
        raise ValueError(f"{words!r} is too long for a record")
    return bytes([len(data)]) + data.ljust(longest, b"\x00")


def commitment(list_: Json, row: Json) -> bytes:
    """SHA-256 over the domain line and the record."""
    return hashlib.sha256(b"velum envelope 1\n" + record(list_, row)).digest()


def statement(list_: Json) -> bytes:
    """The eight lines that the maker of a list signed."""
    lines = (
        "velum list 1",
        f"list {list_['id']}",
        f"trial {list_['trial']}",
        f"environment {list_['environment']}",
        f"envelopes {list_['envelopes']}",
        f"design {list_['design']}",
        f"root {list_['root']}",
        f"made {list_['made'][:19]}Z",
    )
    return "".join(f"{line}\n" for line in lines).encode()


# --- Reading: docs/archive.md, Form ------------------------------------------------------------------

Reader = Callable[[str], bytes]
"""What gives the bytes of a part by its name."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
"""How a part may be called: nothing that leads elsewhere, and no letter that could be another."""


def read(path: Path) -> Json:
    """The archive as one object: archive.json, with lists and chains in place of their names."""
    there, part = folder(path) if path.is_dir() else zip_file(path)
    if "archive.json" not in there:
        raise Unreadable("there is no archive.json in it.")
    archive = parsed(part("archive.json"), "archive.json")
    if archive.get("format") != ARCHIVE:
        raise Unreadable(f"archive.json does not say “{ARCHIVE}”.")
    refuse_misfits(archive, NAMED, "archive.json")
    named = [*archive["lists"], *archive["chains"]]
    refuse_names(["archive.json", *named], there)
    for what in ("lists", "chains"):
        archive[what] = [parsed(part(name), name) for name in archive[what]]
    archive["chains"].sort(key=place_of_chain)
    return archive


def refuse_names(named: list[str], there: Iterable[str]) -> None:
    """Raise Refused unless every part is there and every file is a part, each once."""
    for name, next_ in pairwise(sorted(named)):
        if name == next_:
            raise Refused(f"archive.json names {name} twice.")
    if missing := sorted(set(named) - set(there)):
        raise Refused(f"{missing[0]} is missing.")
    if strange := sorted(set(there) - set(named)):
        raise Refused(f"{strange[0]} is there and archive.json does not name it.")


def refuse_bad_names(names: list[str]) -> None:
    """Raise Refused for a name that leads elsewhere, or that some machine would take for another."""
    seen: set[str] = set()
    for name in names:
        if not NAME.fullmatch(name):
            raise Refused(f"{name} is no name of a part.")
        if name.lower() in seen:
            raise Refused(f"the name {name} is there twice.")
        seen.add(name.lower())


def place_of_chain(chain: Json) -> tuple[bool, str]:
    """The trial's own chain first, then its sites', then the sealed one."""
    name = str(chain.get("chain"))
    return name.endswith("/sealed"), name


def folder(path: Path) -> tuple[list[str], Reader]:
    """The files of an archive in a folder, and their reader."""
    found = [file for file in path.rglob("*") if not file.is_dir() or file.is_symlink()]
    names = [file.relative_to(path).as_posix() for file in found]
    refuse_bad_names(names)
    for name, file in zip(names, found, strict=True):
        if file.is_symlink() or not file.is_file():
            raise Refused(f"{name} is not a file.")
    return names, lambda name: (path / name).read_bytes()


def zip_file(path: Path) -> tuple[list[str], Reader]:
    """The files of an archive in a zip file, and their reader."""
    try:
        with zipfile.ZipFile(path) as file, path.open("rb") as raw:
            parts = {part.orig_filename: part for part in file.infolist()}
            refuse_bad_names([part.orig_filename for part in file.infolist()])
            starts = starts_of(raw, file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as fault:
        raise Refused(f"the zip file is damaged: {fault}.") from fault
    return list(parts), lambda name: unzipped(path, parts[name], starts[name])


# --- Zip files: every byte belongs to a part that the directory names (APPNOTE.TXT 4.3) ---------------

STAMPS = {0x0001, 0x5455, 0x5855, 0x7875}
"""The extra fields that change nothing: long sizes, times, owners. Another one may hold a second name."""

LONGEST = 2**20
"""A part may be as long as this, or forty times what it takes in the zip file: hashes do not shrink."""


def starts_of(raw: Any, file: zipfile.ZipFile) -> dict[str, int]:
    """Where the bytes of each part start. Raises Refused for any byte that belongs to nothing."""
    if file.comment:
        raise Refused("the zip file has a comment, which nothing names.")
    starts, place = {}, 0
    for part in sorted(file.infolist(), key=lambda part: part.header_offset):
        refuse_unusual(part)
        if part.header_offset != place:
            raise Refused(f"before {part.orig_filename} something stands in the zip file that nothing names.")
        starts[part.orig_filename] = start_of(raw, part)
        place = after(raw, part, starts[part.orig_filename])
    if place != file.start_dir:
        raise Refused("before its directory something stands in the zip file that nothing names.")
    refuse_tail(raw, file)
    return starts


def refuse_unusual(part: zipfile.ZipInfo) -> None:
    """Raise Refused for a folder, a link, another packing, a comment or an impossible length."""
    name, mode = part.orig_filename, part.external_attr >> 16
    if part.external_attr & 0x10 or stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refused(f"{name} is not a file.")
    if part.flag_bits & ~0x080E or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{name} is encrypted, or packed in a way that is not agreed.")
    if part.comment or not extra_fields(part.extra) <= STAMPS:
        raise Refused(f"{name} has a comment or a field in the zip file that nothing names.")
    if part.file_size > max(LONGEST, 40 * part.compress_size):
        raise Refused(f"{name} would be {part.file_size} bytes long, from {part.compress_size}.")


def extra_fields(data: bytes) -> set[int]:
    """Which extra fields these are; -1 for what is none."""
    found = set()
    while data:
        kind, length = struct.unpack_from("<HH", data) if len(data) >= 4 else (-1, len(data))
        found.add(kind if length + 4 <= len(data) else -1)
        data = data[4 + length :]
    return found


def start_of(raw: Any, part: zipfile.ZipInfo) -> int:
    """Where a part's bytes start. Raises Refused where its own header says other than the directory."""
    raw.seek(part.header_offset)
    head = raw.read(30)
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise Refused(f"{part.orig_filename} has no header of its own.")
    flags, packing, crc, packed, size, name, extra = struct.unpack_from("<6xHH4xIIIHH", head)
    spelled, fields = raw.read(name), raw.read(extra)
    if (spelled, flags, packing) != (spelling(part), part.flag_bits, part.compress_type):
        raise Refused(f"{part.orig_filename} is called or packed otherwise in its own header.")
    if not extra_fields(fields) <= STAMPS:
        raise Refused(f"{part.orig_filename} has a field in its own header that nothing names.")
    said = (crc, *long_sizes(fields, size, packed))
    if said != (part.CRC, part.file_size, part.compress_size) and not (flags & 8 and not any(said)):
        raise Refused(f"{part.orig_filename} has another length or sum in its own header.")
    return part.header_offset + 30 + name + extra


def spelling(part: zipfile.ZipInfo) -> bytes:
    """A part's name as its bytes; it is ASCII."""
    return part.orig_filename.encode("ascii")


def long_sizes(fields: bytes, size: int, packed: int) -> tuple[int, int]:
    """Length and packed length, from the extra field where the header has no room for them."""
    if (size, packed) != (0xFFFFFFFF, 0xFFFFFFFF):
        return size, packed
    while len(fields) >= 4:
        kind, length = struct.unpack_from("<HH", fields)
        if kind == 1 and length == 16:
            return struct.unpack_from("<QQ", fields, 4)
        fields = fields[4 + length :]
    return size, packed


def after(raw: Any, part: zipfile.ZipInfo, start: int) -> int:
    """The first byte after a part, and after the descriptor that may follow it. Raises Refused."""
    place = start + part.compress_size
    if not part.flag_bits & 8:
        return place
    raw.seek(place)
    found = raw.read(24)
    for form in ("<III", "<IQQ"):
        said = struct.pack(form, part.CRC, part.compress_size, part.file_size)
        for mark in (b"PK\x07\x08", b""):
            if found.startswith(mark + said):
                return place + len(mark + said)
    raise Refused(f"{part.orig_filename} has another length or sum after its bytes.")


def refuse_tail(raw: Any, file: zipfile.ZipFile) -> None:
    """Raise Refused unless the directory is followed by the end of the zip file and by nothing else."""
    place = file.start_dir
    for part in file.infolist():
        raw.seek(place)
        head = raw.read(46)
        lengths = struct.unpack_from("<HHH", head, 28) if len(head) == 46 else (0, 0, 0)
        place += 46 + sum(lengths)
        if head[:4] != b"PK\x01\x02" or lengths[0] != len(spelling(part)):
            raise Refused("its directory is not in order.")
    raw.seek(place)
    end, count, size = raw.read(200), len(file.infolist()), place - file.start_dir
    if end[:4] == b"PK\x06\x06":
        long = struct.pack("<IIQQQQ", 0, 0, count, count, size, file.start_dir)
        if end[4:12] != (44).to_bytes(8, "little") or end[16:56] != long:
            raise Refused("the long end of the zip file says another directory.")
        if end[56:76] != struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1):
            raise Refused("the long end of the zip file is not where it should be.")
        end = end[76:]
    if end != struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, file.start_dir, 0):
        raise Refused("after its directory something stands in the zip file that nothing names.")


def unzipped(path: Path, part: zipfile.ZipInfo, start: int) -> bytes:
    """The bytes of a part. Raises Refused where they are not as many, or others, than was said."""
    with path.open("rb") as raw:
        raw.seek(start)
        data = raw.read(part.compress_size)
    if part.compress_type == zipfile.ZIP_DEFLATED:
        inflating = zlib.decompressobj(-15)
        try:
            data = inflating.decompress(data, part.file_size + 1)
        except zlib.error as fault:
            raise Refused(f"{part.orig_filename} is damaged in this file: {fault}.") from fault
        if not inflating.eof or inflating.unused_data:
            raise Refused(f"{part.orig_filename} is damaged in this file: it ends elsewhere.")
    if len(data) != part.file_size or zlib.crc32(data) != part.CRC:
        raise Refused(f"{part.orig_filename} is damaged in this file: length or sum are others.")
    return data


# --- JSON in one spelling ----------------------------------------------------------------------------


def parsed(data: bytes | str, name: str) -> Json:
    """A JSON object in UTF-8 without doubled keys, all of whose numbers are whole. Raises Refused."""
    rules: Json = dict.fromkeys(("parse_float", "parse_constant"), no_number)
    return decoded_json(data, name, parse_int=whole, **rules)


def decoded_json(data: bytes | str, name: str, **rules: Any) -> Json:
    """A JSON object in UTF-8 without doubled keys. Raises Refused."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=without_doubles, **rules)
    except (ValueError, RecursionError) as fault:
        raise Refused(f"{name} is not JSON in the one spelling: {fault}.") from fault
    if not isinstance(value, dict):
        raise Refused(f"{name} is not a JSON object.")
    return value


def without_doubles(pairs: list[tuple[str, Any]]) -> Json:
    """A JSON object; the same key twice could show one thing here and another elsewhere."""
    for key, times_ in Counter(key for key, _ in pairs).items():
        if times_ > 1:
            raise ValueError(f"an object has the key {shortened(key)} twice")
    return dict(pairs)


def whole(digits: str) -> int:
    """A whole number. JSON itself refuses leading zeros; `-0` and what is endless are refused here."""
    return int(digits) if digits != "-0" and len(digits) < 19 else no_number(digits)


def no_number(digits: str) -> int:
    """Raise ValueError: 1.0, 1e0 and NaN have no place in an archive."""
    raise ValueError(f"{digits[:40]} is no whole number")


# --- Fields: docs/archive.md, the tables of its form -------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """What may stand in a field: in words, and whether a value does."""

    words: str
    fits: Callable[[Any], bool]


def spelled(pattern: str, words: str) -> Kind:
    """Text of one pattern, from its first to its last character."""
    form = re.compile(pattern, re.ASCII)
    return Kind(words, lambda value: isinstance(value, str) and form.fullmatch(value) is not None)


def is_text(value: Any) -> bool:
    """Whether this is text that UTF-8 can hold."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_moment(value: Any) -> bool:
    """Whether this is a moment of the calendar, in the one spelling."""
    try:
        return A_MOMENT.fits(value) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


A_MOMENT = spelled(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "")
MOMENT = Kind("a moment such as 2026-01-05T09:00:00.000000Z", is_moment)
COUNT = Kind("a whole number", lambda value: type(value) is int and value >= 0)
TEXT = Kind("text", is_text)
HASH = spelled("[0-9a-f]{64}", "64 digits out of 0-9 and a-f")
SIGNATURE = spelled("[0-9a-f]{128}", "128 digits out of 0-9 and a-f")
ID = spelled("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID in small letters")
OTHER_ID = Kind("a UUID in small letters, or null", lambda value: value is None or ID.fits(value))
PLACE = Kind("training, test or live", lambda value: isinstance(value, str) and value in ENVIRONMENTS)

NAMED: Json = {"format": TEXT, "trial": TEXT, "environment": PLACE, "lists": [TEXT], "chains": [TEXT]}
DRAW: Json = {"participant": TEXT, "at": MOMENT, "by": TEXT, "entry": HASH}
STEP: Json = {"step": TEXT, "at": MOMENT, "by": TEXT}
STRATUM: Json = {"key": TEXT, "size": COUNT}
INSIDE: Json = {"stratum": TEXT, "position": COUNT, "number": TEXT, "arm": TEXT, "block": COUNT, "salt": HASH}
"""What is committed of an envelope, and so what a proof can prove: not who drew it, nor when."""

STATED: Json = {"id": ID, "trial": TEXT, "environment": PLACE, "envelopes": COUNT, "design": HASH}
STATED |= {"root": HASH, "made": MOMENT, "signer": HASH, "signature": SIGNATURE}
LIST: Json = STATED | {"sequence": COUNT, "name": TEXT, "reserve_of": OTHER_ID, "seed": HASH}
LIST |= {"design_text": TEXT, "strata": [STRATUM], "steps": [STEP]}
LIST |= {"rows": [INSIDE | {"commitment": HASH, "draw": DRAW}]}
ENTRY: Json = {"sequence": COUNT, "at": MOMENT, "actor": TEXT, "role": TEXT, "action": TEXT}
ENTRY |= {"subject": TEXT, "body": TEXT, "previous": HASH, "hash": HASH, "kept": HASH}
CHAIN: Json = {"chain": TEXT, "length": COUNT, "head": HASH, "entries": [ENTRY]}
WHOLE: Json = NAMED | {"lists": [LIST], "chains": [CHAIN]}
SINGLE: Json = {"format": TEXT, "list": STATED, "row": INSIDE, "index": COUNT, "way": [HASH]}

MAY_LACK, MAY_BE_NULL = {"reserve_of", "kept"}, {"draw"}
"""The very first archives do not say what is a reserve, nor their entries which rows they keep. An envelope
may not have been drawn."""


def misfits(value: Any, form: Any, where: str) -> Iterator[str]:
    """Where a value is not of a form: a field too many or too few, or what does not belong there."""
    if isinstance(form, Kind):
        if not form.fits(value):
            yield f"{where}: {shortened(value)} is not {form.words}"
    elif isinstance(form, dict) and isinstance(value, dict):
        yield from fields_of(value, form, where)
    elif isinstance(form, list) and isinstance(value, list):
        yield from items_of(value, form, where)
    else:
        yield f"{where}: {shortened(value)} is not {'an object' if isinstance(form, dict) else 'a list'}"


def fields_of(value: Json, form: Json, where: str) -> Iterator[str]:
    """The misfits of an object."""
    for key in value:
        if key not in form:
            yield f"{where} has a field that nothing names: {shortened(key)}"
    for key, inner in form.items():
        if key not in value and key not in MAY_LACK:
            yield f"{where} lacks the field {key}"
        if key in value and not (value[key] is None and key in MAY_BE_NULL):
            yield from misfits(value[key], inner, f"{where}, {key}")


def items_of(value: list[Any], form: list[Any], where: str) -> Iterator[str]:
    """The misfits of a list, counted from 1."""
    for number, item in enumerate(value, 1):
        yield from misfits(item, form[0], f"{where} {number}")


def refuse_misfits(value: Any, form: Any, where: str) -> None:
    """Raise Refused for the first misfit."""
    for fault in misfits(value, form, where):
        raise Refused(f"{fault}.")


def shortened(value: Any) -> str:
    """A value of the archive in a sentence."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"


# --- Words on a terminal -----------------------------------------------------------------------------


def say(sentence: str) -> None:
    """Print one line. What is not a printable character is spelled out, and a backslash doubled."""
    line = sentence if len(sentence) <= 2000 else f"{sentence[:2000]}… ({len(sentence)} characters)"
    print("".join(letter if shows(letter) else spelled_out(letter) for letter in line))


def shows(letter: str) -> bool:
    """Whether a character shows itself and does nothing: no control, no direction, no escape sequence."""
    return letter.isprintable() and letter != "\\"


def spelled_out(letter: str) -> str:
    r"""A character as `\x1b` or `\u202e`."""
    return letter.encode("unicode_escape").decode("ascii")


# --- Checks: each yields a sentence for every fault, in the order of the rows ------------------------


def form_faults(value: Json, form: Json, where: str) -> Iterator[str]:
    """Every field is there, none is strange, and each is written in its one spelling."""
    for fault in misfits(value, form, where):
        if fault:
            yield fault


def chain_faults(chain: Json) -> Iterator[str]:
    """An audit chain: no gap, each entry bound to the one before, none changed, the tail not cut."""
    previous, expected = "0" * 64, 1
    for entry in chain["entries"]:
        if entry["sequence"] != expected:
            yield f"entry {expected} is missing, doubled or out of place"
        if entry["previous"] != previous:
            yield f"entry {entry['sequence']} does not follow the one before it"
        if entry_hash(chain["chain"], entry) != entry["hash"]:
            yield f"entry {entry['sequence']} was changed after it was written"
        if spelled_once(body(entry)) != entry["body"]:
            yield f"the body of entry {entry['sequence']} is not in the one spelling"
        previous, expected = entry["hash"], entry["sequence"] + 1
    if chain["length"] != len(chain["entries"]):
        yield f"its head speaks of {chain['length']} entries, {len(chain['entries'])} are there"
    if chain["head"] != previous:
        yield "its head is not the hash of its last entry"


def entry_hash(chain: str, entry: Json) -> str:
    """The hash of an audit entry: a zero byte, then everything it says as canonical JSON."""
    said = {key: value for key, value in entry.items() if key != "hash"} | {"chain": chain}
    return hashlib.sha256(b"\x00" + spelled_once(said).encode()).hexdigest()


def spelled_once(value: Json) -> str:
    """The canonical JSON of an object."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def place_faults(list_: Json) -> Iterator[str]:
    """The envelopes stand in list order, none missing, none added, as many as were signed."""
    found = [(row["stratum"], row["position"]) for row in list_["rows"]]
    sizes = {stratum["key"]: stratum["size"] for stratum in list_["strata"]}
    total = sum(stratum["size"] for stratum in list_["strata"])
    if total != list_["envelopes"]:
        yield f"its strata add up to {total} envelopes, {list_['envelopes']} were signed"
    places = list(islice(places_in(list_), len(found) + 1))
    for stratum, position in sorted(set(places) - set(found)):
        yield f"envelope {position} of stratum {stratum} is missing"
    for stratum, position in found:
        if not 1 <= position <= sizes.get(stratum, 0):
            yield f"envelope {position} of stratum {stratum} was added"
    for place, expected in zip(found, places, strict=False):
        if place != expected:
            yield f"envelope {place[1]} of stratum {place[0]} is out of place"
            break
    if len(found) > len(set(found)):
        yield "an envelope is there twice"


def places_in(list_: Json) -> Iterator[tuple[str, int]]:
    """Where envelopes have to stand, in list order."""
    for stratum in list_["strata"]:
        yield from ((stratum["key"], n + 1) for n in range(stratum["size"]))


def number_faults(list_: Json) -> Iterator[str]:
    """Every number has the environment's letter and its check digit, and is there once."""
    form = re.compile(PREFIXES[list_["environment"]] + r"-[0-9]{5,}")
    seen: set[str] = set()
    for row in list_["rows"]:
        number = row["number"]
        if not form.fullmatch(number) or check_digit(number.partition("-")[2]) != "0":
            yield f"envelope {row['position']} of stratum {row['stratum']} has no valid number: {number}"
        if number in seen:
            yield f"the number {number} is there twice"
        seen.add(number)


def commitment_faults(list_: Json) -> Iterator[str]:
    """Every envelope's content is what was committed, and the commitments lead to the signed root."""
    for row in list_["rows"]:
        if committed(list_, row) != row["commitment"]:
            yield f"envelope {row['number']} does not hold what was committed"
    if root([bytes.fromhex(row["commitment"]) for row in list_["rows"]]).hex() != list_["root"]:
        yield "the commitments do not lead to the signed root"


def committed(list_: Json, row: Json) -> str:
    """The commitment to what a row says; empty where that cannot be an envelope's content."""
    try:
        return commitment(list_, row).hex()
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return ""


def signature_faults(list_: Json, signers: list[str]) -> Iterator[str]:
    """The statement of the list is signed, by one of the keys that are expected if any is."""
    key, signature = bytes.fromhex(list_["signer"]), bytes.fromhex(list_["signature"])
    if not signature_holds(key, statement(list_), signature):
        yield "its signature does not hold"
    if signers and list_["signer"] not in [signer.lower() for signer in signers]:
        yield f"it was signed with the key {list_['signer']}, not with the one expected"


def key_faults(signers: list[str]) -> Iterator[str]:
    """A signature says that a key signed; whose it is, only somebody who knows the key can say."""
    if not signers:
        raise NotChecked("give the public key that you know with --signer, and not the one above")
    yield from ()


def design_faults(list_: Json) -> Iterator[str]:
    """The design is the one that was signed, and its strata are the list's."""
    seed, design = bytes.fromhex(list_["seed"]), design_of(list_)
    salted = Stream(seed, "design-salt").take(32) + list_["design_text"].encode()
    if hashlib.sha256(b"velum design 1\n" + salted).hexdigest() != list_["design"]:
        yield "seed and design are not those that were signed"
    strata = [(key, target + reserve) for key, target, reserve in design["strata"]]
    if strata != [(stratum["key"], stratum["size"]) for stratum in list_["strata"]]:
        yield "its strata are not those of its design"


def design_of(list_: Json) -> Json:
    """The design as an object. Raises Unreadable."""
    return parsed(list_["design_text"], f"the design of {list_['name']}")


def making_faults(list_: Json, taken: set[str]) -> Iterator[str]:
    """The list is the one that seed and method give, envelope by envelope. Raises NotChecked.

    Of a list that was brought in a file, its seed gives the salts and, if they are its own, the numbers.
    """
    design, seed = design_of(list_), bytes.fromhex(list_["seed"])
    drawn, salts = numbers(len(list_["rows"]), list_["environment"], seed, taken), Stream(seed, "salts")
    for row, place, number in zip(list_["rows"], places_of(design, seed), drawn, strict=False):
        made = {"salt": salts.take(32).hex()} | place
        if design.get("numbers", "own") == "own":
            made["number"] = number
        for what, value in made.items():
            if row[what] != value:
                yield f"envelope {row['number']}: its {what} is not what seed and method give"
    if design["method"] == IMPORTED and order_of(list_["rows"]) != design.get("sequence"):
        yield "the order of arms is not the one that its file brought"


def order_of(rows: list[Json]) -> str:
    """The digest of an order of arms (docs/randomization.md 10)."""
    lines = (f"{row['stratum']}\t{row['position']}\t{row['arm']}\t{row['block']}\n" for row in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def places_of(design: Json, seed: bytes) -> Iterator[Json]:
    """What the design's method gives for each envelope, in list order. Raises NotChecked."""
    if design["method"] == IMPORTED:
        yield from repeat({})
    method = METHODS.get(design["method"])
    if method is None:
        raise NotChecked(f"the method {design['method']} is unknown here: whether the seed gives this list")
    if max(sizes_in(design)) > MOST:
        raise Unreadable(f"its design speaks of more than {MOST} envelopes")
    for key, target, reserve in design["strata"]:
        for arm, block in method(design, key, (("target", target), ("reserve", reserve)), seed):
            yield {"arm": arm, "block": block}


MOST = 10_000_000
"""No list is as long, and no block: whoever writes a larger number wants to see this program stand still."""


def sizes_in(design: Json) -> Iterator[int]:
    """Every length in a design that this program would have to fill."""
    yield from (part for _, target, reserve in design["strata"] for part in (target, reserve))
    yield from design.get("block_sizes", ())
    yield sum(share for _, share in design["arms"])


def origin(list_: Json) -> str:
    """Where the order of a list comes from, in words."""
    try:
        brought = design_of(list_).get("method") == IMPORTED
    except Unreadable:
        brought = False
    return "salts from its seed, order brought in a file" if brought else "made from its seed"


def step_faults(list_: Json, entries: list[Json]) -> Iterator[str]:
    """The steps of a list are in order, by two people, and stand in the audit trail with root and time."""
    steps = [step["step"] for step in list_["steps"]]
    if not in_order(steps):
        yield f"its steps are out of order: {', '.join(steps) or 'none'}"
    people = {step["step"]: step["by"] for step in list_["steps"]}
    activator = people.get("activated", "")
    if activator and activator in [people.get(step) for step in ("draft", "checked", "sealed")]:
        yield "the person who activated it took an earlier step as well"
    said = {entry["action"]: entry for entry in steps_of(list_, entries)}
    for action, times_ in Counter(entry["action"] for entry in steps_of(list_, entries)).items():
        if times_ > 1:
            yield f"{action} stands {times_} times in the audit trail"
    for step in list_["steps"]:
        entry = said.pop(f"list.{step['step']}", None)
        if entry is None or (entry["at"], entry["actor"]) != (step["at"], step["by"]):
            yield f"the audit trail does not show that it was {step['step']} by {step['by']}"
        elif body(entry)["root"] != list_["root"]:
            yield f"another root stands in the audit entry of the step {step['step']}"
        elif entry["subject"] != list_["name"]:
            yield f"the audit entry of the step {step['step']} calls the list {entry['subject']}"
        elif step["step"] == "draft" and step["at"] != list_["made"]:
            yield "it was made at another moment than its first step says"
        elif body(entry).get("reserve_of") != list_.get("reserve_of", body(entry).get("reserve_of")):
            yield f"the audit entry of the step {step['step']} says another list before this reserve"
    for entry in said.values():
        yield f"audit entry {entry['sequence']} speaks of {entry['action']}, which the list does not show"


def in_order(steps: list[str]) -> bool:
    """Whether these are the first steps of a list's life without a gap; it may be closed early."""
    if len(steps) > 1 and steps[-1] == "closed":
        steps = steps[:-1]
    return steps != [] and steps == list(STEPS[: len(steps)])


def steps_of(list_: Json, entries: list[Json]) -> list[Json]:
    """The audit entries of the steps in a list's life."""
    return [entry for entry in entries if is_step(entry) and list_of(entry) == list_["id"]]


def is_step(entry: Json) -> bool:
    """Whether an audit entry is of a step in a list's life."""
    return str(entry["action"]).startswith("list.")


def body(entry: Json) -> Json:
    """What an audit entry says beyond its columns; answers in it may have decimals."""
    return decoded_json(entry["body"], f"audit entry {entry['sequence']}", parse_constant=no_number)


def fixed_faults(list_: Json, trial: Json) -> Iterator[str]:
    """The list was made, signed and activated before its first draw, for the trial's own environment."""
    steps = {step["step"]: step["at"] for step in list_["steps"]}
    draws = [row["draw"] for row in list_["rows"] if row["draw"]]
    if not draws:
        return
    first = min(draw["at"] for draw in draws)
    if not list_["made"] <= steps.get("sealed", "") <= steps.get("activated", "~") <= first:
        yield "it was not made, sealed and activated before its first draw"
    if (list_["trial"], list_["environment"]) != (trial["trial"], trial["environment"]):
        yield f"it is a {list_['environment']} list of {list_['trial']} and was used here"


def order_faults(list_: Json) -> Iterator[str]:
    """In each stratum the drawn envelopes are the first ones, without a hole."""
    free: dict[str, int] = {}
    for row in list_["rows"]:
        if not row["draw"]:
            free.setdefault(row["stratum"], row["position"])
        elif row["stratum"] in free:
            yield f"envelope {row['number']} was drawn although one above it is free"


def reserve_faults(archive: Json) -> Iterator[str]:
    """A reserve is drawn from in a stratum only when the list before it has nothing left there.

    Raises NotChecked for an archive of the first days, whose lists do not say what they are a reserve of.
    """
    if not all("reserve_of" in list_ for list_ in archive["lists"]):
        raise NotChecked("its lists do not say which of them is a reserve (docs/archive.md)")
    known = {list_["id"]: list_ for list_ in archive["lists"]}
    for list_ in archive["lists"]:
        if list_["reserve_of"] is not None and list_["reserve_of"] not in known:
            yield f"{list_['name']} is the reserve of a list that is not here"
        main = known.get(list_["reserve_of"], {"rows": []})
        free = {row["stratum"] for row in main["rows"] if not row["draw"]}
        for row in list_["rows"]:
            if row["draw"] and row["stratum"] in free:
                yield f"envelope {row['number']} was drawn although {main['name']}, before it, has free ones"


def draw_faults(archive: Json) -> Iterator[str]:
    """Envelopes and audit trail tell one story: who drew which envelope for whom, when, in what order."""
    entries = {entry["hash"]: (n, entry) for n, entry in drawn_entries(archive)}
    people: set[str] = set()
    main = first_lists(archive)
    last: dict[tuple[str, str, int], int] = {}
    for list_, row in drawn_rows(archive):
        draw, (chain, entry) = row["draw"], entries.pop(row["draw"]["entry"], (0, {}))
        if draw["participant"] in people:
            yield f"{draw['participant']} has two envelopes"
        people.add(draw["participant"])
        if not shown(list_, row, told(entry)).items() <= told(entry).items():
            yield f"envelope {row['number']} was drawn, and {contradiction(entry)}"
        place = (main[list_["id"]], row["stratum"], chain)
        sequence = entry.get("sequence", 0)
        if sequence < last.get(place, 0):
            yield f"envelope {row['number']} was drawn before one that stands above it"
        last[place] = sequence
    for _, entry in entries.values():
        yield f"audit entry {entry['sequence']} speaks of a draw for {entry['subject']}, who has no envelope"


def first_lists(archive: Json) -> dict[str, str]:
    """The list itself, or the one that it is, over one or several steps, the reserve of."""
    first: dict[str, str] = {}
    for list_ in archive["lists"]:
        first[list_["id"]] = first.get(str(list_.get("reserve_of")), list_["id"])
    return first


def drawn_entries(archive: Json) -> Iterator[tuple[int, Json]]:
    """Every audit entry of a draw, with the number of its chain."""
    for n, chain in enumerate(archive["chains"]):
        yield from ((n, entry) for entry in chain["entries"] if entry["action"] == "envelope.drawn")


def drawn_rows(archive: Json) -> Iterator[tuple[Json, Json]]:
    """Every drawn envelope with its list, in list order."""
    for list_ in archive["lists"]:
        yield from ((list_, row) for row in list_["rows"] if row["draw"])


def told(entry: Json) -> Json:
    """What an audit entry says of a draw; nothing if there is no entry."""
    if not entry:
        return {}
    return body(entry) | {"at": entry["at"], "by": entry["actor"], "participant": entry["subject"]}


def contradiction(entry: Json) -> str:
    """In what the audit trail differs from an envelope."""
    return f"audit entry {entry['sequence']} says otherwise" if entry else "no audit entry says so"


def shown(list_: Json, row: Json, said: Json) -> Json:
    """The same, as list and envelope show it. Early entries say the position as well."""
    draw = {key: value for key, value in row["draw"].items() if key != "entry"}
    facts = ("number", "stratum", *(("position",) if "position" in said else ()))
    return draw | {"list": list_["id"]} | {key: row[key] for key in facts}


def code_break_faults(archive: Json) -> Iterator[str]:
    """Each broken code stands in the sealed trail and in the blinded one, as often in one as in the other."""
    blinded = Counter(who(entry) for entry in broken(archive))
    sealed = Counter(who(entry) for entry in opened(archive, "code_break"))
    for said in sorted(blinded | sealed):
        subject, at, actor = said
        if sealed[said] < blinded[said]:
            yield f"the sealed trail does not show that {actor} broke the code of {subject} at {at}"
        if blinded[said] < sealed[said]:
            yield f"the blinded trail does not show that {actor} broke the code of {subject} at {at}"
    known = {(subject, actor) for subject, _, actor in blinded}
    for entry in opened(archive, "code_break_again"):
        if (entry["subject"], entry["actor"]) not in known:
            yield f"the sealed trail shows {entry['actor']} an arm again, and no code was broken"


def who(entry: Json) -> tuple[str, str, str]:
    """Of whom an entry speaks, when, and by whom."""
    return entry["subject"], entry["at"], entry["actor"]


def opened(archive: Json, purpose: str) -> Iterator[Json]:
    """Every entry of the sealed trail about an envelope that was opened for this purpose."""
    for chain in archive["chains"]:
        for entry in chain["entries"]:
            if entry["action"] == "envelope.opened" and body(entry).get("purpose") == purpose:
                yield entry


def completeness_faults(archive: Json) -> Iterator[str]:
    """No list and no chain of the trial is left out, none is strange, no number is used twice."""
    known = {list_["id"] for list_ in archive["lists"]}
    if [list_["sequence"] for list_ in archive["lists"]] != list(range(1, len(known) + 1)):
        yield "a list of the trial is missing, doubled or out of order"
    for chain in archive["chains"]:
        for entry in chain["entries"]:
            if entry["action"].startswith(("list.", "envelope.drawn")) and list_of(entry) not in known:
                yield f"audit entry {entry['sequence']} of {chain['chain']} speaks of a list that is not here"
    names = [chain["chain"] for chain in archive["chains"]]
    if len(set(names)) != len(names) or not {archive["trial"], f"{archive['trial']}/sealed"} <= set(names):
        yield "an audit chain is missing or doubled"
    for name in sorted(set(names) - chains_named(archive)):
        yield f"the trial's own audit chain knows of no site to which the chain {name} could belong"
    if not set(said_environments(archive)) <= {archive["environment"]}:
        yield f"it was not installed as a {archive['environment']} trial"
    if drafts_of(archive) != sorted(drafts_of(archive)):
        yield "the lists are not in the order in which they were made"
    seen: set[str] = set()
    for list_ in archive["lists"]:
        mine = {row["number"] for row in list_["rows"]}
        if mine & seen:
            yield f"the number {min(mine & seen)} stands in two lists"
        seen |= mine


def own_entries(archive: Json) -> list[Json]:
    """The entries of the trial's own chain."""
    chains = [chain["entries"] for chain in archive["chains"] if chain["chain"] == archive["trial"]]
    return [entry for entries in chains for entry in entries]


def chains_named(archive: Json) -> set[str]:
    """The chains that a trial has: its own, the sealed one, and one for each site that its own speaks of."""
    trial, sites = archive["trial"], set()
    for entry in own_entries(archive):
        opened_site = entry["subject"] if entry["action"] == "site.opened" else None
        sites |= {f"{trial}/{site}" for site in (opened_site, body(entry).get("site")) if site}
    return sites | {trial, f"{trial}/sealed"}


def said_environments(archive: Json) -> list[Any]:
    """As what the trial was installed, by its own chain."""
    installed = (body(entry) for entry in own_entries(archive) if entry["action"] == "trial.installed")
    return [said["environment"] for said in installed if "environment" in said]


def drafts_of(archive: Json) -> list[int]:
    """Where in the trial's own chain each list was made, in the order of the lists."""
    made = {
        list_of(entry): entry["sequence"] for entry in own_entries(archive) if entry["action"] == "list.draft"
    }
    return [made[list_["id"]] for list_ in archive["lists"] if list_["id"] in made]


def list_of(entry: Json) -> str:
    """The list that an audit entry speaks of."""
    return str(body(entry).get("list", ""))


def anchor_faults(archive: Json, anchors: list[str]) -> Iterator[str]:
    """Every hash that somebody kept on paper is still an audit entry's, or a list's root."""
    known = {entry["hash"] for chain in archive["chains"] for entry in chain["entries"]}
    known |= {list_["root"] for list_ in archive["lists"]}
    for anchor in anchors:
        wanted = anchor.lower().rstrip(".…")
        if len(wanted) < 16 or not any(value.startswith(wanted) for value in known):
            yield f"no audit entry and no list has the hash {anchor}: history was cut or written anew"


def history_faults(chain: Json, anchors: list[str]) -> Iterator[str]:
    """A kept hash vouches for the entries of a chain up to its own. Raises NotChecked for those after it."""
    kept = tuple(anchor.lower().rstrip(".…") for anchor in anchors if len(anchor) >= 16)
    places = [n for n, entry in enumerate(chain["entries"], 1) if entry["hash"].startswith(kept)]
    if not places:
        raise NotChecked(
            "no hash of it was given with --anchor, and whoever holds it could have written it anew"
        )
    if places[-1] < len(chain["entries"]):
        raise NotChecked(f"no hash that was given with --anchor stands after its entry {places[-1]}")
    yield from ()


# --- All together ------------------------------------------------------------------------------------

Finding = tuple[str, int, Iterator[str]]
"""What is checked, how many rows it has, and its faults."""


def checks(archive: Json, anchors: list[str], signers: list[str]) -> Iterator[Finding]:
    """Every check of an archive, in the order in which a reader would look."""
    yield "form", len(archive["lists"]) + len(archive["chains"]), form_faults(archive, WHOLE, "the archive")
    blinded = [chain for chain in archive["chains"] if not chain["chain"].endswith("/sealed")]
    entries = [entry for chain in blinded for entry in chain["entries"]]
    yield "completeness", len(archive["lists"]) + len(archive["chains"]), completeness_faults(archive)
    for chain in archive["chains"]:
        yield f"audit chain {chain['chain']}", len(chain["entries"]), chain_faults(chain)
    taken: set[str] = set()
    for list_ in archive["lists"]:
        yield from checks_of_list(list_, archive, entries, taken, signers)
        taken |= {row["number"] for row in list_["rows"]}
    yield "reserves", len(archive["lists"]), reserve_faults(archive)
    yield "draws", len(list(drawn_rows(archive))), draw_faults(archive)
    yield "code breaks", len(list(broken(archive))), code_break_faults(archive)
    yield "anchors", len(anchors), anchor_faults(archive, anchors)
    for chain in archive["chains"]:
        yield (
            f"whose history this is: {chain['chain']}",
            len(chain["entries"]),
            history_faults(chain, anchors),
        )
    yield "whose key this is", len(archive["lists"]), key_faults(signers)


def checks_of_list(
    list_: Json, archive: Json, entries: list[Json], taken: set[str], signers: list[str]
) -> Iterator[Finding]:
    """Every check of one list; `taken` are the numbers of those before it."""
    name, count = f"list {list_['name']}", len(list_["rows"])
    yield f"{name}: places", count, place_faults(list_)
    yield f"{name}: numbers", count, number_faults(list_)
    yield f"{name}: contents", count, commitment_faults(list_)
    yield f"{name}: signature", 1, signature_faults(list_, signers)
    yield f"{name}: design", 1, design_faults(list_)
    yield f"{name}: {origin(list_)}", count, making_faults(list_, taken)
    yield f"{name}: steps", len(list_["steps"]), step_faults(list_, entries)
    yield f"{name}: fixed before the first draw", 1, fixed_faults(list_, archive)
    yield f"{name}: order", count, order_faults(list_)


def facts(archive: Json) -> Iterator[str]:
    """What somebody has to compare with what they know, before any check is worth something."""
    yield f"trial {archive['trial']}, {archive['environment']}"
    for list_ in archive["lists"]:
        yield f"list {list_['name']}: {list_['envelopes']} envelopes, made {list_['made']}"
        yield from (f"  {what:5}{list_[field]}" for what, field in (("root", "root"), ("key", "signer")))
    for chain in archive["chains"]:
        yield f"audit chain {chain['chain']}: {chain['length']} entries"
        yield f"  head {chain['head']}"


def broken(archive: Json) -> Iterator[Json]:
    """Every audit entry of a broken code."""
    for chain in archive["chains"]:
        yield from (entry for entry in chain["entries"] if entry["action"] == "code.broken")


def proof_of(archive: Json, number: str) -> Json:
    """What proves one envelope alone: its content, its way to the root, and the signed statement."""
    for list_ in archive["lists"]:
        for index, row in enumerate(list_["rows"]):
            if row["number"] == number:
                leaves = [bytes.fromhex(other["commitment"]) for other in list_["rows"]]
                public = {key: list_[key] for key in STATED}
                way = [sibling.hex() for sibling in path_to(leaves, index)]
                content = {key: row[key] for key in INSIDE}
                return {"format": PROOF, "list": public, "row": content, "index": index, "way": way}
    raise Unreadable(f"No list of this archive has the number {number}.")


def proof_faults(proof: Json) -> Iterator[str]:
    """One envelope: content, place in the tree, place in the list's order, signature."""
    list_, row, way = proof["list"], proof["row"], [bytes.fromhex(part) for part in proof["way"]]
    leaf_ = bytes.fromhex(committed(list_, row))
    head = root_of_path(leaf_, proof["index"], list_["envelopes"], way) if leaf_ else None
    if head is None or head.hex() != list_["root"]:
        yield f"envelope {row['number']} is not in the list of this root with this content"


def root_faults(proof: Json, anchors: list[str]) -> Iterator[str]:
    """Every root that somebody kept is the root of this envelope's list."""
    for anchor in anchors:
        wanted = anchor.lower().rstrip(".…")
        if len(wanted) < 16 or not proof["list"]["root"].startswith(wanted):
            yield f"its list has another root than {anchor} (an audit head needs the whole archive)"


def proof_checks(proof: Json, anchors: list[str], signers: list[str]) -> Iterator[Finding]:
    """The checks of a single envelope."""
    yield "form", 1, form_faults(proof, SINGLE, "the file")
    yield f"envelope {proof['row']['number']}", 1, proof_faults(proof)
    yield "signature", 1, signature_faults(proof["list"], signers)
    yield "anchors", len(anchors), root_faults(proof, anchors)
    yield "whose key this is", 1, key_faults(signers)


def proof_facts(proof: Json) -> Iterator[str]:
    """What a proof proves, and by which root and key. Who drew the envelope is not in it."""
    list_, row = proof["list"], proof["row"]
    place = f"{row['position']} of stratum {row['stratum']}, block {row['block']}"
    yield f"envelope {row['number']}: {row['arm']}, {place}"
    yield f"of the {list_['environment']} list {list_['id']} of {list_['trial']}, made {list_['made'][:19]}Z"
    yield from (f"  {what:5}{list_[field]}" for what, field in (("root", "root"), ("key", "signer")))


def report(facts_: Iterator[str], findings: Iterator[Finding]) -> int:
    """Print the facts, a line for each check and the first bad row; return the exit status."""
    first, unchecked = "", 0
    with suppress(Exception):  # what lacks a fact has a fault of form, which comes next
        for fact in facts_:
            say(fact)
    try:
        for what, rows, faults in findings:
            fault, reason = outcome(faults)
            unchecked += bool(reason)
            say(line(what, rows, fault, reason))
            first = first or (f"{what}: {fault}" if fault else "")
    except Exception as fault:  # a check that lacks what it starts from
        first = first or misshapen(fault)
    if first:
        say(f"First bad row: {first}.")
        return 1
    say("Something was not checked." if unchecked else "Everything checked holds.")
    return 3 if unchecked else 0


def line(what: str, rows: int, fault: str, reason: str) -> str:
    """One check in one line."""
    if reason:
        return f"not checked: {what}: {reason}"
    return f"{'BAD' if fault else 'ok '} {what}: {rows} rows" + (f": {fault}" if fault else "")


def outcome(faults: Iterator[str]) -> tuple[str, str]:
    """The first fault of a check, or why it was not made."""
    try:
        return first_of(faults), ""
    except NotChecked as reason:
        return "", str(reason)


def first_of(faults: Iterator[str]) -> str:
    """The first fault, if there is one. What cannot even be worked out is one. Raises NotChecked."""
    try:
        return next(faults, "")
    except NotChecked:
        raise
    except Unreadable as fault:
        return str(fault).rstrip(".")
    except Exception as fault:
        return misshapen(fault)


def misshapen(fault: Exception) -> str:
    """That something cannot even be worked out, in words."""
    return f"what stands there is not of the form that was agreed ({type(fault).__name__}: {fault})"


def words() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description="Check the published archive of a trial.")
    parser.add_argument("path", type=Path, metavar="ARCHIVE", help="zip file, folder, or a single envelope")
    parser.add_argument("--anchor", action="append", default=[], metavar="HASH", help="a hash from a receipt")
    parser.add_argument(
        "--signer", action="append", default=[], metavar="KEY", help="a public key that may have signed"
    )
    parser.add_argument("--prove", metavar="NUMBER", help="print what proves this one envelope alone")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Check, print, and return the exit status."""
    given = words().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return answer(given)
    except Refused as fault:
        say(f"BAD form: {fault}")
        return 1
    except Unreadable as fault:
        say(f"Cannot be read: {fault}")
    except Exception as fault:  # whatever a file holds, it is read or refused
        say(f"Cannot be read: {type(fault).__name__}: {fault}")
    return 2


def answer(given: argparse.Namespace) -> int:
    """Check an envelope or an archive, or take one envelope out of an archive. Raises Unreadable."""
    if not given.path.is_dir() and not is_zip(given.path):
        proof = one_proof(given.path)
        return report(proof_facts(proof), proof_checks(proof, given.anchor, given.signer))
    archive = read(given.path)
    if not given.prove:
        return report(facts(archive), checks(archive, given.anchor, given.signer))
    refuse_misfits(archive, WHOLE, "the archive")
    print(json.dumps(proof_of(archive, given.prove), indent=1).replace("\x7f", "\\u007f"))
    return 0


def is_zip(path: Path) -> bool:
    """Whether a file is a zip file, or begins or ends as one. Raises Unreadable."""
    if not path.is_file():
        raise Unreadable(f"{path} is no file and no folder.")
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(path)


def one_proof(path: Path) -> Json:
    """The proof of a single envelope. Raises Unreadable."""
    if path.stat().st_size > LONGEST:
        raise Unreadable(f"{path.name} is too long for the proof of one envelope.")
    data = path.read_bytes()
    if PROOF.encode() not in data:
        raise Unreadable(f"{path.name} does not say “{PROOF}”.")
    proof = parsed(data, path.name)
    if proof.get("format") != PROOF:
        raise Unreadable(f"{path.name} does not say “{PROOF}” where it should.")
    return proof


if __name__ == "__main__":
    sys.exit(main())
