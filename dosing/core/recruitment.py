"""The plan of recruitment: so many months from the first opening to the target, evenly. Calendar days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from trial.core.dates import add_months


def months_between(first: date, last: date) -> Iterator[date]:
    """The first day of every month from that of `first` to that of `last`, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def planned_by(day: date, *, opened: date, months: int, target: int) -> int:
    """How many the plan has randomised at the end of `day`, to the nearest person; a half counts up."""
    whole = (add_months(opened, months) - opened).days
    passed = min(max((day - opened).days + 1, 0), whole)
    return (2 * target * passed + whole) // (2 * whole)


def counted_by(days: Iterable[date], last: date) -> int:
    """How many of the days are not after `last`."""
    return sum(day <= last for day in days)
