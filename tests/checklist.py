"""What a browser sends for what a person means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_words(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to a checklist as a browser sends them: yes and no in words."""
    words = {True: "yes", False: "no"}
    return {name: words[value] if isinstance(value, bool) else value for name, value in answers.items()}
