"""Public holidays of a site, named in both languages.

The names never follow the machine's locale: each look-up says its language. Where the source has no
French or no English names for a country, the country's own are used.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from trial.core.protocol import HolidayCalendar, Text
from trial.refusals import InvalidInput

BRITISH = {"Labor Day": "Labour Day"}
"""English names come in American spelling."""


class UnknownHolidayCalendar(InvalidInput):
    """There is no holiday calendar of that country or subdivision."""

    code = "unknown_holiday_calendar"


def holidays_between(calendar: HolidayCalendar, first: date, last: date) -> dict[date, Text]:
    """The public holidays from `first` to `last`, both included, in date order.

    Raises UnknownHolidayCalendar.
    """
    years = range(first.year, last.year + 1)
    return {day: name for year in years for day, name in _of_year(calendar, year) if first <= day <= last}


@lru_cache(maxsize=512)
def _of_year(calendar: HolidayCalendar, year: int) -> tuple[tuple[date, Text], ...]:
    english = _names(calendar, year, "en")
    french = _names(calendar, year, "fr")
    return tuple((day, Text(english[day], french[day])) for day in sorted(english))


def _names(calendar: HolidayCalendar, year: int, language: str) -> dict[date, str]:
    try:
        found = holidays.country_holidays(
            calendar.country,
            subdiv=calendar.subdivision or None,
            years=year,
            expand=False,
            language=_tag(calendar.country, language),
        )
    except NotImplementedError:
        raise UnknownHolidayCalendar(_unknown(calendar)) from None
    return {day: BRITISH.get(name, name) for day, name in found.items()}


def _tag(country: str, language: str) -> str | None:
    """The source's tag for that language, British before American; else the country's own language."""
    source = holidays.country_holidays(country)
    tags = sorted(tag for tag in source.supported_languages or () if tag.split("_")[0] == language)
    return "en_GB" if "en_GB" in tags else next(iter(tags), source.default_language)


def _unknown(calendar: HolidayCalendar) -> str:
    name = "-".join(filter(None, (calendar.country, calendar.subdivision)))
    return (
        f"There is no holiday calendar {name}. Write the country in two capitals, as FR, or correct the part."
    )
