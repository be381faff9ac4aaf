"""What a browser sends for what a person means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def in_words(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to a checklist as a browser sends them: yes and no in words, days in three boxes."""
    words = {True: "yes", False: "no"}
    said = {name: words[value] if isinstance(value, bool) else value for name, value in answers.items()}
    days = {name: value for name, value in said.items() if DAY.fullmatch(str(value))}
    return {name: value for name, value in said.items() if name not in days} | in_boxes(**days)


def in_boxes(**days: object) -> dict[str, str]:
    """Days by the names of their questions, as their boxes are sent: `in_boxes(signed_on="2015-10-05")`."""
    return {
        f"{name}_{box}": part
        for name, day in days.items()
        for box, part in zip(("year", "month", "day"), str(day).split("-"), strict=True)
    }
