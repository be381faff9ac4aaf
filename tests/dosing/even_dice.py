"""Even chances for the lives at random: the same on every machine, whatever else has been imported.

Hypothesis' own source of numbers favours constants that it finds in the modules loaded so far, and makes
most lives by repeating parts of earlier ones. Both are good for finding the shortest failure and bad for a
test that must find every planted fault, on any machine, in so many lives. So the lives have a source of
their own: a documented extension point of hypothesis ("alternative backends").
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider


class EvenDice(PrimitiveProvider):
    """Whole numbers and yes or no, each as likely as the next; more is not asked of a life."""

    lifetime = "test_function"
    luck = 0
    """Another number, other lives."""

    def __init__(self, data: Any, /) -> None:
        super().__init__(data)
        self._source = Random(self.luck)

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self._source.random() < p

    def draw_integer(
        self, min_value: int | None = None, max_value: int | None = None, **_hints: object
    ) -> int:
        assert min_value is not None, "a life throws dice with two ends"
        assert max_value is not None, "a life throws dice with two ends"
        return self._source.randint(min_value, max_value)

    def draw_float(self, **_bounds: object) -> float:
        raise NotImplementedError

    def draw_string(self, *_bounds: object, **_sizes: object) -> str:
        raise NotImplementedError

    def draw_bytes(self, *_sizes: object, **_more: object) -> bytes:
        raise NotImplementedError


AVAILABLE_PROVIDERS["even-dice"] = f"{__name__}.EvenDice"


@contextmanager
def thrown_with(luck: int) -> Iterator[str]:
    """The name of the source, for `settings(backend=…)`, as long as the lives of this luck are lived."""
    before, EvenDice.luck = EvenDice.luck, luck
    try:
        yield "even-dice"
    finally:
        EvenDice.luck = before
