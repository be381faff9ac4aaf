"""No arm, lot or note stands anywhere at rest; where nothing is sealed, the same search finds them."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest
import typst
from reportlab.pdfgen.canvas import Canvas

from tests.blinding.at_rest import Found, search
from tests.blinding.run import until
from tests.blinding.sandbox import Sandbox
from tests.blinding.worlds import CANARIES, CANARY, STEM


def text(arm: str, before: int = 0) -> bytes:
    """The arm amid other words, after so many letters."""
    return f"{'.' * before} drew {arm}, as planned é÷ÿ".encode()


def wide(arm: str, before: int = 0, order: str = "le") -> bytes:
    """The same, two bytes for each letter."""
    return text(arm, before).decode().encode(f"utf-16-{order}")


def pdf(arm: str, *, packed: bool) -> bytes:
    """A page that says the arm, as the library writes it."""
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=int(packed))
    canvas.drawString(72, 72, f"Given: {arm}")
    canvas.save()
    return file.getvalue()


def pdf_of_numbers(arm: str) -> bytes:
    """As the calendar for a participant is set."""
    return typst.compile(f"Given: {arm}".encode(), format="pdf", ignore_system_fonts=True)  # type: ignore[return-value]


def pdf_in_binary(arm: str) -> bytes:
    """A stream of a PDF as other libraries write it."""
    stream = zlib.compress(f"BT ({arm}) Tj ET".encode())
    return b"<< /Filter /FlateDecode >>\nstream\r\n" + stream + b"\r\nendstream"


def letter(arm: str, how: str, before: int) -> bytes:
    """A letter in which the arm begins shortly before a line is broken."""
    message = EmailMessage()
    message.set_content(f"{'é' * 20} {'x' * before} {arm}\n", cte=how)
    return message.as_bytes()


def calendar(arm: str) -> bytes:
    """A calendar whose lines are folded, for one length of what stands before within the arm."""
    event = icalendar.Event()
    for before in range(56, 72):
        event.add("comment", "." * before + arm)
    return b"BEGIN:VCALENDAR\r\n" + event.to_ical().replace(STEM.encode(), b"") + b"END:VCALENDAR\r\n"


PLANTED: dict[str, Callable[[str], bytes]] = {
    "text": text,
    "hexadecimal digits": lambda arm: text(arm).hex().encode(),
    "capital hexadecimal digits": lambda arm: text(arm).hex().upper().encode(),
    "UTF-16": wide,
    "UTF-16, the other way round": lambda arm: wide(arm, order="be"),
    "base64": lambda arm: base64.b64encode(text(arm)),
    "base64, one letter on": lambda arm: base64.b64encode(text(arm, 1)),
    "base64, two letters on": lambda arm: base64.b64encode(text(arm, 2)),
    "base64 for addresses": lambda arm: base64.urlsafe_b64encode(text(arm)),
    "base64 of UTF-16": lambda arm: base64.b64encode(wide(arm)),
    "base64 of UTF-16, one letter on": lambda arm: base64.b64encode(wide(arm, 1)),
    "base64 of UTF-16, two letters on": lambda arm: base64.b64encode(wide(arm, 2)),
    "hexadecimal digits of UTF-16": lambda arm: wide(arm).hex().encode(),
    "capital hexadecimal digits of UTF-16": lambda arm: wide(arm).hex().upper().encode(),
    "a message of a queue": lambda arm: json.dumps({"body": base64.b64encode(text(arm)).decode()}).encode(),
    "gzip amid other data": lambda arm: bytes(99) + gzip.compress(text(arm)) + bytes(99),
    "zlib amid other data": lambda arm: bytes(99) + zlib.compress(text(arm)) + bytes(99),
    "zlib that is cut off": lambda arm: zlib.compress(text(arm) + bytes(map(hash, range(200))))[:-30],
    "gzip in base64 for addresses": lambda arm: base64.urlsafe_b64encode(gzip.compress(text(arm))),
    "gzip in hexadecimal digits": lambda arm: gzip.compress(text(arm)).hex().encode(),
    "gzip in capital hexadecimal digits": lambda arm: gzip.compress(text(arm)).hex().upper().encode(),
    "base64 in zlib in gzip": lambda arm: gzip.compress(zlib.compress(base64.b64encode(text(arm)))),
    "a PDF": lambda arm: pdf(arm, packed=False),
    "a PDF whose streams are packed": lambda arm: pdf(arm, packed=True),
    "a PDF whose streams are packed in binary": pdf_in_binary,
    "a PDF in which letters are numbers of its font": pdf_of_numbers,
    "a letter in base64": lambda arm: letter(arm, "base64", 12),
    "a letter in quoted-printable": lambda arm: letter(arm, "quoted-printable", 27),
    "a calendar": calendar,
}
"""Form -> how the arm lies in it. Each is written by another program than the one that searches."""
WRAPPED: dict[str, Callable[[bytes], bytes]] = {
    "itself": bytes,
    "base64": base64.b64encode,
    "hexadecimal digits": lambda data: data.hex().encode(),
    "capital hexadecimal digits": lambda data: data.hex().upper().encode(),
}
PLANTED |= {
    f"zlib of level {level} in {how}": lambda arm, level=level, wrap=wrap: wrap(
        zlib.compress(text(arm), level)
    )
    for level in (1, 4, 6, 9)
    for how, wrap in WRAPPED.items()
}


@pytest.mark.parametrize("form", PLANTED)
def test_an_arm_is_found_in_the_form_of(form: str) -> None:
    found = Found()

    found.look(form, PLANTED[form](CANARY.codes[1]))

    assert found.hits, f"no arm is seen in {form}"


@pytest.mark.parametrize("form", PLANTED)
def test_where_no_arm_is_nothing_is_found_in(form: str) -> None:
    found = Found()

    found.look(form, PLANTED[form]("placebo"))

    assert found.hits == []


def test_whatever_is_not_to_be_found_begins_alike() -> None:
    names = [*CANARY.codes, *CANARY.labels, *CANARIES.work.lots, CANARIES.work.note]

    assert [name for name in names if not name.startswith(STEM)] == []


@pytest.mark.slow
def test_no_arm_is_left_in_files_or_in_the_clinics_memory(sandbox: Sandbox, out: Path) -> None:
    found = search(sandbox, out, "brief")

    assert (found.hits, found.in_clinics_memory) == ([], 0)
    assert found.in_pharmacys_memory > 0, "the search through memory finds nothing even where arms are"
    assert (found.operations > 300, found.files > 3) == (True, True)


@pytest.mark.slow
def test_the_same_search_finds_the_arms_of_an_unsealed_build(sandbox: Sandbox, out: Path) -> None:
    found = search(sandbox, out, "brief", "unsealed", parts=until("tuesday"))

    assert [hit for hit in found.hits if hit.startswith("velum.sqlite3")]


@pytest.mark.slow
def test_an_arm_that_a_cache_holds_is_found_in_the_file(sandbox: Sandbox, out: Path) -> None:
    """A cache keeps what it is given in base64."""
    found = search(sandbox, out, "brief", "cache_entry", parts=until("draws"))

    assert [hit for hit in found.hits if hit.startswith("velum.sqlite3")]
