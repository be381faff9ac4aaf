"""The grid of time on which the clinic learns that syringes are ready (decision 9)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_READY = time(7, 0)
"""Site time from which syringes of the day may show as ready."""
GRID = timedelta(minutes=15)
PUBLISHED_AFTER = timedelta(seconds=20)
"""After this each row of a moment is written: the publisher reads its clock every five seconds."""


def quarter_of(moment: datetime) -> datetime:
    """When the quarter of an hour began in which `moment` lies, in UTC."""
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour + (moment - hour) // GRID * GRID


def shown_from(day: date, zone: ZoneInfo, released_at: datetime) -> datetime:
    """When the clinic is shown a syringe that was released at that moment, in UTC.

    The later of 07:00 on the day of the injection and the next full quarter of an hour.
    """
    opening = datetime.combine(day, FIRST_READY, zone).astimezone(UTC)
    return max(opening, quarter_of(released_at) + GRID)


def next_news(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `at` at which the clinic may learn something new, in UTC.

    The next full quarter of an hour, or 07:00 of the site's clock where that comes later today; each with the
    seconds that publishing takes. It follows from the clock alone.
    """
    opening = datetime.combine(at.astimezone(zone), FIRST_READY, zone).astimezone(UTC)
    return max(opening, quarter_of(at - PUBLISHED_AFTER) + GRID) + PUBLISHED_AFTER
