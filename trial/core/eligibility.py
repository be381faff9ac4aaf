"""The eligibility check: answers to a protocol's criteria become a decision with reasons in words.

Everything is judged on the day of consent. Age counts whole years: someone is 75 from the 75th
birthday on, and a birthday on 29 February is reckoned on 1 March in other years. "More than 3
months" is later than the day three calendar months after the start; "5 years or less" still
includes the fifth anniversary (month ends as in `trial.core.dates`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trial.core.answers import Answer, read_answers
from trial.core.bounds import Days, failed_bounds
from trial.core.criterion_words import in_words
from trial.core.dates import add_months
from trial.core.doubts import Doubt, far_off, outside
from trial.core.protocol import Criterion
from trial.core.sentences import Sentence, joined


@dataclass(frozen=True)
class CriterionResult:
    """Whether one criterion of the protocol is met. `reason` begins with its number."""

    id: str
    met: bool
    reason: Sentence


@dataclass(frozen=True)
class Assessment:
    """The decision and, in protocol order, what led to it."""

    eligible: bool
    results: tuple[CriterionResult, ...]

    @property
    def failures(self) -> tuple[CriterionResult, ...]:
        """The criteria that are not met."""
        return tuple(result for result in self.results if not result.met)


def assess(
    criteria: Iterable[Criterion],
    answers: Mapping[str, object],
    *,
    consent_on: date,
    birth: date,
    latest_day_1: date | None = None,
) -> Assessment:
    """Judge the answers on the day of consent.

    What counts back from day 1 is judged by the latest day on which that can lie, as long as no day is
    chosen; where nobody says which that is, by the day of consent.

    `answers` holds one entry for every question except the age: True, False, "yes" or "no"; a date
    or YYYY-MM-DD; a number. Questions are named by their criterion, parts by criterion and letter
    (I5a). Raises InvalidAnswers, with a message for every field, where one is missing, unknown,
    malformed or lies after the consent.
    """
    criteria = tuple(criteria)
    given = read_answers(criteria, answers, consent_on=consent_on, birth=birth)
    days = Days(consent_on, latest_day_1 or consent_on)
    results = tuple(_judge(criterion, given, days) for criterion in criteria)
    return Assessment(all(result.met for result in results), results)


def implausible(
    criteria: Iterable[Criterion], answers: Mapping[str, object], *, consent_on: date, birth: date
) -> tuple[Doubt, ...]:
    """A doubt for each number outside its plausible range, and for what is planned for a day too far ahead.

    Raises InvalidAnswers.
    """
    criteria = tuple(criteria)
    given = read_answers(criteria, answers, consent_on=consent_on, birth=birth)
    return _numbers(criteria, given) + _planned(criteria, given, birth, consent_on)


def _planned(
    criteria: tuple[Criterion, ...], given: Mapping[str, Answer], birth: date, consent_on: date
) -> tuple[Doubt, ...]:
    """What counts back from day 1 may still come, a vaccination say; within a year."""
    asked = (row for criterion in criteria for row in criterion.questions() if row.within)
    return tuple(
        doubt
        for row in asked
        if isinstance(day := given[row.id], date)
        for doubt in far_off(row.id, day, birth, add_months(consent_on, 12))
    )


def _numbers(criteria: tuple[Criterion, ...], given: Mapping[str, Answer]) -> tuple[Doubt, ...]:
    return tuple(
        doubt
        for criterion in criteria
        for question in criterion.questions()
        if question.plausible and isinstance(number := given[question.id], Decimal)
        for doubt in outside(
            question.id, number, question.plausible.low, question.plausible.high, question.unit
        )
    )


def _judge(criterion: Criterion, given: Mapping[str, Answer], days: Days) -> CriterionResult:
    """A criterion whose parts are asked tells of the parts that fail, or of all when none does."""
    failed = {part: failed_bounds(part, given[part.id], days) for part in criterion.questions()}
    met = not any(failed.values())
    told = [in_words(part, given[part.id], days, bounds) for part, bounds in failed.items() if met or bounds]
    words = joined(told, Sentence("%(first)s %(rest)s"))
    return CriterionResult(criterion.id, met, Sentence("%(id)s: %(words)s", id=criterion.id, words=words))
