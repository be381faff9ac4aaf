"""Compares an answer with the bounds of its criterion, in whole days where time is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from trial.core.answers import Answer
from trial.core.dates import add, add_months, whole_years
from trial.core.protocol import Before, Criterion, CriterionKind, Interval, Unit, Within

BOUNDS = ("minimum", "above", "maximum", "below")
YES_NO = "required_answer"
WITHIN = "within"


@dataclass(frozen=True)
class Days:
    """The days that criteria count to: of the consent, and the last one on which day 1 can lie."""

    consent: date
    latest_day_1: date

    def counted_to(self, question: Criterion) -> date:
        """The day up to which the time of a criterion that looks back has to be over."""
        before = question.within.before if question.within else Before.CONSENT
        return self.latest_day_1 if before is Before.FIRST_INJECTION else self.consent


def failed_bounds(question: Criterion, answer: Answer, days: Days) -> tuple[str, ...]:
    """The names of the bounds that the answer breaks; for a yes/no question `required_answer`."""
    on = days.consent
    match question.kind:
        case CriterionKind.YES_NO:
            if isinstance(answer, date) and question.within is not None:
                return () if over_on(question.within, answer) < days.counted_to(question) else (WITHIN,)
            return () if answer is question.required_answer else (YES_NO,)
        case CriterionKind.AGE | CriterionKind.SINCE | CriterionKind.NUMBER:
            return tuple(bound for bound in BOUNDS if not _keeps(question, answer, bound, on))
        case _:
            assert_never(question.kind)


def over_on(within: Within, last: date) -> date:
    """The last day on which what was so on `last` still keeps out."""
    return add(last, within.time)


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
