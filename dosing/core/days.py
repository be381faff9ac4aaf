"""Trial days: day 1 is the day of the first injection, the day before it is day -1 (CDISC SDTM 4.4.4)."""

from __future__ import annotations

from datetime import date, timedelta

Day = date
"""A calendar day at the site, for classes whose own field is called `date`."""


def trial_day(day: date, first_injection: date) -> int:
    """Which trial day `day` is. Never 0."""
    return day_number(day.toordinal() - first_injection.toordinal())


def day_number(days_later: int) -> int:
    """The trial day that lies so many calendar days after day 1 (before it, if negative)."""
    return days_later + 1 if days_later >= 0 else days_later


def date_of(trial_day: int, first_injection: date) -> date:
    """The date of a trial day: the inverse of `trial_day`. Raises ValueError for day 0."""
    if trial_day == 0:
        raise ValueError("There is no day 0: the day before day 1 is day -1.")
    return first_injection + timedelta(days=trial_day - 1 if trial_day > 0 else trial_day)
