"""Changes of a protocol file as an amendment makes them: a day, and the label that names it."""

from __future__ import annotations

LAST_VISIT = (("day = 169", "day = 176"), ("Day 169", "Day 176"), ("Jour 169", "Jour 176"))
"""The last visit of IMODALS a week later. Each pair: what stands there, and by what it is replaced."""


def a_week_later(text: str) -> str:
    """The protocol file with its last visit a week later."""
    for old, new in LAST_VISIT:
        assert old in text
        text = text.replace(old, new, 1)
    return text
