"""What calendar programs make of our addresses: libical, KCalendarCore, ical.js, khal and vdirsyncer.

`make calendars` alone collects these, since they fetch and compile. What a machine lacks is named at the end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client

from dosing.services.feeding import make_feed
from dosing.services.status import hold, withdraw
from tests.pages.calendar_readers import READERS, Read, Row, vdirsyncer
from tests.site_fixture import MONDAY, SiteFixture
from tests.trial_fixture import START

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = (
    *("20150915T120000Z", "20151024T230000Z", "20151025T030000Z", "20160115T120000Z"),
    *("20160326T230000Z", "20160327T030000Z", "20160715T120000Z"),
)
"""Some hours from each change: in the hour after it ical.js errs whatever the table says."""


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where programs are compiled once."""
    return tmp_path_factory.mktemp("calendar_readers")


@pytest.fixture
def addresses(ward: SiteFixture) -> dict[str, str]:
    """A nurse's in French with somebody whose treatment ended and somebody on hold; one after a death."""
    over, held, dead = ward.booked(), ward.booked(), ward.booked()
    nurses = make_feed(by=ward.nurse, at=START, language="fr")
    relatives = make_feed(by=ward.nurse, at=START, language="en", participant=dead)
    withdraw(participant=ward.again(over), scope="treatment", reason="So.", by=ward.nurse, at=START)
    hold(participant=ward.again(held), reason="Fever.", until=None, by=ward.investigator, at=START)
    withdraw(
        participant=ward.again(dead),
        scope="death",
        reason="At home.",
        day=START.date(),
        by=ward.nurse,
        at=START,
    )
    assert date(2015, 10, 12) == MONDAY
    return {"nurse": f"/feeds/{nurses}.ics", "relative": f"/feeds/{relatives}.ics"}


def content_of(address: str) -> bytes:
    return Client().get(address).content


def ours(content: bytes) -> set[Row]:
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return {(str(e["UID"]), str(e.start), str(e["STATUS"]), str(e["SUMMARY"])) for e in events}


def offset(moment: str) -> int:
    there = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(PARIS)
    return int((there.utcoffset() or there - there).total_seconds())


@contextmanager
def served(content: bytes) -> Iterator[str]:
    """The same bytes at an address that a program outside can reach."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/calendar.ics"
    finally:
        server.shutdown()
        server.server_close()


if os.environ.get("CALENDAR_READERS"):

    @pytest.mark.parametrize("which", ["nurse", "relative"])
    @pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
    def test_it_reads_every_event_with_its_word(
        addresses: dict[str, str],
        workshop: Path,
        tmp_path: Path,
        reader: Callable[[Path, Path, tuple[str, ...]], Read],
        which: str,
    ) -> None:
        content = content_of(addresses[which])
        file = tmp_path / "calendar.ics"
        file.write_bytes(content)
        events, offsets = reader(file, workshop, MOMENTS)
        assert events == ours(content)
        assert all(
            summary.startswith(("Cancelled", "Annulé")) for *_, s, summary in events if s == "CANCELLED"
        )
        assert offsets in ({}, {moment: offset(moment) for moment in MOMENTS})

    def test_vdirsyncer_has_nothing_left_but_cancellations(ward: SiteFixture, workshop: Path) -> None:
        person = ward.booked()
        secret = make_feed(by=ward.nurse, at=START, language="en", participant=person)
        before = content_of(f"/feeds/{secret}.ics")
        with served(before) as url:
            assert len(vdirsyncer(url, workshop)) == len(ours(before))
        withdraw(
            participant=ward.again(person),
            scope="death",
            reason="At home.",
            day=START.date(),
            by=ward.nurse,
            at=START,
        )
        after = content_of(f"/feeds/{secret}.ics")
        with served(after) as url:
            kept = vdirsyncer(url, workshop)
        found = set[Row]().union(*(ours(one) for one in kept))
        # It names events by a digest of what they say: two that are cancelled on one day become one.
        assert {row[1:] for row in found} == {row[1:] for row in ours(after)}
        assert {status for _, _, status, _ in found} == {"CANCELLED"}
