"""Reads a workbook, or a file of Stata, SPSS or SAS, in a process of its own: bytes in, JSON out.

    python -I binary_reader.py KIND < FILE

Run as a script by `files`, never imported by the server: the libraries that read these formats are large,
and partly in C. So a file that is made to do harm finds a process without database, keys or environment,
that can write no file and has little memory and time. Nothing here knows Velum; faults leave as codes.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

MOST_MEMORY = 1536 * 1024 * 1024
"""Address space: NumPy alone reserves some hundred MiB."""
MOST_SECONDS = 20
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 100_001, 51, 20
MOST_PARTS, MOST_UNPACKED = 2000, 96 * 1024 * 1024
"""Files in a workbook's archive, and their bytes when unpacked."""
MOST_BLANKS = 3_000_000
"""Cells of a workbook, most of them empty, that are looked at."""
CHANGING = ("RAND(", "RANDBETWEEN(", "RANDARRAY(", "NOW(", "TODAY(", "OFFSET(", "INDIRECT(")
"""Functions whose value is another each time the workbook is opened."""

NO_WORKBOOK = {
    "xl/workbook.bin": "binary",
    "mimetype": "open",
    "word/document.xml": "word",
    "Index/Document.iwa": "numbers",
}
"""By a file inside it, what an archive is that holds no workbook."""


class Refused(Exception):
    """The file is not read. `args` are a code and its places."""


def limit() -> None:
    """Take away what reading does not need: memory, time, and every file."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def shown(value: Any) -> str:
    """A value as CSV would have it: whole numbers without a point, days as ISO 8601, nothing as nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).rstrip().encode("utf-8", "replace").decode()


def statistics(data: bytes, read: Callable[..., Any]) -> dict[str, Any]:
    """The one table of a file of Stata, SPSS or SAS."""
    columns, meta = read(BytesIO(data), output_format="dict", row_limit=MOST_ROWS)
    names = list(meta.column_names)
    if len(names) >= MOST_COLUMNS:
        raise Refused("columns")
    cells = [[shown(value) for value in columns[name]] for name in names]
    days = {
        place: 2
        for place, name in enumerate(names)
        if any(isinstance(value, date | time | datetime) for value in columns[name])
    }
    labels = {
        name: {shown(code): str(label).strip() for code, label in known.items()}
        for name, known in meta.variable_value_labels.items()
    }
    for name, known in labels.items():
        if len(set(known.values())) < len(known):
            raise Refused("labels", name)
    rows = [[row, list(values)] for row, values in enumerate(zip(*cells, strict=True), 2)]
    titles = [str(label or "") for label in meta.column_labels]
    sheet = {"title": "", "rows": [[1, names], *rows], "days": days, "notes": []}
    return {"sheets": [sheet], "labels": labels, "titles": titles}


def check_archive(data: bytes) -> None:
    """Refuse an archive that unpacks to too much, is no workbook, or brings definitions of its own."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except zipfile.BadZipFile as fault:
        raise Refused("damaged") from fault
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused(next((code for name, code in NO_WORKBOOK.items() if name in names), "other"))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused("unpacked")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("locked")
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")) and _defines(archive, part):
            raise Refused("entities")


def _defines(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part of a workbook declares entities; no spreadsheet program writes any."""
    text = archive.read(part).replace(b"\0", b"")
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def workbook(data: bytes) -> dict[str, Any]:
    """Every sheet of a workbook that says something."""
    check_archive(data)
    from openpyxl import load_workbook

    values = load_workbook(BytesIO(data), data_only=True, keep_links=False)
    formulas = load_workbook(BytesIO(data), keep_links=False) if _has_formulas(data) else None
    sheets = [
        sheet_of(sheet, formulas[sheet.title] if formulas else None)
        for sheet in values.worksheets[:MOST_SHEETS]
    ]
    return {"sheets": [sheet for sheet in sheets if sheet["rows"]], "labels": {}, "titles": []}


def _has_formulas(data: bytes) -> bool:
    archive = zipfile.ZipFile(BytesIO(data))
    sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
    return any(b"<f>" in text or b"<f " in text or b":f" in text for text in map(archive.read, sheets))


def sheet_of(sheet: Any, formulas: Any) -> dict[str, Any]:
    """One sheet: its rows that say something, where it holds days, and what a reader should be told."""
    cells = cells_of(sheet)
    notes = [*formula_notes(sheet, cells, formulas), *hidden_notes(sheet, cells)]
    for spread in sheet.merged_cells.ranges:
        value = cells.get(spread.min_row, {}).get(spread.min_col, "")
        for row in range(spread.min_row + 1, spread.max_row + 1) if value else ():
            cells.setdefault(row, {})[spread.min_col] = value
            notes.append(["merged", sheet.title])
    days: dict[int, int] = {}
    for row, place in sorted(day_cells(sheet)):
        days.setdefault(place - 1, row)
    rows = [[row, _filled(cells[row])] for row in sorted(cells) if any(cells[row].values())]
    if len(rows) > MOST_ROWS:
        raise Refused("rows")
    once = [note for at, note in enumerate(notes) if note not in notes[:at]]
    return {"title": sheet.title, "rows": rows, "days": days, "notes": once}


def cells_of(sheet: Any) -> defaultdict[int, dict[int, str]]:
    """The cells that a sheet has, by row and column. Its width and height are not believed."""
    cells: defaultdict[int, dict[int, str]] = defaultdict(dict)
    if len(sheet._cells) > MOST_BLANKS:
        raise Refused("unpacked")
    for (row, column), cell in sheet._cells.items():
        if (text := shown(cell.value)) and column > MOST_COLUMNS:
            raise Refused("columns")
        elif text:
            cells[row][column] = text
    return cells


def day_cells(sheet: Any) -> Iterator[tuple[int, int]]:
    """Where a sheet holds days or hours."""
    for place, cell in sheet._cells.items():
        if isinstance(cell.value, date | time):
            yield place


def _filled(cells: dict[int, str]) -> list[str]:
    return [cells.get(column, "") for column in range(1, max(cells) + 1)]


def formula_notes(sheet: Any, cells: dict[int, dict[int, str]], formulas: Any) -> Iterator[list[str]]:
    """What is to be told of formulas. One without a value, or that changes by itself, is refused."""
    for (row, column), cell in formulas._cells.items() if formulas else ():
        if cell.data_type != "f":
            continue
        written = str(getattr(cell.value, "text", cell.value)).upper().replace(" ", "")
        if any(function in written for function in CHANGING):
            raise Refused("changing", cell.coordinate, sheet.title)
        if sheet._cells[row, column].value is None:
            raise Refused("formula", cell.coordinate, sheet.title)
        yield ["formulas", sheet.title]


def hidden_notes(sheet: Any, cells: Iterable[int]) -> Iterator[list[str]]:
    """What is to be told of rows and columns that nobody sees in the workbook."""
    if any(sheet.row_dimensions[row].hidden for row in cells if row in sheet.row_dimensions):
        yield ["hidden_rows", sheet.title]
    if any(column.hidden for column in sheet.column_dimensions.values()):
        yield ["hidden_columns", sheet.title]
    if sheet.sheet_state != "visible":
        yield ["hidden_sheet", sheet.title]


def read(kind: str, data: bytes) -> dict[str, Any]:
    """What the file holds. Raises Refused, or anything that a library raises."""
    if kind == "xlsx":
        return workbook(data)
    import pyreadstat

    readers: dict[str, Any] = {
        "dta": pyreadstat.read_dta,
        "sav": pyreadstat.read_sav,
        "xpt": pyreadstat.read_xport,
    }
    return statistics(data, readers[kind])


def main() -> None:
    """Read standard input; write what it holds, or why it is not read."""
    limit()
    try:
        answer = read(sys.argv[1], sys.stdin.buffer.read())
    except Refused as fault:
        answer = {"refused": list(fault.args)}
    except MemoryError:
        answer = {"refused": ["unpacked"]}
    except Exception:
        answer = {"refused": ["damaged"]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
