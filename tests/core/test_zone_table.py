"""The clocks of a zone as a calendar file defines them, against the pinned rules."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dosing.exporting.zone_table import onsets, vtimezone


def test_the_change_of_spring_begins_when_the_clock_shows_two():
    text = vtimezone("Europe/Paris", first=2026, last=2026).to_ical().decode()
    daylight = text.partition("BEGIN:DAYLIGHT")[2].partition("END:DAYLIGHT")[0].split()
    assert daylight == ["DTSTART:20260329T020000", "TZNAME:CEST", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]
    assert "DTSTART:20261025T030000" in text


@pytest.mark.parametrize(
    "name",
    [
        *("Europe/Paris", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"),
        *("Asia/Kolkata", "America/Vancouver", "Pacific/Apia", "Atlantic/Reykjavik", "America/Havana"),
    ],
)
def test_its_table_gives_the_same_hours_as_the_pinned_rules(name):
    """By RFC 5545: the offset in force is that of the latest part whose DTSTART is not later."""
    table, place = onsets(name, 2011, 2028), ZoneInfo(name)
    begins = [one.since - one.before for one in table]
    moment, end = datetime(2011, 1, 1, 12, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    while moment < end:
        offset = table[max(bisect_right(begins, moment.replace(tzinfo=None)) - 1, 0)].after
        assert moment.astimezone(place).utcoffset() == offset, moment
        moment += timedelta(hours=6, minutes=29)
