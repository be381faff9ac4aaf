"""Public holidays of a site, named in both languages, and the weekend of its country.

The names never follow the machine's locale: each look-up says its language. Where the source has no
French or no English names for a country, the country's own are used.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

from trial.core.kept_days import KeptDays
from trial.core.protocol import HolidayCalendar, Text
from trial.refusals import InvalidInput

BRITISH = {"Labor Day": "Labour Day"}
"""English names come in American spelling."""


class UnknownHolidayCalendar(InvalidInput):
    """There is no holiday calendar of that country or subdivision, or none of that kind."""

    code = "unknown_holiday_calendar"


@dataclass(frozen=True)
class Weekend:
    """The weekend of a country, day by day: it has been moved by law, and single days of it are worked."""

    calendar: HolidayCalendar

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _weekend_of_year(self.calendar, day.year)


def holidays_between(calendar: HolidayCalendar, first: date, last: date) -> KeptDays:
    """The public holidays from `first` to `last`, both included, in date order; and the weekend.

    Raises UnknownHolidayCalendar.
    """
    years = range(first.year, last.year + 1)
    days = {day: name for year in years for day, name in _of_year(calendar, year) if first <= day <= last}
    return KeptDays(days, Weekend(calendar))


@lru_cache(maxsize=512)
def _of_year(calendar: HolidayCalendar, year: int) -> tuple[tuple[date, Text], ...]:
    english = _names(calendar, year, "en")
    french = _names(calendar, year, "fr")
    return tuple((day, Text(english[day], french[day])) for day in sorted(english))


def _names(calendar: HolidayCalendar, year: int, language: str) -> dict[date, str]:
    found = source(calendar, years=year, expand=False, language=_tag(calendar.country, language))
    return {day: BRITISH.get(name, name) for day, name in found.items()}


@lru_cache(maxsize=512)
def _weekend_of_year(calendar: HolidayCalendar, year: int) -> frozenset[date]:
    found, first = source(calendar, years=year, expand=False), date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(date(year, 12, 31).timetuple().tm_yday))
    return frozenset(day for day in days if found.is_weekend(day) and day not in found.weekend_workdays)


def source(calendar: HolidayCalendar, **more: Any) -> holidays.HolidayBase:
    """The library's calendar: the public holidays, and those of the other kinds that are named.

    Raises UnknownHolidayCalendar. What the library calls out of date is refused by the judge of new files;
    an installed file plans with it as before.
    """
    if calendar.categories:
        more["categories"] = ("public", *calendar.categories)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return holidays.country_holidays(calendar.country, subdiv=calendar.subdivision or None, **more)
    except (NotImplementedError, ValueError):
        raise UnknownHolidayCalendar(_unknown(calendar)) from None


def _tag(country: str, language: str) -> str | None:
    """The source's tag for that language, British before American; else the country's own language."""
    known = source(HolidayCalendar(country))
    tags = sorted(tag for tag in known.supported_languages or () if tag.split("_")[0] == language)
    return "en_GB" if "en_GB" in tags else next(iter(tags), known.default_language)


def _unknown(calendar: HolidayCalendar) -> str:
    name = "-".join(filter(None, (calendar.country, calendar.subdivision, *calendar.categories)))
    return (
        f"There is no holiday calendar {name}. Write the country in two capitals, as FR, or correct the part."
    )
