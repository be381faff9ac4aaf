"""Moments on the sites' wall clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def moment(text: str) -> datetime:
    """`2015-10-06 09:00` on the clock in Montpellier, as a moment in UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS).astimezone(UTC)
