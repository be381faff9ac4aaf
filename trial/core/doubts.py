"""Values that can be right and seldom are: they are asked about before they are believed.

What cannot be is refused where it is read. What merely is unlikely has a doubt: nothing is written before
somebody has confirmed this very value. Another value needs a confirmation of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trial.core.dates import in_words
from trial.core.sentences import Sentence
from trial.core.typed_numbers import MOST_DIGITS, BadAmount, read_number


@dataclass(frozen=True)
class Doubt:
    """An unlikely value of a field. `value` is spelled as `spelled` does it.

    `asks` is the question that the value is met with, `keeps` what somebody says who keeps it.
    """

    field: str
    value: str
    asks: Sentence
    keeps: Sentence


def spelled(value: object) -> str:
    """One spelling for a value, however it was typed: 69,50 and 69.5 are the same, a day is YYYY-MM-DD."""
    if isinstance(value, date):
        return value.isoformat()
    text = f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    try:
        number = read_number(text, places=MOST_DIGITS, by_machine=True)
    except BadAmount:
        return text
    return f"{number.normalize():f}" if number else "0"


def unconfirmed(doubts: Iterable[Doubt], confirmed: Mapping[str, object]) -> tuple[Doubt, ...]:
    """The doubts of whose very value nobody has said that it is right."""
    given = {field: spelled(value) for field, value in confirmed.items() if not isinstance(value, bool)}
    return tuple(doubt for doubt in doubts if given.get(doubt.field) != doubt.value)


def outside(
    field: str, value: int | Decimal, low: int | Decimal, high: int | Decimal, unit: str = ""
) -> tuple[Doubt, ...]:
    """A doubt about a number outside a range whose ends still belong to it; none inside."""
    if low <= value <= high:
        return ()
    said = amount(value, unit)
    return (
        Doubt(
            field,
            spelled(value),
            Sentence(
                "%(value)s is outside %(low)s to %(high)s. Is it right?", value=said, low=low, high=high
            ),
            Sentence("Yes, %(value)s is right.", value=said),
        ),
    )


def far_off(field: str, day: date, first: date, last: date) -> tuple[Doubt, ...]:
    """A doubt about a day outside the days from `first` to `last`, which still belong to it; none inside."""
    if first <= day <= last:
        return ()
    said = in_words(day)
    asks = Sentence(
        "%(day)s is outside %(first)s to %(last)s. Is it right?",
        day=said,
        first=in_words(first),
        last=in_words(last),
    )
    return (Doubt(field, spelled(day), asks, Sentence("Yes, %(day)s is right.", day=said)),)


def amount(value: int | Decimal, unit: str = "") -> Sentence:
    """A number with its unit, if it has one."""
    shown = Decimal(spelled(value))
    return (
        Sentence("%(value)s %(unit)s", value=shown, unit=unit) if unit else Sentence("%(value)s", value=shown)
    )
