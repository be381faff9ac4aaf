"""Days in words, in British English and in French, whatever the machine's or a library's names are.

The short French months are those of the Imprimerie nationale: three letters would make *jui* of June and of
July. French says “1er décembre”, then “2 décembre”.
"""

from __future__ import annotations

from datetime import date

from trial.core.protocol import Text


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_NAMES = {
    "en": {
        "weekday": _list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        "short_weekday": _list("Mon Tue Wed Thu Fri Sat Sun"),
        "month": _list(
            "January February March April May June July August September October November December"
        ),
        "short_month": _list("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    },
    "fr": {
        "weekday": _list("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        "short_weekday": _list("lun. mar. mer. jeu. ven. sam. dim."),
        "month": _list(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
        ),
        "short_month": _list("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
    },
}
FULL = "{weekday} {day} {month} {year}"
LONG = "{day} {month} {year}"
MEDIUM = "{short_weekday} {day} {short_month} {year}"
SHORT = "{short_weekday} {day} {short_month}"


def written(day: date, pattern: str, language: str) -> str:
    """The day by a pattern such as FULL, in French or else in English.

    A pattern names `{weekday}`, `{short_weekday}`, `{day}`, `{month}`, `{short_month}` and `{year}`.
    """
    names = _NAMES["fr" if language.startswith("fr") else "en"]
    number = day_number(day.day, language)
    weekdays = {name: names[name][day.weekday()] for name in ("weekday", "short_weekday")}
    months = {name: names[name][day.month - 1] for name in ("month", "short_month")}
    return pattern.format(day=number, year=day.year, **weekdays, **months)


def in_both(day: date, pattern: str) -> Text:
    """The day in both languages, for whoever will read it."""
    return Text(written(day, pattern, "en"), written(day, pattern, "fr"))


def day_number(number: int, language: str) -> str:
    """The day of a month as a date says it: `1er` in French, figures for every other."""
    return "1er" if number == 1 and language.startswith("fr") else str(number)
