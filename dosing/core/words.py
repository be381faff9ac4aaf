"""Days, ordinals and lengths of time in words, in British English and in French."""

from __future__ import annotations

from datetime import date

from trial.core.day_words import FULL, written
from trial.core.protocol import Interval, Text, Unit


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_ORDINALS = (
    _list("first second third fourth fifth sixth seventh eighth ninth tenth"),
    _list("premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième"),
)
_UNITS = {
    Unit.DAY: (("day", "days"), ("jour", "jours")),
    Unit.WEEK: (("week", "weeks"), ("semaine", "semaines")),
    Unit.MONTH: (("month", "months"), ("mois", "mois")),
}


def long_date(day: date) -> Text:
    """`Wednesday 11 November 2015`, `mercredi 11 novembre 2015`; whatever the machine's locale is."""
    return Text(written(day, FULL, "en"), written(day, FULL, "fr"))


def ordinal(number: int) -> Text:
    """`fifth`, `cinquième`; in figures from 11: `22nd`, `22e`."""
    if number <= 10:
        return Text(_ORDINALS[0][number - 1], _ORDINALS[1][number - 1])
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return Text(f"{number}{'th' if number % 100 in (11, 12, 13) else ending}", f"{number}e")


def length(interval: Interval) -> Text:
    """`28 days`, `1 month`: how long, without a direction."""
    number = abs(interval.value)
    english, french = _UNITS[interval.unit]
    return Text(f"{number} {english[number != 1]}", f"{number} {french[number > 1]}")


def distance(interval: Interval, event: Text) -> Text:
    """`28 days after day 1`, `3 days before day 1`; for no distance at all, an empty text."""
    if not interval.value:
        return Text("", "")
    long = length(interval)
    en, fr = ("after", "après") if interval.value > 0 else ("before", "avant")
    return Text(f"{long.en} {en} {event.en}", f"{long.fr} {fr} {event.fr}")
