"""What a PDF of ours says: the words of its pages, block by block."""

from __future__ import annotations

import base64
import re
import zlib

from tests.french import BREAK

STREAM = re.compile(rb"<<([^<>]*(?:<<[^<>]*>>[^<>]*)*)>>\s*stream\r?\n(.*?)endstream", re.S)
BLOCK = re.compile(rb"BT(.*?)ET", re.S)
SAID = re.compile(rb"\(((?:\\.|[^\\()])*)\)\s*Tj", re.S)
ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.S)


def words_of_pdf(content: bytes) -> str:
    """The text of every page, with BREAK between its blocks. No sign may lack its letter."""
    assert b"ZapfDingbats" not in content, "a sign that the font lacks is printed as a black square"
    blocks = (block for page in _pages(content) for block in BLOCK.findall(page))
    return f" {BREAK} ".join(" ".join(map(_letters, SAID.findall(block))) for block in blocks)


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
