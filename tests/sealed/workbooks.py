"""Workbooks as people save them, and as somebody might who means harm: small, and made here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

from openpyxl import Workbook

from tests.sealed.own_files import good

HEADS = ("id", "block", "block size", "treatment")
MIB = 1024 * 1024


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet(change: Callable[[Any], object] = bool, *, title: str = "List") -> bytes:
    """The good list on one sheet, numbers as numbers, after this change."""
    book = filled(Workbook(), title)
    change(book.active)
    return saved(book)


def filled(book: Workbook, title: str) -> Workbook:
    page = book.active
    assert page is not None
    page.title = title
    page.append(HEADS)
    for row in good():
        page.append([int(row["id"]), int(row["block"]), int(row["size"]), row["arm"]])
    return book


def as_text(page: Any) -> None:
    for row in page.iter_rows(min_row=2, max_col=3):
        for cell in row:
            cell.value = str(cell.value)


def as_decimals(page: Any) -> None:
    for row in page.iter_rows(min_row=2, max_col=3):
        for cell in row:
            cell.value = float(cell.value)
            cell.number_format = "0.00"


def below_a_title(page: Any) -> None:
    page.insert_rows(1, 3)
    page["A1"] = "Randomisation list, trial X"
    page.merge_cells("A1:D1")
    page["A2"], page["B2"] = "Seed", 7


def above_a_footer(page: Any) -> None:
    page["B40"] = "Made by the statistician"


def beside_empty_columns(page: Any) -> None:
    page.insert_cols(1, 2)


def hidden(page: Any) -> None:
    for row in range(5, 9):
        page.row_dimensions[row].hidden = True


def hidden_column(page: Any) -> None:
    page.column_dimensions["A"].hidden = True


def merged_blocks(page: Any) -> None:
    first = 2
    for row in range(2, 39):
        if page.cell(row, 2).value != page.cell(first, 2).value:
            if row - 1 > first:
                page.merge_cells(start_row=first, end_row=row - 1, start_column=2, end_column=2)
            first = row


def thousands_of_formatted_rows(page: Any) -> None:
    for row in range(38, 5038):
        page.cell(row, 1).number_format = "0"


def dated_codes(page: Any) -> None:
    page.cell(1, 1).value = "code"
    for row in range(2, 38):
        page.cell(row, 1).value = f"EC{80 + row}"
    page.cell(9, 1).value = datetime(2026, 12, 4)


def beside_notes(*, named_alike: bool = False) -> bytes:
    book = filled(Workbook(), "Randomisation")
    other = book.create_sheet("Notes", 0)
    other.append(["Made with seed 7"])
    if named_alike:
        other.append(["id", "treatment"])
        other.append([1, "Placebo"])
    return saved(book)


def hidden_sheet() -> bytes:
    book = filled(Workbook(), "Randomisation")
    book.create_sheet("Cover").append(["See the other sheet"])
    book["Randomisation"].sheet_state = "hidden"
    return saved(book)


def with_formulas(formula: str, value: str | None = "1") -> bytes:
    """The first number as a formula, with the value that a spreadsheet program keeps beside it."""

    def change(page: Any) -> None:
        page["A2"] = f"={formula}"

    kept = f"<v>{value}</v>" if value is not None else "<v></v>"
    return rewritten(
        sheet(change),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace("<v></v>", kept).replace("<v />", kept),
    )


def rewritten(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part of its archive changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "")
    return out.getvalue()


def entities(data: bytes) -> bytes:
    """A declaration that would name one word, and nothing that grows."""
    return rewritten(
        data,
        "xl/worksheets/sheet1.xml",
        lambda text: (
            '<!DOCTYPE x [<!ENTITY one "1">]>' + text.partition("?>")[2]
            if "?>" in text
            else f'<!DOCTYPE x [<!ENTITY one "1">]>{text}'
        ),
    )


def far_cell(page: Any) -> None:
    page["XFD1048576"] = "x"


def far_empty_cell(page: Any) -> None:
    page["XFD1048576"].number_format = "0"


def wide_heading(page: Any) -> None:
    for column in range(1, 60):
        page.cell(1, column).value = f"column {column}"


def claimed_size(data: bytes) -> bytes:
    """A sheet that says it is as large as a sheet can be."""
    return rewritten(
        data,
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace('<dimension ref="A1:D37"', '<dimension ref="A1:XFD1048576"'),
    )


TAKEN: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "plain": (sheet(), ()),
    "numbers as text": (sheet(as_text), ()),
    "numbers as decimals": (sheet(as_decimals), ()),
    "below a merged title": (sheet(below_a_title), ("Passed over above the heading",)),
    "above a footer": (sheet(above_a_footer), ("Made by the statistician",)),
    "beside empty columns": (sheet(beside_empty_columns), ()),
    "rows hidden by a filter": (sheet(hidden), ("rows that are hidden",)),
    "a hidden column": (sheet(hidden_column), ("columns that are hidden",)),
    "blocks merged downwards": (sheet(merged_blocks), ("merged downwards",)),
    "five thousand empty rows with a format": (sheet(thousands_of_formatted_rows), ()),
    "a second sheet with notes": (beside_notes(), ("“Randomisation” was read, and no other",)),
    "the list on a hidden sheet": (hidden_sheet(), ("is hidden",)),
    "a formula with its value": (with_formulas("ROW()-1"), ("has formulas",)),
    "a sheet that claims to be huge": (claimed_size(sheet()), ()),
    "an empty cell at the far end": (sheet(far_empty_cell), ()),
}
"""Taken, and what is told of them."""

REFUSED: dict[str, tuple[bytes, str]] = {
    "two sheets that could be the list": (beside_notes(named_alike=True), "not clear which sheet"),
    "codes that became days": (sheet(dated_codes), "made a date of this cell"),
    "a formula without a value": (with_formulas("ROW()-1", None), "a formula without a value"),
    "a formula at random": (with_formulas("RANDBETWEEN(1,3)"), "another value each time"),
    "sixty columns": (sheet(wide_heading), "more than 50 columns"),
    "a cell at the far end": (sheet(far_cell), "more than 50 columns"),
    "declared entities": (entities(sheet()), "defines entities"),
    "more when unpacked than a list can be": (
        with_part(sheet(), "xl/media/image1.bin", bytes(97 * MIB)),
        "grows too large",
    ),
    "thousands of parts": (archive("xl/workbook.xml", *(f"x{n}" for n in range(2001))), "grows too large"),
    "an OpenDocument file": (archive("mimetype", "content.xml"), "OpenDocument"),
    "a Word document": (archive("word/document.xml"), "Word document"),
    "a file of Apple Numbers": (archive("Index/Document.iwa"), "Numbers"),
    "a binary workbook": (archive("xl/workbook.bin"), "binary workbook"),
    "an archive of other things": (archive("list.csv"), "without a workbook"),
    "half a workbook": (sheet()[:3000], "cannot be read"),
    "an empty workbook": (saved(Workbook()), "holds nothing"),
}
"""Refused, and what the sentence says."""
