"""Lists as statisticians export them, and what goes wrong with them on the way: a corpus for the importer."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import product

from randomization.core.brought.list_csv import Expected, ImportedList, list_of
from randomization.core.brought.table_file import read_grid
from randomization.core.design import ArmShare

NAMES = ("Placebo", "Low dose", "High dose")
BLOCKS = ("012", "201120", "120", "021210021", "102", "210", "012021", "120")
"""36 places in blocks of 3, 6 and 9, as indices into NAMES."""
Rows = list[list[str]]


def expected(**more: object) -> Expected:
    """Three arms of 12 in one stratum; the file's names are mapped to the protocol's codes."""
    arms = tuple(ArmShare(code, 1) for code in ("PBO", "LOW", "HIGH"))
    names = dict(zip(NAMES, ("PBO", "LOW", "HIGH"), strict=True))
    facts = {"arms": arms, "sizes": {"all": 36}, "environment": "live", "arm_names": names}
    return Expected(**(facts | more))  # type: ignore[arg-type]


def read_list(data: bytes, expected: Expected) -> ImportedList:
    """The list in a CSV file, as an import reads it. Raises FileFaults."""
    return list_of(read_grid(data, expected.known.count, expected.encoding), expected)


def places() -> list[tuple[int, int, int, str]]:
    """Block, its size, place in it, and the arm's name, for each envelope."""
    return [
        (number, len(block), place, NAMES[int(arm)])
        for number, block in enumerate(BLOCKS, 1)
        for place, arm in enumerate(block, 1)
    ]


def blockrand() -> Rows:
    head = ["id", "block.id", "block.size", "treatment"]
    return [head, *([str(n), str(b), str(s), arm] for n, (b, s, _, arm) in enumerate(places(), 1))]


def blockrand_with_row_names() -> Rows:
    return [["" if n == 0 else str(n), *row] for n, row in enumerate(blockrand())]


def sealed_envelope() -> Rows:
    head = ["block identifier", "block size", "sequence within block", "treatment", "code"]
    codes = (f"{a}{b}{n}" for n, (a, b) in zip(range(1, 999), product("ABCDEFGH", "KLMNOPQ"), strict=False))
    return [head, *([str(b), str(s), str(p), arm, next(codes)] for b, s, p, arm in places())]


def sealed_envelope_list() -> Rows:
    head = ["Sequence", "Block", "Block size", "Treatment"]
    return [head, *([str(n), str(b), str(s), arm] for n, (b, s, _, arm) in enumerate(places(), 1))]


def nci() -> Rows:
    head = ["Group", "Subject", "Assignment", "Assigned Arm Index", "Arm 1 Posterior Totals"]
    return [head, *(["all", str(n), arm, "1", "0"] for n, (_, _, _, arm) in enumerate(places(), 1))]


def velum() -> Rows:
    head = ["stratum", "position", "number", "block", "arm"]
    return [
        head,
        *(["all", str(n), str(4000 + n), str(b), arm] for n, (b, _, _, arm) in enumerate(places(), 1)),
    ]


FORMATS: dict[str, Callable[[], Rows]] = {
    function.__name__: function
    for function in (blockrand, blockrand_with_row_names, sealed_envelope, sealed_envelope_list, nci, velum)
}


def written(rows: Rows, *, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """The rows as CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def column(rows: Rows, *names: str) -> int:
    """Where the first of these headings stands."""
    return next(n for n, head in enumerate(rows[0]) if head.casefold() in names)


def arm(rows: Rows) -> int:
    return column(rows, "treatment", "assignment", "arm")


def in_cell(row: int, text: Callable[[str], str]) -> Callable[[Rows], None]:
    """Change the treatment of a row (counted as a spreadsheet does)."""

    def change(rows: Rows) -> None:
        rows[row - 1][arm(rows)] = text(rows[row - 1][arm(rows)])

    return change


def exchanged(first: int, second: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[first - 1], rows[second - 1] = rows[second - 1], rows[first - 1]

    return change


def all_one_arm(rows: Rows) -> None:
    for row in rows[1:]:
        row[arm(rows)] = NAMES[0]


def thirteen(rows: Rows) -> None:
    """13, 11 and 12 of the arms."""
    next(row for row in rows[1:] if row[arm(rows)] == NAMES[1])[arm(rows)] = NAMES[0]


def without_heading(rows: Rows) -> None:
    del rows[0]


def unknown_column(rows: Rows) -> None:
    for n, row in enumerate(rows):
        row.append("remark" if n == 0 else "x")


def two_treatments(rows: Rows) -> None:
    for row in rows:
        row.append(row[arm(rows)])


def no_treatment(rows: Rows) -> None:
    place = arm(rows)
    for row in rows:
        del row[place]


BAD_ROWS: dict[str, tuple[Callable[[Rows], object], set[str]]] = {
    "a row too few": (lambda rows: rows.pop(), {"count", "ratio"}),
    "a row too many": (lambda rows: rows.append(list(rows[-1])), {"count", "double", "order", "block"}),
    "a row missing in the middle": (lambda rows: rows.pop(9), {"gap", "count", "order", "block"}),
    "a row twice": (lambda rows: rows.insert(9, list(rows[9])), {"double", "order", "block", "count"}),
    "two rows exchanged": (exchanged(3, 20), {"order", "block", "ratio"}),
    "an unknown arm": (in_cell(8, lambda _: "Middle dose"), {"arm"}),
    "a code in another case": (in_cell(8, lambda _: "placebo"), {"arm"}),
    "a blank inside a word": (in_cell(8, lambda text: f"{text[:2]} {text[2:]}"), {"arm"}),
    "a Cyrillic letter": (in_cell(8, lambda _: "Pl\u0430cebo"), {"arm"}),
    "a Greek letter": (in_cell(8, lambda _: "\u03a1lacebo"), {"arm"}),
    "a letter of full width": (in_cell(8, lambda _: "\uff30lacebo"), {"arm"}),
    "a formula": (in_cell(8, lambda text: f'="{text}"'), {"formula"}),
    "a plus": (in_cell(8, lambda text: f"+{text}"), {"formula"}),
    "a minus": (in_cell(8, lambda text: f"-{text}"), {"formula"}),
    "an at sign": (in_cell(8, lambda text: f"@{text}"), {"formula"}),
    "a NUL": (in_cell(8, lambda text: f"{text}\0"), {"character"}),
    "a bell": (in_cell(8, lambda text: f"{text}\a"), {"character"}),
    "a zero width space": (in_cell(8, lambda text: f"\u200b{text}"), {"character"}),
    "a change of direction": (in_cell(8, lambda text: f"\u202e{text}"), {"character"}),
    "a mark of byte order inside": (in_cell(8, lambda text: f"{text}\ufeff"), {"character"}),
    "a line break": (in_cell(8, lambda text: f"{text}\n"), {"line_break"}),
    "an empty arm": (in_cell(8, lambda _: ""), {"empty"}),
    "a cell of 201 signs": (in_cell(8, lambda text: text * 100), {"length"}),
    "a cell of 200,000 signs": (in_cell(8, lambda _: "x" * 200_000), {"quotes", "length"}),
    "a cell too many": (lambda rows: rows[5].append("x"), {"cells"}),
    "a cell too few": (lambda rows: rows[5].pop(), {"cells"}),
    "one arm only": (all_one_arm, {"ratio", "block"}),
    "13, 11 and 12": (thirteen, {"ratio", "block"}),
    "no heading": (without_heading, {"heading"}),
    "an unknown column": (unknown_column, {"heading"}),
    "the treatment twice": (two_treatments, {"heading"}),
    "no treatment": (no_treatment, {"heading"}),
    "the heading alone": (lambda rows: rows.__delitem__(slice(1, None)), {"empty"}),
    "sixty columns": (lambda rows: [row.extend(["x"] * 60) for row in rows], {"columns"}),
}
"""What is done to the rows, and the rules of which at least one must be named."""

BAD_BYTES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "a mark and nothing": (b"\xef\xbb\xbf", "empty"),
    "blank lines": (b"\r\n\n\r", "empty"),
    "delimiters alone": (b",,,\n,,,\n", "empty"),
    "a zip archive": (b"PK\x03\x04" + bytes(100), "kind"),
    "an empty zip archive": (b"PK\x05\x06" + bytes(18), "kind"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "kind"),
    "a compressed file": (b"\x1f\x8b\x08\x00", "kind"),
    "a PDF": (b"%PDF-1.7\n", "kind"),
    "Latin-1": ("id,treatment\n1,Fl\u00fcssig\n".encode("latin-1"), "encoding"),
    "half a letter of UTF-8": (b"id,treatment\n1,\xc3", "encoding"),
    "a surrogate in UTF-8": (b"id,treatment\n1,\xed\xa0\x80", "encoding"),
    "an odd byte of UTF-16": ("id,treatment\n".encode("utf-16") + b"x", "encoding"),
    "half a pair in UTF-16": (b"\xff\xfe" + b"\x00\xd8" + "x".encode("utf-16-le"), "encoding"),
    "UTF-16 without a mark": ("id,treatment\n1,A\n".encode("utf-16-le"), "character"),
    "UTF-32 beyond Unicode": (b"\xff\xfe\x00\x00" + b"\xff\xff\xff\x7f", "encoding"),
    "NUL bytes": (bytes(1000), "character"),
    "five megabytes": (b"id,treatment\n" + b"1,A\n" * 1_300_000, "size"),
    "ten megabytes": (b"x" * 10_000_000, "size"),
    "a million columns": (b"," * 1_000_000 + b"treatment", "columns"),
    "a million columns in the second row": (b"id,treatment\n" + b"," * 1_000_000, "empty"),
    "a hundred thousand and one rows": (b"id,treatment\n" + b"1,Placebo\n" * 100_001, "size"),
    "a quotation mark that stays open": (b'id,treatment\n1,"A\n2,B\n', "quotes"),
    "a quotation mark inside": (b'id,treatment\n1,"A"x\n', "quotes"),
    "a field of a megabyte": (b"id,treatment\n1," + b"A" * 1_000_000, "quotes"),
    "words": (b"Dear all, here is the list.\n", "heading"),
    "HTML": (b"<html><body>Not found</body></html>", "kind"),
    "JSON": (b'[{"id": 1, "treatment": "A"}]', "heading"),
}
