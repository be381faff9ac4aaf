"""Days, ordinals and lengths of time in words."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from trial.core.day_words import FULL, in_both
from trial.core.protocol import Interval, Text, Unit
from trial.core.sentences import Sentence, Words, counted

_ORDINALS = (
    Sentence("first"),
    Sentence("second"),
    Sentence("third"),
    Sentence("fourth"),
    Sentence("fifth"),
    Sentence("sixth"),
    Sentence("seventh"),
    Sentence("eighth"),
    Sentence("ninth"),
    Sentence("tenth"),
)
_ENDINGS = {1: Sentence("%(n)sst"), 2: Sentence("%(n)snd"), 3: Sentence("%(n)srd")}
_TH = Sentence("%(n)sth")


def long_date(day: date) -> Text:
    """`Wednesday 11 November 2015`, `mercredi 11 novembre 2015`; whatever the machine's locale is."""
    return in_both(day, FULL)


def weekday(day: date) -> Text:
    """`Wednesday`, `mercredi`."""
    return in_both(day, "{weekday}")


def ordinal(number: int) -> Sentence:
    """`fifth`; in figures from 11: `22nd`."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = _TH if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, _TH)
    return ending.having(n=number)


def length(interval: Interval) -> Sentence:
    """`28 days`, `1 month`: how long, without a direction."""
    number = abs(interval.value)
    match interval.unit:
        case Unit.DAY:
            return counted("%(count)s day", "%(count)s days", count=number)
        case Unit.WEEK:
            return counted("%(count)s week", "%(count)s weeks", count=number)
        case Unit.MONTH:
            return counted("%(count)s month", "%(count)s months", count=number)
        case _:
            assert_never(interval.unit)


def distance(interval: Interval, event: Words) -> Words:
    """`28 days after day 1`, `3 days before day 1`; for no distance at all, nothing."""
    if not interval.value:
        return ""
    if interval.value > 0:
        return Sentence("%(length)s after %(event)s", length=length(interval), event=event)
    return Sentence("%(length)s before %(event)s", length=length(interval), event=event)
