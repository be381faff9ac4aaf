"""The rows of a CSV file that a person exported: read strictly, and refused where they could be misread.

A list decides what people are given, so nothing is repaired by guessing. Faults name the row, as a
spreadsheet counts it with the heading as row 1, and the rule; never what a cell holds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trial.core.protocol import Text

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
    b"PK\x03\x04": Text("an Excel workbook or a zip archive", "un classeur Excel ou une archive zip"),
    b"PK\x05\x06": Text("an empty zip archive", "une archive zip vide"),
    b"\xd0\xcf\x11\xe0": Text("an old Excel workbook", "un ancien classeur Excel"),
    b"\x1f\x8b": Text("a compressed file", "un fichier compressé"),
    b"%PDF": Text("a PDF", "un PDF"),
}
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
"""Control characters, and those that are not seen or change the direction of reading."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
FORMULA = ("=", "+", "-", "@", "\t")

NO_ROW = Text(
    "The file holds no row. Export the list again.",
    "Le fichier ne contient aucune ligne. Exportez la liste de nouveau.",
)
TOO_WIDE = Text(
    f"The heading has more than {MOST_COLUMNS} columns.", f"L’en-tête a plus de {MOST_COLUMNS} colonnes."
)
TOO_HEAVY = Text(
    f"The file has more than {MOST_BYTES // 1024 // 1024} MiB. Lists that long are made here.",
    f"Le fichier dépasse {MOST_BYTES // 1024 // 1024} Mio. Des listes aussi longues se créent ici.",
)
TOO_LONG = Text(
    f"The file has more than {MOST_ROWS:,} rows.",
    f"Le fichier a plus de {MOST_ROWS:,} lignes.".replace(",", "\u202f"),
)
NOT_UTF_8 = Text(
    "This is not UTF-8. Save the file as “CSV UTF-8”.",
    "Ce n’est pas de l’UTF-8. Enregistrez le fichier en « CSV UTF-8 ».",
)
QUOTES = Text(
    "A quotation mark is not closed, or stands inside a cell, or the cell is far too long.",
    "Un guillemet n’est pas fermé, ou se trouve dans une cellule, ou la cellule est bien trop longue.",
)


@dataclass(frozen=True)
class Fault:
    """What is wrong in which row (0 for the file as a whole), by which rule, and what to do."""

    row: int
    rule: str
    sentence: Text

    @property
    def text(self) -> Text:
        """The sentence behind its row and rule."""
        en, fr = (f"row {self.row}, ", f"ligne {self.row}, ") if self.row else ("", "")
        return Text(f"{en}{self.rule}: {self.sentence.en}", f"{fr}{self.rule}\u00a0: {self.sentence.fr}")

    def __str__(self) -> str:
        return self.text.en


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
    or TAB; quoted cells. Latin-1 is refused: its letters cannot be told from those of its relatives.
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
            sentence = Text(
                f"This is {kind.en}. Save the list as CSV in UTF-8.",
                f"C’est {kind.fr}. Enregistrez la liste en CSV, en UTF-8.",
            )
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
        sentence = Text(
            f"There is an invisible character ({sign}). Remove it.",
            f"Il y a un caractère invisible ({sign}). Supprimez-le.",
        )
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
        sentence = Text(
            f"It has {len(cells)} cells, the heading has {width}.",
            f"Elle a {len(cells)} cellules, l’en-tête en a {width}.",
        )
        return Fault(row, "cells", sentence)
    for column, cell in enumerate(cells, 1):
        for rule, broken, sentence in CELL_RULES:
            if broken(cell):
                words = Text(f"Column {column} {sentence.en}", f"La colonne {column} {sentence.fr}")
                return Fault(row, rule, words)
    return None


CELL_RULES = (
    (
        "length",
        lambda cell: len(cell) > LONGEST_CELL,
        Text(f"holds more than {LONGEST_CELL} signs.", f"contient plus de {LONGEST_CELL} signes."),
    ),
    (
        "line_break",
        lambda cell: "\n" in cell or "\r" in cell,
        Text("holds a line break.", "contient un retour à la ligne."),
    ),
    (
        "formula",
        lambda cell: cell.startswith(FORMULA),
        Text("starts like a formula. Export values.", "commence comme une formule. Exportez des valeurs."),
    ),
    (
        "spaces",
        lambda cell: cell != cell.strip(),
        Text("starts or ends with a space. Remove it.", "commence ou finit par une espace. Supprimez-la."),
    ),
)
