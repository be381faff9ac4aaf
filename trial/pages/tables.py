"""Tables that somebody takes along from a page, as the spreadsheets of the page's language open them."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from django.utils.translation import get_language

CSV = "text/csv; charset=utf-8"


def table_file(content: bytes, name: str) -> HttpResponse:
    """The table (CSV in UTF-8 with commas) as a file of that name, in the page's language.

    A French Excel takes the semicolon for the separator of a list, as Windows does in France, and a file
    without a byte order mark for Windows-1252: double-clicked, a table with commas lies in one column, with
    `Ã©` for `é`. So French pages give semicolons and the mark. Programs ask the API, which stays as it is.
    """
    if (get_language() or "").startswith("fr"):
        content = with_semicolons(content)
    return HttpResponse(
        content, content_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def with_semicolons(content: bytes) -> bytes:
    """The same rows with semicolons between the cells, and a byte order mark before them."""
    sheet = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    csv.writer(sheet, delimiter=";", lineterminator="\r\n").writerows(rows)
    return sheet.getvalue().encode("utf-8-sig")
