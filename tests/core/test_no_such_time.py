"""A time that the clocks of a place leave out is no moment; of one that comes twice the first counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from trial.core.typed_days import NoSuchTime, on_the_wall

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)

LEFT_OUT = [
    ("Europe/Paris", SPRING, time(2, 0)),
    ("Europe/Paris", SPRING, time(2, 30)),
    ("Europe/Paris", SPRING, time(2, 59)),
    ("America/New_York", date(2026, 3, 8), time(2, 30)),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15)),
    ("Pacific/Apia", date(2011, 12, 30), time(9, 0)),
]


@pytest.mark.parametrize(("zone", "day", "clock"), LEFT_OUT)
def test_a_time_that_is_left_out_is_refused(zone: str, day: date, clock: time) -> None:
    with pytest.raises(NoSuchTime, match="left out"):
        on_the_wall(day, clock, ZoneInfo(zone))


@pytest.mark.parametrize(("clock", "hour"), [(time(1, 59), 0), (time(3, 0), 1)])
def test_the_times_beside_the_gap_are_taken(clock: time, hour: int) -> None:
    assert on_the_wall(SPRING, clock, PARIS).astimezone(UTC).hour == hour


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    assert on_the_wall(AUTUMN, time(2, 30), PARIS).astimezone(UTC) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
