"""ISO 8601 durations as calendar intervals: whole days, weeks or months, and what is too short for a day."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trial.core.protocol import Interval, Unit

_PATTERN = re.compile(r"([-+]?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(T[\d.,HMS]+)?\Z")
_HOURS = re.compile(r"(\d+)H")


@dataclass(frozen=True)
class Duration:
    """A duration as far as a calendar can hold it. `rest` is what lies within a day, as it was written."""

    months: int
    days: int
    rest: str = ""

    @property
    def interval(self) -> Interval | None:
        """As one interval; None where months and days are mixed."""
        if self.months and self.days:
            return None
        return Interval(self.months, Unit.MONTH) if self.months else Interval(self.days)


def parse_duration(text: str) -> Duration:
    """`P2W` is 14 days, `P1Y` twelve months; hours count as whole days as far as they make them.

    Raises ValueError for what is no ISO 8601 duration.
    """
    match = _PATTERN.match(text.strip())
    if match is None or text.strip().lstrip("+-") in {"P", ""}:
        raise ValueError(f"{text!r} is not an ISO 8601 duration.")
    sign, years, months, weeks, days, rest = match.groups()
    hours = _HOURS.search(rest or "")
    within = int(hours.group(1)) if hours else 0
    factor = -1 if sign == "-" else 1
    whole = int(weeks or 0) * 7 + int(days or 0) + within // 24
    left = "" if rest and within and within % 24 == 0 and rest == f"T{within}H" else rest or ""
    return Duration(factor * (int(years or 0) * 12 + int(months or 0)), factor * whole, left)
