"""Calendar arithmetic: whole days, weeks and calendar months, never 24-hour multiples.

A month is a calendar month. Where the day does not exist in the month reached, the last day of
that month is taken: 31 January and one month is 28 February (29 in a leap year). Months are
always counted from the starting day itself, so a series that starts on the 31st returns to it. In a
chain of anchors that is the day from which the first of its months was counted: `Spot`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple, assert_never

from trial.core.day_words import LONG, in_both
from trial.core.protocol import Interval, Text, Unit
from trial.core.sentences import Saying

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)


class BadDate(Saying, ValueError):
    """A string that is not a day of the calendar; the sentence says why."""


def add_months(day: date, months: int) -> date:
    """The day `months` calendar months later (earlier if negative), at most the month's last day.

    Raises OverflowError outside the years 1 to 9999.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError(f"{months} months from {day.isoformat()} lie outside the calendar.")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add(day: date, interval: Interval) -> date:
    """The day that lies `interval` after `day`, in days, weeks or calendar months."""
    match interval.unit:
        case Unit.DAY:
            return day + timedelta(days=interval.value)
        case Unit.WEEK:
            return day + timedelta(weeks=interval.value)
        case Unit.MONTH:
            return add_months(day, interval.value)
        case _:
            assert_never(interval.unit)


class Spot(NamedTuple):
    """A day at the end of a chain: months are added up, and clamped once, when the day is read.

    30 November, three months later and three more is 30 May, although the way leads over 28 February.
    Days and weeks are counted from a day itself, which ends the run of months before them.
    """

    start: date
    months: int = 0

    @property
    def day(self) -> date:
        """The day itself. Raises OverflowError outside the years 1 to 9999."""
        return add_months(self.start, self.months) if self.months else self.start

    def later(self, interval: Interval) -> Spot:
        """The spot that lies `interval` after this one."""
        if not interval.value:
            return self
        if interval.unit is Unit.MONTH:
            return Spot(self.start, self.months + interval.value)
        return Spot(add(self.day, interval))


def months_between(start: date, end: date) -> int:
    """How many whole calendar months have passed from `start` to `end`; negative if `end` is earlier.

    The month is complete on the day that `add_months` reaches, so 30 November to 28 February
    is three months (two in a leap year until the 29th).
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def whole_years(birth: date, on: date) -> int:
    """Age in completed years. Someone born on 29 February turns a year older on 1 March
    in years without that day. Negative before birth."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def parse_date(text: str) -> date:
    """The day written as YYYY-MM-DD. Raises BadDate, naming what is wrong with it."""
    typed = text.strip()
    match = _ISO_DATE.match(typed)
    if match is None:
        raise BadDate("“%(typed)s” is not a date; write year, month and day as 1950-03-02.", typed=typed)
    year, month, day = (int(part) for part in match.groups())
    if year < 1 or not 1 <= month <= 12:
        raise BadDate(
            "%(typed)s: there is no such month; write year, month and day as 1950-03-02.", typed=typed
        )
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise BadDate(
            "%(typed)s: %(month)s %(year)s has %(last)s days.",
            typed=typed,
            month=in_both(date(2000, month, 1), "{month}"),
            year=year,
            last=last,
        )
    return date(year, month, day)


def in_words(day: date) -> Text:
    """The day as prose: 2 March 2026, 2 mars 2026, 1er mars 2026."""
    return in_both(day, LONG)
