"""When the clinic learns that a syringe is ready: on a fixed grid, never at the moment of an act."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from dosing.reading.grid import shown_from


def visible_from(day: date, zone: ZoneInfo, released_at: datetime) -> datetime:
    """The later of 07:00 on the day of the injection and the next full quarter of an hour, in UTC.

    Whatever is released before seven shows at seven, so neither when nor how long the pharmacist
    worked can be read from it; what comes later shows with everything else of its quarter.
    """
    return shown_from(day, zone, released_at)
