"""How often a sentence says that something is given: each day, each week, each injection."""

from __future__ import annotations

import re

_SPACE = r"[ \u00a0\u202f]"
_EACH = rf"(?:/{_SPACE}*|\b(?:per|each|every|par|chaque){_SPACE}+|(?<!for )(?<!in )\ba{_SPACE}+)"
_RATES = {
    "day": re.compile(
        rf"{_EACH}(?:day|d|jour|j)\b|\bdaily\b|\btous les jours\b|\bquotidien|\bjournali[eè]re?",
        re.IGNORECASE,
    ),
    "week": re.compile(rf"{_EACH}(?:week|semaine)\b|\bweekly\b|\bhebdomadaire", re.IGNORECASE),
    "month": re.compile(rf"{_EACH}(?:month|mois)\b|\bmonthly\b|\bmensuel", re.IGNORECASE),
    "each": re.compile(
        rf"(?:{_EACH}|\bà chaque )(?:injection|dose|syringe|seringue|vial|flacon)\b", re.IGNORECASE
    ),
}


def rates(text: str) -> set[str]:
    """The rates that the text names in any words: `daily`, `a day` and `par jour` are one."""
    return {name for name, pattern in _RATES.items() if pattern.search(text)}


def rate_of(unit: str) -> str:
    """The rate that a unit of time behind a stroke is."""
    return "day" if unit in ("day", "d", "jour", "j") else "each"
