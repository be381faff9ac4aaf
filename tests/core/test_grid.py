"""The moments at which the clinic may learn something new (decision 9)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dosing.reading.grid import next_news, quarter_of

PARIS, KATHMANDU = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Kathmandu")


def news(text: str, zone: ZoneInfo) -> str:
    """The next moment after that time of the zone's clock, on the same clock."""
    at = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    return f"{next_news(at, zone).astimezone(zone):%H:%M:%S}"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-12-01 00:00:00", "07:00:20"),
        ("2026-12-01 06:59:59", "07:00:20"),
        ("2026-12-01 07:00:19", "07:00:20"),
        ("2026-12-01 07:00:20", "07:15:20"),
        ("2026-12-01 09:07:00", "09:15:20"),
        ("2026-12-01 23:50:00", "00:00:20"),
        ("2026-10-25 06:00:00", "07:00:20"),
    ],
)
def test_news_come_at_seven_and_then_at_each_full_quarter(now: str, then: str) -> None:
    assert (news(now, PARIS), news(now, KATHMANDU)) == (then, then)


def test_a_quarter_begins_on_itself() -> None:
    moment = datetime(2026, 12, 1, 9, 15, tzinfo=UTC)
    assert quarter_of(moment) == moment
