"""The rows of a CSV file that a person exported: read strictly, and refused where they could be misread.

A list decides what people are given, so nothing is repaired by guessing. Faults name the row, as a
spreadsheet counts it from the first line on, and the rule; never what a cell holds, but the heading.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from trial.core.sentences import Sentence, Words

from .other_kinds import other_kind

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 50
LONGEST_CELL = 200
MOST_FAULTS = 20
"""Sentences that are said of one file at most; rows with the same one are said together."""

DELIMITERS = ",;\t|"
ENCODINGS = {
    "utf-8": Sentence("UTF-8, or what the file's first bytes say"),
    "cp1252": Sentence("Windows-1252 (Excel's “CSV” in Western Europe)"),
    "mac-roman": Sentence("Mac Roman (Excel's “CSV (Macintosh)”)"),
    "iso-8859-15": Sentence("Latin 9 (ISO 8859-15)"),
    "cp850": Sentence("DOS, Western Europe (cp850)"),
    "utf-16-le": Sentence("UTF-16 without a mark, little end first"),
    "utf-16-be": Sentence("UTF-16 without a mark, big end first"),
}
"""What a person may say about the bytes. Nothing but the first is ever guessed."""
DECLARED = re.compile(r"sep=(.)[,;\t|\s]*\Z", re.IGNORECASE)
"""Excel's first line that names the delimiter; Excel itself does not show it."""
LOOKED_AT, LONGEST_LOOK = 50, 4000
"""Lines, and signs of each, in which delimiter and heading are looked for."""
MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks, the longer before the shorter that they begin with."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
"""Control characters, and those that are not seen or change the direction of reading."""
ENDS = "\x0c\x1a"
"""What DOS and printers put after the last line."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
FORMULA = ("=", "+", "-", "@")
AROUND = re.compile(r"^[^\S\r\n]+|[^\S\r\n]+\Z")
"""Blanks around a cell, of whatever kind; a line break is none."""
AS_TEXT = re.compile(r'="([0-9]+)"')
"""Digits as Excel's exports write them to keep their zeros."""

NO_ROW = Sentence("The file holds no row. Export the list again.")
TOO_WIDE = Sentence("The heading has more than %(most)s columns.", most=MOST_COLUMNS)
TOO_HEAVY = Sentence(
    "The file has more than %(most)s MiB. Lists that long are made here.", most=MOST_BYTES // 1024 // 1024
)
TOO_LONG = Sentence("The file has more than %(most)s rows.", most=f"{MOST_ROWS:,}")
NOT_UTF_8 = Sentence("This is not UTF-8. Save the file as “CSV UTF-8”, or say in which encoding it is.")
NOT_DECLARED = Sentence("These bytes are not of the encoding that was named. Name another.")
OTHER_WIDTH = Sentence(
    "Its cells are %(cells)s, those of the heading %(width)s. Complete the row, or take it out if it is no "
    "envelope."
)
QUOTES = Sentence("A quotation mark is not closed, or stands inside a cell, or the cell is far too long.")


@dataclass(frozen=True)
class Fault:
    """What is wrong in which row (0 for the file as a whole), by which rule, and what to do.

    `ask` names what a person can say to mend it without touching the file, a key of `remedies.HOW`;
    `about` is the heading of the column that the question is about. `typed` is the sentence for whoever types
    a command, where it names other words than the page shows.
    """

    row: int
    rule: str
    sentence: Words
    ask: str = ""
    about: str = ""
    typed: Words | None = None


class FileFaults(ValueError):
    """The file is not taken. `faults` are the first that were found, each sentence with all its rows."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.row} {fault.rule}: {fault.sentence}" for fault in self.faults))


Record = tuple[int, tuple[str, ...]]
"""A row that says something: its number and its cells."""


@dataclass(frozen=True, repr=False)
class Grid:
    """The rows of a file of whatever kind, before anybody knows which is the heading.

    `labels` has the words behind a column's codes (SPSS, Stata), `dates` the columns in which a
    spreadsheet holds days, `notes` what was read otherwise than it looks.
    """

    kind: str
    source: str
    records: list[Record]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[Words, ...] = ()


def read_grid(data: bytes, knows: Callable[[Sequence[str]], int], encoding: str = "") -> Grid:
    """The rows in these bytes. `knows` counts the headings of a row that are known. Raises FileFaults.

    Taken: UTF-8 with or without its mark, UTF-16 and UTF-32 with one, anything else when `encoding` says
    so; any line ends; comma, semicolon, TAB, bar, or what `sep=` names; quoted cells. Latin-1 is refused
    unless it is named: its letters cannot be distinguished from those of its relatives.
    """
    text = _decoded(data, encoding)
    first = next((found[0] for found in LINE.finditer(text)), "")
    declared = DECLARED.fullmatch(first.strip("\r\n"))
    if declared:
        text = text[len(first) :]
    delimiter = declared[1] if declared else _delimiter(text, knows)
    return Grid("CSV", hashlib.sha256(data).hexdigest(), list(_records(text, delimiter)))


def _decoded(data: bytes, encoding: str) -> str:
    refuse_heavy(data)
    if said := other_kind(data):
        raise FileFaults([Fault(0, "kind", said)])
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), "")
    try:
        text = data.decode(marked or encoding or "utf-8")
    except UnicodeDecodeError as fault:
        row, named = data[: fault.start].count(b"\n") + 1, bool(encoding and not marked)
        said = NOT_DECLARED if named else NOT_UTF_8
        raise FileFaults([Fault(row, "encoding", said, "encoding")]) from fault
    text = text.rstrip(ENDS)
    if found := UNSEEN.search(text):
        row = len(re.findall(r"\r\n|\r|\n", text[: found.start()])) + 1
        sign = f"U+{ord(found[0]):04X}"
        sentence = Sentence("There is an invisible character (%(sign)s). Remove it.", sign=sign)
        raise FileFaults([Fault(row, "character", sentence, "encoding" if found[0] == "\0" else "")])
    return text


def bare_cell(cell: str) -> str:
    """A cell without the blanks around it, and `="007"` as 007."""
    bare = AROUND.sub("", cell)
    found = AS_TEXT.fullmatch(bare)
    return found[1] if found else bare


def refuse_heavy(data: bytes) -> None:
    """Raise FileFaults where the file is too large, of whatever kind it is."""
    if len(data) > MOST_BYTES:
        raise FileFaults([Fault(0, "size", TOO_HEAVY)])


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every record that says something, with its number."""
    lines = _without_blanks_beside_quotes(text, delimiter)
    row, said, reader = 0, 0, csv.reader(lines, delimiter=delimiter, strict=True)
    shared: dict[str, str] = {}
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise FileFaults([Fault(row, "quotes", QUOTES)]) from fault
        if any(cell and not cell.isspace() for cell in cells):
            said += 1
            if said > MOST_ROWS + 1:
                raise FileFaults([Fault(row, "size", TOO_LONG)])
            yield row, tuple([shared.setdefault(cell, cell) for cell in cells])


def _without_blanks_beside_quotes(text: str, delimiter: str) -> Iterator[str]:
    """The lines; a cell in quotation marks may have blanks around these."""
    sign = re.escape(delimiter)
    quoted = re.compile(rf'(^|{sign})[ \u00a0]*("(?:[^"]|"")*")[ \u00a0]*(?={sign}|[\r\n]|\Z)')
    for found in LINE.finditer(text):
        if line := found[0]:
            yield quoted.sub(r"\1\2", line) if '" ' in line or ' "' in line else line


def _delimiter(text: str, knows: Callable[[Sequence[str]], int]) -> str:
    """The one under which a line has most headings that are known; else the one that occurs most often."""
    found = (line[0] for line in LINE.finditer(text) if line[0].strip())
    lines = [line[:LONGEST_LOOK] for line in islice(found, LOOKED_AT)]
    first = lines[0] if lines else ""

    def known(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(lines, delimiter=delimiter)
        try:
            return max((knows(row) for row in rows), default=0), first.count(delimiter)
        except csv.Error:
            return 0, first.count(delimiter)

    return max(DELIMITERS, key=known)


def cell_fault(row: int, cells: Sequence[str], width: int, used: Iterable[int]) -> Fault | None:
    """What is wrong with the form of this row of the table, if anything; cells are looked at where `used`."""
    if len(cells) != width:
        return Fault(row, "cells", OTHER_WIDTH.having(cells=len(cells), width=width))
    for place in used:
        for rule, broken, sentence in CELL_RULES:
            if broken(cells[place]):
                return Fault(row, rule, sentence.having(column=place + 1))
    return None


CELL_RULES = (
    (
        "length",
        lambda cell: len(cell) > LONGEST_CELL,
        Sentence("Column %(column)s holds more than %(most)s signs.", most=LONGEST_CELL),
    ),
    (
        "line_break",
        lambda cell: "\n" in cell or "\r" in cell,
        Sentence("Column %(column)s holds a line break. Remove it."),
    ),
    (
        "formula",
        lambda cell: cell.startswith(FORMULA),
        Sentence("Column %(column)s starts like a formula. Export values."),
    ),
)
