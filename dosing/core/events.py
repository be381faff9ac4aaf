"""What a reminder announces and what a deviation is about: values that have one spelling as text.

A new kind is a new member here or in `trial.core.protocol`; mypy then names every place that has to
say what becomes of it, since each ends in `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from trial.core.protocol import ReminderEvent


class UnknownEvent(ValueError):
    """A stored text that is of no kind that this version knows."""

    def __init__(self, text: str, kinds: type[StrEnum]) -> None:
        known = ", ".join(kinds)
        super().__init__(f"“{text}” is no event. Known kinds: {known}. A newer version may have written it.")


@dataclass(frozen=True)
class Event:
    """What a reminder announces. `str` gives the stored text: `injection:7`, `course:2` or `visit:V3`.

    `code` is the number of the injection or course, or the code of the visit.
    """

    kind: ReminderEvent
    code: str

    @classmethod
    def injection(cls, number: int) -> Event:
        """The injection of that number."""
        return cls(ReminderEvent.INJECTION, str(number))

    @classmethod
    def course(cls, number: int) -> Event:
        """The first injection of the course of that number."""
        return cls(ReminderEvent.COURSE, str(number))

    @classmethod
    def visit(cls, code: str) -> Event:
        """The visit of that code."""
        return cls(ReminderEvent.VISIT, code)

    @classmethod
    def parse(cls, text: str) -> Event:
        """The event that was stored as `text`. Raises UnknownEvent."""
        kind, _, code = text.partition(":")
        if kind not in set(ReminderEvent) or not code:
            raise UnknownEvent(text, ReminderEvent)
        return cls(ReminderEvent(kind), code)

    def __str__(self) -> str:
        return f"{prefix(self.kind)}{self.code}"


def prefix(kind: ReminderEvent) -> str:
    """How the stored text of every event of that kind begins, and of no other."""
    return f"{kind.value}:"


def is_treatment(kind: ReminderEvent) -> bool:
    """Whether the event no longer takes place once treatment ends. The others belong to follow-up."""
    match kind:
        case ReminderEvent.INJECTION | ReminderEvent.COURSE:
            return True
        case ReminderEvent.VISIT:
            return False
        case _:
            assert_never(kind)


TREATMENT = tuple(kind for kind in ReminderEvent if is_treatment(kind))
FOLLOW_UP = tuple(kind for kind in ReminderEvent if not is_treatment(kind))


class DeviationEvent(StrEnum):
    """What a deviation is about. Consent and draw are one each; the others have a number or a code."""

    INJECTION = "injection"
    VISIT = "visit"
    HOLD = "hold"
    CONSENT = "consent"
    DRAW = "draw"

    def named(self, code: object = "") -> str:
        """The stored text: `injection:7`, `visit:V3`, `hold:5`, `consent`, `draw`."""
        match self:
            case DeviationEvent.INJECTION | DeviationEvent.VISIT | DeviationEvent.HOLD:
                return f"{self.value}:{code}"
            case DeviationEvent.CONSENT | DeviationEvent.DRAW:
                return self.value
            case _:
                assert_never(self)
