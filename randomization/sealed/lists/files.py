"""The rows of a brought file, whatever program wrote it.

Text is read here. Workbooks and the files of Stata, SPSS and SAS are read by a process of their own
(`binary_reader`), which gets the bytes through a pipe and answers through another: nothing of them
touches a disk, and no library for them is loaded by either door.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from randomization.core.brought.list_columns import Known
from randomization.core.brought.list_csv import Expected
from randomization.core.brought.table_file import (
    MOST_ROWS,
    TOO_LONG,
    TOO_WIDE,
    UNSEEN,
    Fault,
    FileFaults,
    Grid,
    Record,
    read_grid,
    refuse_heavy,
)
from trial.core.sentences import LIST, Sentence, joined

READER = Path(__file__).with_name("binary_reader.py")
PATIENCE = 25
"""Seconds: a web server waits 30."""
ZIP = b"PK\x03\x04"
STARTS = {
    ZIP: "xlsx",
    b"$FL2": "sav",
    b"$FL3": "sav",
    b"<stata_dta>": "dta",
    b"HEADER RECORD*******LI": "xpt",
}
OLD_STATA = range(102, 116)
"""First byte of a Stata file before version 13; the second says the byte order, the third is 1."""
KINDS = {"xlsx": "Excel", "sav": "SPSS", "dta": "Stata", "xpt": "SAS"}

DAMAGED = Sentence("The file cannot be read: it is damaged, or no such file. Export it again, or as CSV.")
REFUSED = {
    "damaged": DAMAGED,
    "binary": Sentence("This is a binary workbook (.xlsb). Save it as .xlsx or as CSV in UTF-8."),
    "open": Sentence("This is an OpenDocument file (.ods, .odt). Save the list as .xlsx or as CSV in UTF-8."),
    "word": Sentence(
        "This is a Word document (.docx). Copy its table into a spreadsheet and save that as .xlsx or as CSV "
        "in UTF-8; better, export the list from the program that made it."
    ),
    "numbers": Sentence("This is a file of Apple Numbers or Pages. Export the list as .xlsx or as CSV."),
    "other": Sentence("This is an archive without a workbook. Bring the list itself."),
    "locked": Sentence("The workbook asks for a password. Save it without one."),
    "entities": Sentence(
        "The workbook defines entities, as no spreadsheet program does. Save the list as CSV."
    ),
    "unpacked": Sentence("The file grows too large when it is unpacked. Save the list alone, as CSV."),
    "rows": TOO_LONG,
    "columns": TOO_WIDE,
    "labels": Sentence("Two codes of %(first)s have one label. Give each its own."),
    "formula": Sentence(
        "Cell %(first)s of sheet “%(second)s” is a formula without a value. Save the workbook once in a "
        "spreadsheet program, or enter values."
    ),
    "changing": Sentence(
        "The formula in cell %(first)s of sheet “%(second)s” has another value each time the workbook is "
        "opened. Enter values."
    ),
}
"""Why a file is not read, by the reader's code."""
RULES = {
    "rows": "size",
    "columns": "columns",
    "unpacked": "size",
    "formula": "formula",
    "changing": "formula",
    "labels": "labels",
}
NOTES = {
    "merged": Sentence(
        "Sheet “%(first)s” has cells that are merged downwards; each row was given their word."
    ),
    "formulas": Sentence("Sheet “%(first)s” has formulas; their values were read as they were last saved."),
    "hidden_rows": Sentence("Sheet “%(first)s” has rows that are hidden; they were read."),
    "hidden_columns": Sentence("Sheet “%(first)s” has columns that are hidden; they were read."),
    "hidden_sheet": Sentence("Sheet “%(first)s” is hidden; it was read."),
}
OTHER_SHEETS = Sentence("Sheet “%(first)s” was read, and no other.")


def grid_of(data: bytes, expected: Expected) -> Grid:
    """The rows of the file. Raises FileFaults."""
    refuse_heavy(data)
    if not (kind := kind_of(data)):
        return read_grid(data, expected.known.count, expected.encoding)
    answer = _read(kind, data)
    if "refused" in answer:
        code, *places = answer["refused"]
        sentence = REFUSED[code].having(**dict(zip(("first", "second"), places, strict=False)))
        raise FileFaults([Fault(0, RULES.get(code, "kind"), sentence)])
    sheet, others = _sheet(answer["sheets"], expected)
    return _grid(data, kind, sheet, answer, expected.known, others)


def kind_of(data: bytes) -> str:
    """The kind of a file that is no text, by its first bytes; empty for text."""
    if data[:1] and data[0] in OLD_STATA and data[1:2] in (b"\x01", b"\x02") and data[2:3] == b"\x01":
        return "dta"
    return next((kind for start, kind in STARTS.items() if data.startswith(start)), "")


def _read(kind: str, data: bytes) -> dict[str, Any]:
    """What the reader answers; that it is damaged where there is no answer, or none in time."""
    command = [sys.executable, "-I", str(READER), kind]
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, env=environment, timeout=PATIENCE, check=False
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": ["unpacked"]}
    return dict(answer)


def _sheet(sheets: Sequence[dict[str, Any]], expected: Expected) -> tuple[dict[str, Any], bool]:
    """The sheet with the list, and whether there are others: the one named, or the only one with headings."""
    if expected.sheet:
        named = [
            sheet
            for sheet in sheets
            if sheet["title"].strip().casefold() == expected.sheet.strip().casefold()
        ]
    else:
        headed = [sheet for sheet in sheets if _holds_a_list(sheet, expected.known)]
        named = headed or list(sheets)
    if len(named) == 1:
        return named[0], len(sheets) > 1
    if not sheets:
        raise FileFaults([Fault(0, "empty", Sentence("The workbook holds nothing."))])
    titles = joined((f"“{sheet['title']}”" for sheet in named or sheets), LIST)
    sentence = Sentence("It is not clear which sheet holds the list: %(sheets)s.", sheets=titles)
    raise FileFaults([Fault(0, "sheet", sentence, "sheet")])


def _holds_a_list(sheet: Mapping[str, Any], known: Known) -> bool:
    rows = (cells for _, cells in sheet["rows"][:50])
    return any(
        known.count(cells) > 1 or "arm" in {known.role(cell, place) for place, cell in enumerate(cells)}
        for cells in rows
    )


def _grid(
    data: bytes, kind: str, sheet: Mapping[str, Any], answer: Mapping[str, Any], known: Known, others: bool
) -> Grid:
    records = [(int(row), tuple(map(str, cells))) for row, cells in sheet["rows"]]
    if len(records) > MOST_ROWS + 1:
        raise FileFaults([Fault(0, "size", TOO_LONG)])
    _refuse_unseen(records)
    labels = dict(answer["labels"])
    if answer["titles"]:
        titled = _titled(records[0][1], answer["titles"], known)
        labels = {titled.get(name, name): held for name, held in labels.items()}
        records[0] = (1, tuple(titled.get(name, name) for name in records[0][1]))
    notes = [NOTES[code].having(first=title) for code, title in sheet["notes"]]
    if others:
        notes.insert(0, OTHER_SHEETS.having(first=sheet["title"]))
    days = {int(place): int(row) for place, row in sheet["days"].items()}
    return Grid(KINDS[kind], hashlib.sha256(data).hexdigest(), records, labels, days, tuple(notes))


def _titled(names: Sequence[str], titles: Sequence[str], known: Known) -> dict[str, str]:
    """The variable's label as its heading, where the label is known and the name is not."""
    return {
        name: title
        for place, (name, title) in enumerate(zip(names, titles, strict=False))
        if title and not known.role(name, place) and known.role(title, place)
    }


def _refuse_unseen(records: Sequence[Record]) -> None:
    for row, cells in records:
        for cell in cells:
            if found := UNSEEN.search(cell):
                sign = f"U+{ord(found[0]):04X}"
                sentence = Sentence("There is an invisible character (%(sign)s). Remove it.", sign=sign)
                raise FileFaults([Fault(row, "character", sentence)])
