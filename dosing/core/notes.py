"""What is worth knowing about a planned day before it is fixed: values, with words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from dosing.core.words import long_date, weekday
from trial.core.kept_days import KeptDays
from trial.core.protocol import Text
from trial.core.sentences import Sentence, Words

NOTHING = KeptDays()
Closed = Mapping[date, Text]
NONE: Closed = MappingProxyType({})
"""Days that a site said it is closed, with the name that was given; here none."""


class NoteKind(StrEnum):
    """HOLIDAY and WEEKEND say that a hospital may be closed, CLOSED that the site said so itself;
    BEFORE_DAY_1 that the order looks wrong, SAME_DAY that more than one dose of a drug is planned there."""

    HOLIDAY = "holiday"
    CLOSED = "closed"
    WEEKEND = "weekend"
    BEFORE_DAY_1 = "before_day_1"
    SAME_DAY = "same_day"


@dataclass(frozen=True)
class Note:
    """One remark on one day. `name` says it in a word or two: the holiday's name, or the weekday's."""

    kind: NoteKind
    date: date
    name: Words
    text: Sentence

    def __str__(self) -> str:
        return str(self.text)


def closed_notes(day: date, holidays: KeptDays, closed: Closed = NONE) -> tuple[Note, ...]:
    """Why the site may be closed on that day: a public holiday, a day of its own, the weekend, or all."""
    notes: tuple[Note, ...] = ()
    if day in holidays:
        notes += (_holiday(day, holidays[day]),)
    if day in closed:
        notes += (_closed(day, closed[day]),)
    if day in holidays.weekend:
        notes += (_weekend(day),)
    return notes


def before_day_1(day: date) -> Note:
    """An injection planned before the day that is called the first injection."""
    words = long_date(day)
    text = Sentence(
        "%(day)s is before day 1, the day of the first injection. Please check the dates.", day=words
    )
    return Note(NoteKind.BEFORE_DAY_1, day, Sentence("before day 1"), text)


def same_day(day: date, drug: Text) -> Note:
    """Another injection of the same drug on that day: courses of the protocol meet there."""
    text = Sentence(
        "More than one dose of %(drug)s is planned for %(day)s: courses of the protocol meet. Ask the "
        "investigator which one is given.",
        drug=drug,
        day=long_date(day),
    )
    return Note(NoteKind.SAME_DAY, day, Sentence("more than one dose"), text)


def _holiday(day: date, name: Text) -> Note:
    words = long_date(day)
    text = Sentence("%(day)s is a public holiday: %(name)s", day=words, name=name)
    return Note(NoteKind.HOLIDAY, day, name, text)


def _closed(day: date, name: Text) -> Note:
    words = long_date(day)
    text = Sentence("The site is closed on %(day)s: %(name)s", day=words, name=name)
    return Note(NoteKind.CLOSED, day, name, text)


@lru_cache(maxsize=4096)
def _weekend(day: date) -> Note:
    words = long_date(day)
    name = weekday(day)
    text = Sentence("%(day)s is at the weekend", day=words)
    return Note(NoteKind.WEEKEND, day, name, text)
