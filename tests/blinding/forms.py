"""The forms in which a name can lie somewhere: as text, as dumps and queues write bytes, and compressed.

Needs neither Django nor a database.
"""

from __future__ import annotations

import base64
import binascii
import email.policy
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pypdf.errors import PyPdfError

from tests.pdf_words import pages_of

AT_MOST, STEP = 32_000_000, 65_536
"""Bytes that are inflated at most from one place, and at a time."""
NESTED = 3
"""How many wrappings one within the other are taken off."""
RAW = [re.compile(begins) for begins in (rb"\x1f\x8b\x08", rb"\x78[\x01\x5e\x9c\xda]")]
"""Where gzip and zlib data begin; a stream of a PDF is zlib's. Each pattern begins with letters of its own,
as that is what is found quickly."""
IN_BASE64 = [
    re.compile(begins + rb"[\w+/-]{12,}")
    for begins in (rb"H4sI", rb"eA[EFGH]", rb"eF[4-7]", rb"eJ[w-z]", rb"eN[o-r]")
]
"""The same, written in base64 of either alphabet."""
IN_HEX = [
    re.compile(begins + rb"(?:[0-9a-fA-F]{2}){8,}")
    for begins in (b"1f8b08", b"1F8B08", b"7801", b"785e", b"785E", b"789c", b"789C", b"78da", b"78DA")
]
"""The same, as a dump writes bytes."""
IN_PDF = re.compile(rb"stream\r?\n([!-u\s]{8,}~>)\s*endstream")
"""A stream of a PDF in ASCII85, as it mostly is before it is inflated."""
FOLDED = re.compile(rb"\r?\n[ \t]")
"""How iCalendar and headers of mail break a long line."""
MAIL = re.compile(rb"Content-Transfer-Encoding: (?:base64|quoted-printable)")
LETTERS = re.compile(rb"^-{79}$", re.MULTILINE)


def forms_of(name: bytes) -> set[bytes]:
    """The name as text, in UTF-16 of either order, in hexadecimal digits, and amid other text in base64."""
    plain = {name, name.decode().encode("utf-16-le")[:-1]}
    hexes = {digits for one in plain for digits in (one.hex().encode(), one.hex().upper().encode())}
    return plain | hexes | {form for one in plain for form in in_base64(one)}


def in_base64(name: bytes) -> Iterator[bytes]:
    """What base64 text has of the name wherever it begins in what was written, in both alphabets.

    At each of three places it can begin at within a group of three bytes, the letters that depend on nothing
    but the name.
    """
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + name)
        sure = encoded[-(-before * 8 // 6) : (before + len(name)) * 8 // 6]
        yield sure
        yield sure.translate(bytes.maketrans(b"+/", b"-_"))


def unpacked(content: bytes, nested: int = NESTED) -> Iterator[bytes]:
    """Everything that lies compressed, encoded or broken into lines in these bytes, taken out."""
    for inner in wrapped(content) if nested else ():
        yield inner
        yield from unpacked(inner, nested - 1)


def wrapped(content: bytes) -> Iterator[bytes]:
    """What lies in these bytes under one wrapping."""
    for found in each(RAW, content):
        yield from inflated(memoryview(content)[found.start() : found.start() + AT_MOST])
    for found in each(IN_BASE64, content):
        text = found[0].translate(bytes.maketrans(b"-_", b"+/"))
        yield from inflated(binascii.a2b_base64(text[: len(text) // 4 * 4]))
    for found in each(IN_HEX, content):
        yield from inflated(bytes.fromhex(found[0].decode()))
    for found in IN_PDF.finditer(content):
        yield from decoded_85(found[1])
    if content.startswith(b"%PDF") and b"/ToUnicode" in content:
        with suppress(PyPdfError):
            yield "\n".join(pages_of(content)).encode()  # letters stand as numbers of a font's own
    if b"BEGIN:VCALENDAR" in content and FOLDED.search(content):
        yield FOLDED.sub(b"", content)
    if MAIL.search(content):
        yield from letters(content)


def each(patterns: Iterable[re.Pattern[bytes]], content: bytes) -> Iterator[re.Match[bytes]]:
    """Every place that one of these patterns fits."""
    for pattern in patterns:
        yield from pattern.finditer(content)


def inflated(data: bytes | memoryview) -> Iterator[bytes]:
    """What these compressed data hold, as far as they go; nothing if they are none."""
    inflate, out = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS), b""
    try:
        for start in range(0, len(data), STEP):
            out += inflate.decompress(data[start : start + STEP], AT_MOST)
            if inflate.eof or len(out) >= AT_MOST:
                break
    except zlib.error:
        pass  # what was cut off or written over has its beginning all the same
    if out:
        yield out


def decoded_85(text: bytes) -> Iterator[bytes]:
    """What ASCII85 text holds; nothing if it is none."""
    with suppress(ValueError):
        yield base64.a85decode(b"<~" + text.strip(), adobe=True)


def letters(content: bytes) -> Iterator[bytes]:
    """The texts of the letters in a file of mail, decoded."""
    for letter in LETTERS.split(content):
        parsed = email.message_from_bytes(letter.strip(), policy=email.policy.default)
        yield b"\n".join(
            found for part in parsed.walk() if isinstance(found := part.get_payload(decode=True), bytes)
        )
