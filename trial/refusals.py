"""The common shape of every refusal.

A refusal is a fact of the situation, not a fault of the program: its sentence says what is so and
what to do next, and it changes nothing. Each concrete refusal lives beside the function that
raises it; pages show the sentence, the API turns `code` and `status` into problem details.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ParamSpec

from trial.core.sentences import Sentence, Words
from trial.sentences import in_page_language

P = ParamSpec("P")


class Refusal(Exception):
    """Velum declines to do something, and says why.

    `code` comes from the closed list in `docs/errors.md`; `status` is the HTTP status of the API's
    answer; `errors` names the fields that are at fault, if any.
    """

    code = "refused"
    status = 409

    def __init__(self, message: object, errors: Mapping[str, object] | None = None) -> None:
        self.sentence: Words = message if isinstance(message, Sentence) else str(message)
        super().__init__(self.sentence)
        self.errors = dict(errors or {})

    def __str__(self) -> str:
        return self.sentence if isinstance(self.sentence, str) else in_page_language(self.sentence)


class InvalidInput(Refusal):
    """What was sent cannot be read as what was asked for."""

    code = "invalid"
    status = 422


def can(check: Callable[P, object], *args: P.args, **values: P.kwargs) -> bool:
    """Whether a `check_can_…` lets an act pass: a page asks the same check as the act itself."""
    try:
        check(*args, **values)
    except Refusal:
        return False
    return True
