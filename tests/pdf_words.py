"""What a PDF of ours says: the words of its pages, block by block; and how it is built."""

from __future__ import annotations

import base64
import io
import re
import zlib

from pypdf import PdfReader

from tests.french import BREAK

STREAM = re.compile(rb"<<([^<>]*(?:<<[^<>]*>>[^<>]*)*)>>\s*stream\r?\n(.*?)endstream", re.S)
BLOCK = re.compile(rb"BT(.*?)ET", re.S)
SAID = re.compile(rb"\(((?:\\.|[^\\()])*)\)\s*Tj", re.S)
ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.S)


def words_of_pdf(content: bytes) -> str:
    """The text of every page, with BREAK between its blocks. No sign may lack its letter."""
    assert b"ZapfDingbats" not in content, "a sign that the font lacks is printed as a black square"
    if b"ReportLab" not in content:
        return f" {BREAK} ".join(page.replace("\n", f" {BREAK} ") for page in pages_of(content))
    blocks = (block for page in _pages(content) for block in BLOCK.findall(page))
    return f" {BREAK} ".join(" ".join(map(_letters, SAID.findall(block))) for block in blocks)


def pages_of(content: bytes) -> list[str]:
    """The text of each page, line by line."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def sizes_of(content: bytes) -> set[float]:
    """Every size of type in points that a page is set in."""
    found: set[float] = set()

    def note(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.add(round(size * abs(matrix[0]), 2))

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=note)
    return found


def fonts_of(content: bytes) -> dict[str, bool]:
    """Each font by name, and whether the file holds it."""
    found = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            row = font.get_object()
            inner = row["/DescendantFonts"][0].get_object() if "/DescendantFonts" in row else row
            about = inner["/FontDescriptor"].get_object()
            found[str(row["/BaseFont"])] = any(
                key in about for key in ("/FontFile", "/FontFile2", "/FontFile3")
            )
    return found


def root_of(content: bytes) -> dict[str, object]:
    """The catalogue of the file: language, tags, viewer's preferences."""
    return dict(PdfReader(io.BytesIO(content)).trailer["/Root"])


def _pages(content: bytes) -> list[bytes]:
    return [_plain(head, body) for head, body in STREAM.findall(content)]


def _plain(head: bytes, body: bytes) -> bytes:
    if b"ASCII85Decode" in head:
        body = base64.a85decode(b"<~" + body.strip(), adobe=True)
    return zlib.decompress(body) if b"FlateDecode" in head else body


def _letters(said: bytes) -> str:
    def letter(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8)]) if found[1].isdigit() else found[1]

    return ESCAPED.sub(letter, said).decode("cp1252")
