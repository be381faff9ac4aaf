"""The rows of a CSV file that a person exported: read strictly, and refused where they could be misread.

A list decides what people are given, so nothing is repaired by guessing. Faults name the row, as a
spreadsheet counts it with the heading as row 1, and the rule; never what a cell holds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trial.core.sentences import Sentence, Words

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 50
LONGEST_CELL = 200
MOST_FAULTS = 20
"""Faults that are collected before reading ends."""

DELIMITERS = ",;\t"
MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks, the longer before the shorter that they begin with."""
OTHER_KINDS = {
    b"PK\x03\x04": Sentence("an Excel workbook or a zip archive"),
    b"PK\x05\x06": Sentence("an empty zip archive"),
    b"\xd0\xcf\x11\xe0": Sentence("an old Excel workbook"),
    b"\x1f\x8b": Sentence("a compressed file"),
    b"%PDF": Sentence("a PDF"),
}
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
"""Control characters, and those that are not seen or change the direction of reading."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
FORMULA = ("=", "+", "-", "@", "\t")

NO_ROW = Sentence("The file holds no row. Export the list again.")
TOO_WIDE = Sentence("The heading has more than %(most)s columns.", most=MOST_COLUMNS)
TOO_HEAVY = Sentence(
    "The file has more than %(most)s MiB. Lists that long are made here.", most=MOST_BYTES // 1024 // 1024
)
TOO_LONG = Sentence("The file has more than %(most)s rows.", most=f"{MOST_ROWS:,}")
NOT_UTF_8 = Sentence("This is not UTF-8. Save the file as “CSV UTF-8”.")
QUOTES = Sentence("A quotation mark is not closed, or stands inside a cell, or the cell is far too long.")


@dataclass(frozen=True)
class Fault:
    """What is wrong in which row (0 for the file as a whole), by which rule, and what to do."""

    row: int
    rule: str
    sentence: Words

    @property
    def text(self) -> Sentence:
        """The sentence behind its row and rule."""
        if not self.row:
            return Sentence("%(rule)s: %(sentence)s", rule=self.rule, sentence=self.sentence)
        form = Sentence("row %(row)s, %(rule)s: %(sentence)s", row=self.row)
        return form.having(rule=self.rule, sentence=self.sentence)

    def __str__(self) -> str:
        return str(self.text)


class FileFaults(ValueError):
    """The file is not taken. `faults` are the first that were found, MOST_FAULTS at most."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Table:
    """The heading, and an iterator over the other rows, each with the number of its row."""

    heading: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def read_table(data: bytes) -> Table:
    """The table in these bytes. Raises FileFaults; reading on may raise it as well.

    Taken: UTF-8 with or without its mark, UTF-16 and UTF-32 with one; any line ends; comma, semicolon
    or TAB; quoted cells. Latin-1 is refused: its letters cannot be distinguished from those of its relatives.
    """
    text = _decoded(data)
    records = _records(text)
    row, heading = next(((row, cells) for row, cells in records if cells), (0, []))
    if not heading:
        raise FileFaults([Fault(0, "empty", NO_ROW)])
    if len(heading) > MOST_COLUMNS:
        raise FileFaults([Fault(row, "columns", TOO_WIDE)])
    return Table(tuple(cell.strip() for cell in heading), _checked(records, len(heading)))


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FileFaults([Fault(0, "size", TOO_HEAVY)])
    for start, kind in OTHER_KINDS.items():
        if data.startswith(start):
            sentence = Sentence("This is %(kind)s. Save the list as CSV in UTF-8.", kind=kind)
            raise FileFaults([Fault(0, "kind", sentence)])
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        row = data[: fault.start].count(b"\n") + 1
        raise FileFaults([Fault(row, "encoding", NOT_UTF_8)]) from fault
    if found := UNSEEN.search(text):
        row = len(re.findall(r"\r\n|\r|\n", text[: found.start()])) + 1
        sign = f"U+{ord(found[0]):04X}"
        sentence = Sentence("There is an invisible character (%(sign)s). Remove it.", sign=sign)
        raise FileFaults([Fault(row, "character", sentence)])
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with its number; blank ones as empty lists."""
    lines = (found[0] for found in LINE.finditer(text) if found[0])
    row, reader = 0, csv.reader(lines, delimiter=_delimiter(text), strict=True)
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise FileFaults([Fault(row, "quotes", QUOTES)]) from fault
        if row > MOST_ROWS + 1:
            raise FileFaults([Fault(row, "size", TOO_LONG)])
        yield row, cells if any(cells) else []


def _delimiter(text: str) -> str:
    """The one that occurs most often in the first line that says anything."""
    first = next((found[0] for found in LINE.finditer(text) if found[0].strip()), "")
    return max(DELIMITERS, key=first.count)


def _checked(records: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    faults: list[Fault] = []
    for row, cells in records:
        if not cells:
            continue
        if fault := _fault_of(row, cells, width):
            faults.append(fault)
            if len(faults) == MOST_FAULTS:
                break
        elif not faults:
            yield row, cells
    if faults:
        raise FileFaults(faults)


def _fault_of(row: int, cells: list[str], width: int) -> Fault | None:
    if len(cells) != width:
        sentence = Sentence(
            "It has %(cells)s cells, the heading has %(width)s.", cells=len(cells), width=width
        )
        return Fault(row, "cells", sentence)
    for column, cell in enumerate(cells, 1):
        for rule, broken, sentence in CELL_RULES:
            if broken(cell):
                return Fault(row, rule, sentence.having(column=column))
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
        Sentence("Column %(column)s holds a line break."),
    ),
    (
        "formula",
        lambda cell: cell.startswith(FORMULA),
        Sentence("Column %(column)s starts like a formula. Export values."),
    ),
    (
        "spaces",
        lambda cell: cell != cell.strip(),
        Sentence("Column %(column)s starts or ends with a space. Remove it."),
    ),
)
