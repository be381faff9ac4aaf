"""The days that a country keeps: its public holidays, by name, and its weekend."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from trial.core.protocol import Text

SATURDAY = 5


class _SaturdayAndSunday:
    """The weekend where no country is known."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day.weekday() >= SATURDAY


SATURDAY_AND_SUNDAY: Container[date] = _SaturdayAndSunday()


@dataclass(frozen=True, eq=False)
class KeptDays(Mapping[date, Text]):
    """Public holidays by day, in date order; and which days are the weekend, Friday and Saturday in Israel.

    The two travel together, so that nobody plans with one country's holidays and another's weekend. Two are
    equal when their holidays are.
    """

    holidays: Mapping[date, Text] = field(default_factory=dict)
    weekend: Container[date] = SATURDAY_AND_SUNDAY

    def __getitem__(self, day: date) -> Text:
        return self.holidays[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self.holidays)

    def __len__(self) -> int:
        return len(self.holidays)

    def __contains__(self, day: object) -> bool:
        return day in self.holidays
