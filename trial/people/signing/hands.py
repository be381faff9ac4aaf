"""By whose hand an act was done: a person's, who gave the secret again, or a system's, by token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trial.models import Delegation


@dataclass(frozen=True)
class Hand:
    """How an act is signed. A `system` signs nothing: its name stands where a person's would."""

    name: str = ""
    both_parts: bool = False
    system: str = ""


def hand_of_person(by: Delegation, *, both_parts: bool) -> Hand:
    """The hand of somebody who has just given the secret again, and the user name with it the first time."""
    return Hand(name=by.user.shown_name, both_parts=both_parts)


def hand_of_token(token: Any) -> Hand:
    """The hand of the system that holds a token; its name is the token's, or that of its account."""
    return Hand(system=token.name or token.user.shown_name)
