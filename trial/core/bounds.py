"""Compares an answer with the bounds of its criterion, in whole days where time is measured."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import assert_never

from trial.core.answers import Answer
from trial.core.dates import add, add_months, whole_years
from trial.core.protocol import Criterion, CriterionKind, Interval, Unit

BOUNDS = ("minimum", "above", "maximum", "below")
YES_NO = "required_answer"


def failed_bounds(question: Criterion, answer: Answer, on: date) -> tuple[str, ...]:
    """The names of the bounds that the answer breaks; for a yes/no question `required_answer`."""
    match question.kind:
        case CriterionKind.YES_NO:
            return () if answer is question.required_answer else (YES_NO,)
        case CriterionKind.AGE | CriterionKind.SINCE | CriterionKind.NUMBER:
            return tuple(bound for bound in BOUNDS if not _keeps(question, answer, bound, on))
        case _:
            assert_never(question.kind)


def reached_on(question: Criterion, start: date, bound: str) -> date:
    """The day on which the time that a bound names has passed since `start`."""
    value = int(getattr(question, bound))
    if question.unit == "years":
        return add_months(start, 12 * value)
    return add(start, Interval(value, Unit(question.unit.removesuffix("s"))))


def _keeps(question: Criterion, answer: Answer, bound: str, on: date) -> bool:
    limit: int | Decimal | None = getattr(question, bound)
    if limit is None:
        return True
    measured: int | Decimal
    if not isinstance(answer, date):
        measured = Decimal(answer)
    elif question.kind is CriterionKind.AGE:
        measured = whole_years(answer, on)
    else:
        measured, limit = on.toordinal(), reached_on(question, answer, bound).toordinal()
    return {
        "minimum": measured >= limit,
        "above": measured > limit,
        "maximum": measured <= limit,
        "below": measured < limit,
    }[bound]
