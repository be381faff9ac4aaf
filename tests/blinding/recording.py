"""What one run let be seen, channel by channel, in a file that two runs are compared by."""

from __future__ import annotations

import difflib
import hashlib
import re
import sqlite3
import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SCHEMA = (
    "CREATE TABLE seen (place INTEGER, what TEXT, channel TEXT, digest TEXT)",
    "CREATE TABLE content (digest TEXT PRIMARY KEY, bytes BLOB)",
    "CREATE TABLE file (number INTEGER PRIMARY KEY, name TEXT)",
)
LINES_OF_A_FILE = 100_000
"""A traced line is kept as its file's number times this, plus its own."""
HEX_MASKS = (rb"\b[0-9a-f]{128}\b", rb"\b[0-9a-f]{64}\b", rb"\b[0-9a-f]{12,16}(?=\xe2\x80\xa6)")
"""Signature, commitment or hash, and the first digits of one. Only for the pair with real commitments
and where a code break has moved the head of a chain; the worlds are compared without any mask."""


class Recording:
    """Collects what is seen; `write` puts it into a file."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, str, str]] = []
        self.contents: dict[str, bytes] = {}
        self.place = 0

    def add(self, what: str, channels: Mapping[str, bytes]) -> None:
        """Note everything that one act or one look showed."""
        self.place += 1
        for channel, content in channels.items():
            digest = hashlib.sha256(content).hexdigest()
            if digest not in self.contents:
                self.contents[digest] = zlib.compress(content, 1)
            self.rows.append((self.place, what, channel, digest))

    def forget(self, what: str, channel: str) -> None:
        """Leave one channel of what was noted last out of account."""
        self.rows = [row for row in self.rows if row[1:3] != (what, channel)]

    def write(self, path: Path, files: Mapping[int, str]) -> None:
        """Keep it all in one file, with the names of the files that were traced."""
        with sqlite3.connect(path) as file:
            for statement in SCHEMA:
                file.execute(statement)
            file.executemany("INSERT INTO seen VALUES (?, ?, ?, ?)", self.rows)
            file.executemany("INSERT INTO content VALUES (?, ?)", self.contents.items())
            file.executemany("INSERT INTO file VALUES (?, ?)", files.items())
        file.close()


ONLOOKERS = "onlookers"
"""The part in which blinded people look at the pharmacy door."""
SWEEPS, TRACED = ("sweep/", f"{ONLOOKERS}/"), {"lines", "calls"}
"""Parts and channels of which runs of different portions show different things."""
OVERHEARD = (
    "ATTACH ? AS pharmacy",
    f"INSERT INTO seen SELECT * FROM pharmacy.seen WHERE what LIKE '{ONLOOKERS}/%' ORDER BY rowid",
    "INSERT INTO seen SELECT place, printf('the pharmacy sends/%04d', row_number() OVER (ORDER BY rowid)), "
    "channel, digest FROM pharmacy.seen WHERE channel IN ('mail', 'tasks', 'redis') AND digest <> ? "
    "ORDER BY rowid",
    "INSERT OR IGNORE INTO content SELECT * FROM pharmacy.content WHERE digest IN (SELECT digest FROM seen)",
)
"""In this order. What only a pharmacist saw stays behind."""


def overheard(clinic: Path, pharmacy: Path) -> None:
    """Add to what the clinic let be seen what blinded people see and get of the pharmacy."""
    words = (str(pharmacy),), (), (hashlib.sha256(b"").hexdigest(),), ()
    file = sqlite3.connect(clinic, isolation_level=None)
    for statement, values in zip(OVERHEARD, words, strict=True):
        file.execute(statement, values)
    file.close()


@dataclass(frozen=True)
class Seen:
    """One channel of one act or look."""

    what: str
    channel: str
    digest: str


@dataclass(frozen=True)
class Difference:
    """A channel on which two runs differ. A side is None where the other run did more."""

    what: str
    channel: str
    one: bytes | None
    other: bytes | None


class Recorded:
    """A recording that was written."""

    def __init__(self, path: Path) -> None:
        self.file = sqlite3.connect(path)
        rows = self.file.execute("SELECT what, channel, digest FROM seen ORDER BY rowid")
        self.seen = [Seen(*row) for row in rows]

    def content(self, digest: str, channel: str = "") -> bytes:
        """The bytes behind a digest; traced lines as `file:line`, for a person to read."""
        (found,) = self.file.execute("SELECT bytes FROM content WHERE digest = ?", [digest]).fetchone()
        return self._readable(zlib.decompress(found)) if channel == "lines" else zlib.decompress(found)

    def _readable(self, lines: bytes) -> bytes:
        names = dict(self.file.execute("SELECT number, name FROM file"))
        places = (divmod(at, LINES_OF_A_FILE) for at in array("I", lines))
        return "\n".join(f"{names[file]}:{line}" for file, line in places).encode()

    def contents(self) -> Iterator[bytes]:
        """Everything that was seen."""
        return (zlib.decompress(row[0]) for row in self.file.execute("SELECT bytes FROM content"))

    def size(self) -> int:
        """How many channels were recorded."""
        return len(self.seen)


def differences(
    one: Recorded, other: Recorded, masks: tuple[bytes, ...] = (), *, shared: bool = False
) -> Iterator[Difference]:
    """Every channel on which they differ, in the order of the script.

    If the other run `shared` the sweeps over all addresses, and the keeping of lines, with further runs, what
    it did not do of these is no difference.
    """
    mine = {(row.what, row.channel): row.digest for row in one.seen}
    theirs = {(row.what, row.channel): row.digest for row in other.seen}
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        left, right = mine.get(key), theirs.get(key)
        if shared and right is None and (key[0].startswith(SWEEPS) or key[1] in TRACED):
            continue
        if left != right:
            found = Difference(*key, side_of(one, left, key[1]), side_of(other, right, key[1]))
            if not masks or masked(found.one, masks) != masked(found.other, masks):
                yield found


def side_of(recorded: Recorded, digest: str | None, channel: str) -> bytes | None:
    """What one run showed there; None if it showed nothing."""
    return None if digest is None else recorded.content(digest, channel)


def masked(content: bytes | None, masks: tuple[bytes, ...]) -> bytes | None:
    """The content with every hash in it written as one and the same, of the same length."""
    for mask in masks if content is not None else ():
        content = re.sub(mask, lambda found: b"#" * len(found[0]), content or b"")
    return content


def told(difference: Difference, *, lines: int = 12) -> str:
    """A difference for a person to read."""
    head = f"{difference.what} · {difference.channel}"
    if difference.one is None or difference.other is None:
        return f"{head}: only in the {'second' if difference.one is None else 'first'} run"
    left, right = (
        text.decode("utf-8", "backslashreplace").splitlines() for text in (difference.one, difference.other)
    )
    changes = [
        row
        for row in difflib.unified_diff(left, right, lineterm="", n=0)
        if not row.startswith(("---", "+++"))
    ]
    return "\n".join([f"{head}:", *(f"    {row[:300]}" for row in changes[:lines])])
