"""Days in three boxes and times of day, as people type them: read as they stand, or refused with a sentence.

A year has four digits, since two could be of either century. A month is a number or its name, in English or
French. A time goes by the 24-hour clock. Nothing is completed, swapped or guessed.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from trial.core.day_words import LONG, in_both, written
from trial.core.sentences import Saying, Sentence

BOXES = ("day", "month", "year")
YEARS = range(1900, 2200)
_SHOWN = 20
_ONE_OR_TWO = re.compile(r"[0-9]{1,2}")
_FOUR = re.compile(r"[0-9]{4}")
_CLOCK = re.compile(r"([0-9]{1,2}) ?[:hH] ?([0-9]{2})|([0-9]{2})([0-9]{2})")


@dataclass(frozen=True)
class Slip:
    """What is wrong in one box."""

    box: str
    sentence: Sentence


class BadDay(ValueError):
    """The three boxes hold no day of the calendar; `slips` says of each box what is wrong with it."""

    def __init__(self, *slips: Slip) -> None:
        self.slips = slips
        super().__init__(" ".join(str(slip.sentence) for slip in slips))


class BadTime(Saying, ValueError):
    """What was typed is no time of day; the sentence says how one is written."""


class NoSuchTime(Saying, ValueError):
    """The clocks of the place leave this time out on this day; the sentence says so."""


def on_the_wall(day: date, clock: time, zone: tzinfo) -> datetime:
    """The moment at which the clocks of a place show that time on that day; of two the first.

    Raises NoSuchTime for a time that they leave out in the night in which they are put forward.
    """
    moment = datetime.combine(day, clock, zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise NoSuchTime(
            "On %(day)s the clocks were put forward, and %(time)s was left out. Check the day and the time.",
            day=in_both(day, LONG),
            time=f"{clock:%H:%M}",
        )
    return moment


def read_day(day: str, month: str, year: str) -> date:
    """The day in the three boxes, from 1900 to 2199. Raises BadDay."""
    typed = dict(zip(BOXES, (day.strip(), month.strip(), year.strip()), strict=True))
    read = {"day": _day(typed["day"]), "month": _month(typed["month"]), "year": _year(typed["year"])}
    slips = [Slip(box, _wrong(box, typed[box])) for box in BOXES if read[box] is None]
    numbers = {box: number for box, number in read.items() if number is not None}
    if slips:
        raise BadDay(*slips)
    return _on_the_calendar(numbers)


def _on_the_calendar(numbers: Mapping[str, int]) -> date:
    year, month, day = numbers["year"], numbers["month"], numbers["day"]
    last = monthrange(year, month)[1]
    if day > last:
        name = in_both(date(year, month, 1), "{month} {year}")
        there_is_none = Sentence(
            "There is no %(day)s %(month)s: that month has %(last)s days.", day=day, month=name, last=last
        )
        raise BadDay(Slip("day", there_is_none))
    return date(year, month, day)


def _day(typed: str) -> int | None:
    return int(typed) if _ONE_OR_TWO.fullmatch(typed) and 1 <= int(typed) <= 31 else None


def _month(typed: str) -> int | None:
    if _ONE_OR_TWO.fullmatch(typed):
        return int(typed) if 1 <= int(typed) <= 12 else None
    return _MONTHS.get(_plain(typed))


def _year(typed: str) -> int | None:
    return int(typed) if _FOUR.fullmatch(typed) and int(typed) in YEARS else None


def _plain(name: str) -> str:
    """`Févr.` and `FEVR` are one name."""
    letters = unicodedata.normalize("NFKD", name.casefold().removesuffix("."))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_MONTHS = {
    _plain(written(date(2000, month, 1), pattern, language)): month
    for month in range(1, 13)
    for pattern in ("{month}", "{short_month}")
    for language in ("en", "fr")
}
_MISSING = {
    "day": Sentence("The day is missing."),
    "month": Sentence("The month is missing."),
    "year": Sentence("The year is missing."),
}


def _wrong(box: str, typed: str) -> Sentence:
    shown = typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
    if not typed:
        return _MISSING[box]
    if box == "day":
        return Sentence("“%(typed)s” is no day of a month. Write 1 to 31.", typed=shown)
    if box == "month":
        return Sentence("“%(typed)s” is no month. Write 1 to 12, or its name.", typed=shown)
    if _FOUR.fullmatch(typed):
        return Sentence("%(typed)s cannot be the year. Write one from 1900 to 2199.", typed=shown)
    return Sentence("“%(typed)s” is no year. Write all four digits, such as 1952.", typed=shown)


def read_time(text: str) -> time:
    """The time of day that was typed: `14:30`, `14h30`, `9:05` or `0905`. Raises BadTime."""
    typed = text.strip()
    match = _CLOCK.fullmatch(typed)
    hour, minute = (int(part) for part in match.groups() if part) if match else (24, 60)
    if hour > 23 or minute > 59:
        raise BadTime(
            "“%(typed)s” is no time of day. Write hours and minutes by the 24-hour clock, such as 14:30.",
            typed=typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…",
        )
    return time(hour, minute)
