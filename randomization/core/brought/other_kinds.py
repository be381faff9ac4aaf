"""Files that are no list: what each is, and how a list comes out of the program that wrote it.

Known by their first bytes. A name proves nothing: a spreadsheet program asked for `.xls` may write HTML.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable

from trial.core.sentences import Sentence

OLD_OFFICE = Sentence(
    "This is an old Excel workbook (.xls), an old Word document, or one with a password. Open it and save "
    "the list without a password, as .xlsx or as CSV in UTF-8."
)
PDF = Sentence(
    "This is a PDF, a picture of pages without rows and columns. Export the list as CSV or .xlsx from the "
    "program that made it."
)
SAS = Sentence(
    "This is a SAS dataset (.sas7bdat). Export it with PROC EXPORT (DBMS=CSV or XLSX), or as a transport "
    "file (.xpt)."
)
R = Sentence(
    "This is a file of R (.rds, .RData). Load it in R and export the list with "
    "write.csv(list, “list.csv”, row.names = FALSE)."
)
SPSS_PORTABLE = Sentence("This is an SPSS portable file (.por). Save it as .sav or as CSV.")
HTML = Sentence(
    "This is a web page (HTML), whatever its name says; some programs call it .xls. Open it in a spreadsheet "
    "program and save the list as .xlsx or as CSV in UTF-8."
)
XML = Sentence(
    "This is XML. Open it in the program that made it and save the list as .xlsx or as CSV in UTF-8."
)
RTF = Sentence(
    "This is a text document (RTF). Export the list as CSV or .xlsx from the program that made it."
)
ARCHIVE = Sentence(
    "This is a zip archive, or a workbook that cannot be read. Bring the list itself, or save it as CSV in "
    "UTF-8."
)
PARQUET = Sentence("This is a Parquet file. Export the list as CSV.")
PACKED = Sentence("This is a compressed file. Unpack it and bring the list itself.")
STARTS = {
    b"\xd0\xcf\x11\xe0": OLD_OFFICE,
    b"%PDF": PDF,
    b"PK\x03\x04": ARCHIVE,
    b"PK\x05\x06": ARCHIVE,
    bytes(12) + b"\xc2\xea\x81\x60": SAS,
    b"RDX": R,
    b"RDA": R,
    b"X\n\0\0\0": R,
    b"ASCII SPSS PORT FILE": SPSS_PORTABLE,
    b"{\\rtf": RTF,
    b"PAR1": PARQUET,
    b"7z\xbc\xaf\x27\x1c": PACKED,
    b"Rar!": PACKED,
}
PACKERS: dict[bytes, Callable[[], zlib._Decompress | bz2.BZ2Decompressor | lzma.LZMADecompressor]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(wbits=31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
}
"""R packs its files in one of these ways."""
MARKUP = {b"<!doctype html": HTML, b"<html": HTML, b"<table": HTML, b"<?xml": XML}
INSIDE = (b"RDX", b"RDA", b"X\n\0\0\0", b"A\n2\n", b"A\n3\n")
LOOKED_AT = 4096
"""Bytes that are looked at, and unpacked."""


def other_kind(data: bytes) -> Sentence | None:
    """What this file is, and what to do, where it is of a kind that holds no list."""
    begun = data[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    known = next((said for start, said in STARTS.items() if data.startswith(start)), None)
    return known or next((said for start, said in MARKUP.items() if begun.startswith(start)), _packed(data))


def _packed(data: bytes) -> Sentence | None:
    """What a compressed file is by the first bytes inside it."""
    packer = next((new for start, new in PACKERS.items() if data.startswith(start)), None)
    if packer is None:
        return None
    try:
        inside = packer().decompress(data[:LOOKED_AT], 16)
    except (zlib.error, OSError, lzma.LZMAError):
        return PACKED
    return R if inside.startswith(INSIDE) else PACKED
