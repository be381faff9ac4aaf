"""ISO 8601 durations, kept exactly: calendar months, and seconds of everything with a fixed length.

A month has no length in days, so months stay months. Weeks, days, hours, minutes and seconds are added up
without rounding; how many whole days that makes, and what is left, is asked afterwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_NUMBER = r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)"
_PATTERN = re.compile(
    rf"([-+]?)P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?\Z"
)
_DAY = 86_400
_SECONDS = {"W": 7 * _DAY, "D": _DAY, "h": 3600, "m": 60, "s": 1}
_MONTHS = {"Y": 12, "M": 1}


class NotADuration(ValueError):
    """The words are no ISO 8601 duration, or none that a calendar can hold."""


@dataclass(frozen=True)
class Duration:
    """A length of time; both parts are negative for time before."""

    months: int = 0
    seconds: Fraction = Fraction(0)

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.seconds)

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.months + other.months, self.seconds + other.seconds)

    def __abs__(self) -> Duration:
        return -self if self.is_negative else self

    @property
    def is_negative(self) -> bool:
        """Whether it leads back in time."""
        return self.months < 0 or self.seconds < 0

    @property
    def is_mixed(self) -> bool:
        """Whether it has months beside days: then no day can be told without a calendar."""
        return bool(self.months and self.seconds)

    @property
    def days(self) -> int:
        """The whole days in it, months apart; what is short of a day counts for nothing."""
        return int(self.seconds / _DAY)

    @property
    def rest(self) -> str:
        """What is left beside whole days, in words; empty where nothing is."""
        left = abs(self.seconds) % _DAY
        parts = [(left // 3600, "h"), (left % 3600 // 60, "min"), (left % 60, "s")]
        return " ".join(f"{float(number):g} {unit}" for number, unit in parts if number)


def days(number: int) -> Duration:
    """So many whole days."""
    return Duration(0, Fraction(number * _DAY))


def parse_duration(text: str) -> Duration:
    """`P2W` is 14 days, `P1Y` twelve months, `PT1440M` one day, `PT1,5H` an hour and a half.

    As ISO 8601 has it: designators in capitals and in order, at least one number, a fraction (after a point
    or a comma) in the last number only. A sign may lead. Raises NotADuration.
    """
    match = _PATTERN.match(text.strip())
    numbers = _numbers(match) if match else []
    if match is None or not numbers or match.group(6) == "T":
        raise NotADuration(f"“{text}” is no ISO 8601 duration, such as P7D or PT36H")
    if any(value.denominator > 1 for _, value in numbers[:-1]):
        raise NotADuration(f"“{text}” has a fraction before its last number; ISO 8601 allows one in the last")
    months = sum((value * _MONTHS[unit] for unit, value in numbers if unit in _MONTHS), Fraction(0))
    if months.denominator > 1:
        raise NotADuration(f"“{text}” holds a part of a month, which has no length in days")
    seconds = sum((value * _SECONDS[unit] for unit, value in numbers if unit in _SECONDS), Fraction(0))
    found = Duration(int(months), seconds)
    return -found if match.group(1) == "-" else found


def _numbers(match: re.Match[str]) -> list[tuple[str, Fraction]]:
    """Each number that is given, with its unit, in order; hours, minutes and seconds are `h`, `m`, `s`."""
    given = zip("YMWD", match.groups()[1:5], strict=True), zip("hms", match.groups()[6:], strict=True)
    return [(unit, Fraction(text.replace(",", "."))) for part in given for unit, text in part if text]
