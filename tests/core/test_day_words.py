"""Days in words: French months that nobody mistakes for another, and the first of a month."""

from __future__ import annotations

from datetime import date

import pytest

from trial.core.day_words import FULL, MEDIUM, SHORT, in_both, written
from trial.core.protocol import Text

MONTHS = [date(2026, month, 7) for month in range(1, 13)]


def test_short_french_months_are_the_customary_ones() -> None:
    said = [written(day, "{short_month}", "fr") for day in MONTHS]
    assert said == [
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ]


@pytest.mark.parametrize("language", ["en-gb", "fr"])
def test_no_short_month_or_weekday_is_the_beginning_of_another(language: str) -> None:
    months = [written(day, "{short_month}", language) for day in MONTHS]
    weekdays = [written(date(2026, 6, day), "{short_weekday}", language) for day in range(1, 8)]
    for names in (months, weekdays):
        assert not [(a, b) for a in names for b in names if a != b and b.startswith(a.rstrip("."))]


def test_french_says_the_first_and_then_counts() -> None:
    first, second = date(2026, 12, 1), date(2026, 12, 2)
    assert written(first, FULL, "fr") == "mardi 1er décembre 2026"
    assert written(first, MEDIUM, "fr") == "mar. 1er déc. 2026"
    assert written(second, SHORT, "fr") == "mer. 2 déc."


def test_english_stays_as_it_is() -> None:
    assert written(date(2026, 12, 1), FULL, "en-gb") == "Tuesday 1 December 2026"
    assert written(date(2026, 12, 1), MEDIUM, "en") == "Tue 1 Dec 2026"
    assert in_both(date(2026, 6, 1), "{month}") == Text("June", "juin")
