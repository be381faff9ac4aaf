"""Filters of the templates: days in words by `trial.wording`, since Django's short French months mislead."""

from __future__ import annotations

from datetime import date

from django import template

from trial.wording import words as wording

register = template.Library()


def _day_filter(name: str) -> None:
    """A filter that says a day, or a moment by the zone of the page; nothing for no day."""
    say = getattr(wording, name)

    def filter_day(day: date | None) -> str:
        return say(day) if day else ""

    register.filter(name, filter_day, expects_localtime=True)


@register.filter
def cell(value: object) -> object:
    """A cell of a table: a day in words, anything else as it stands."""
    return wording.long_day(value) if isinstance(value, date) else value


for _name in ("full_day", "long_day", "numbered_day", "day_of_year"):
    _day_filter(_name)
