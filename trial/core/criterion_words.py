"""Says in words what was answered to a criterion and, where it fails, what it must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trial.core import dates
from trial.core.answers import Answer
from trial.core.bounds import YES_NO, Days, over_on, reached_on
from trial.core.protocol import Before, Criterion, CriterionKind, Interval, Text, Unit, Within
from trial.core.sentences import Sentence, Words, counted, joined

_BOUNDS = {
    "minimum": Sentence("at least %(limit)s"),
    "above": Sentence("more than %(limit)s"),
    "maximum": Sentence("at most %(limit)s"),
    "below": Sentence("less than %(limit)s"),
}
_AGE_BOUNDS = {
    "minimum": Sentence("%(limit)s or over"),
    "above": Sentence("over %(limit)s"),
    "maximum": Sentence("%(limit)s or under"),
    "below": Sentence("under %(limit)s"),
}
_UNITS = {
    "days": counted("%(count)s day", "%(count)s days", count=0),
    "weeks": counted("%(count)s week", "%(count)s weeks", count=0),
    "months": counted("%(count)s month", "%(count)s months", count=0),
    "years": counted("%(count)s year", "%(count)s years", count=0),
}
_ANSWERS = {True: Sentence("yes"), False: Sentence("no")}


def in_words(question: Criterion, answer: Answer, days: Days, failed: tuple[str, ...]) -> Sentence:
    """One sentence: the answer and the bounds in `failed` that it breaks."""
    on = days.consent
    if question.within is not None and isinstance(answer, date):
        return _looking_back(question, question.within, answer, days, failed)
    said = _said(question, answer, on, failed)
    if not failed:
        return Sentence("%(said)s.", said=said)
    wanted = joined((_wanted(question, bound) for bound in failed), Sentence("%(first)s and %(rest)s"))
    return Sentence("%(said)s; must be %(wanted)s.", said=said, wanted=wanted)


def _said(question: Criterion, answer: Answer, on: date, failed: tuple[str, ...]) -> Words:
    if question.kind is CriterionKind.AGE and isinstance(answer, date):
        age = dates.whole_years(answer, on)
        return Sentence("%(age)s years old on %(day)s", age=age, day=dates.in_words(on))
    asked = question.question or question.text
    if isinstance(answer, bool):
        return Sentence("%(asked)s Answered %(answer)s", asked=asked, answer=_ANSWERS[answer])
    if isinstance(answer, date):
        return _since(question, asked, answer, on, failed)
    return Sentence("%(asked)s: %(answer)s", asked=asked, answer=_quantity(answer, question.unit))


_LAST = {
    (Before.CONSENT, True): Sentence("%(asked)s Last on %(last)s; %(time)s were over on %(over)s."),
    (Before.CONSENT, False): Sentence(
        "%(asked)s Last on %(last)s; %(time)s end on %(over)s, consent is on %(to)s; must be over by then."
    ),
    (Before.FIRST_INJECTION, True): Sentence(
        "%(asked)s Last on %(last)s; %(time)s end on %(over)s. Day 1 has to lie later."
    ),
    (Before.FIRST_INJECTION, False): Sentence(
        "%(asked)s Last on %(last)s; %(time)s end on %(over)s, and day 1 can lie no later than %(to)s; must "
        "be over by then."
    ),
}


def _looking_back(
    question: Criterion, within: Within, last: date, days: Days, failed: tuple[str, ...]
) -> Sentence:
    """What happened last, when its time is over, and up to when it had to be."""
    form = _LAST[within.before, not failed]
    return form.having(
        asked=question.question or question.text,
        last=dates.in_words(last),
        time=_length(within.time),
        over=dates.in_words(over_on(within, last)),
        to=dates.in_words(days.counted_to(question)),
    )


def _length(time: Interval) -> Sentence:
    if time.unit is Unit.MONTH and time.value % 12 == 0:
        return _quantity(time.value // 12, "years")
    return _quantity(time.value, f"{time.unit}s")


def _since(question: Criterion, asked: Text, start: date, on: date, failed: tuple[str, ...]) -> Words:
    """A time that is too short or too long is shown by the day on which its bound is reached."""
    ends = Sentence("%(length)s end on %(reached)s, consent is on %(consent)s", consent=dates.in_words(on))
    asked_and_answered = Sentence("%(asked)s: %(answer)s", asked=asked, answer=dates.in_words(start))
    reached = (
        ends.having(
            length=_quantity(getattr(question, bound), question.unit),
            reached=dates.in_words(reached_on(question, start, bound)),
        )
        for bound in failed
    )
    return joined((asked_and_answered, *reached), Sentence("%(first)s; %(rest)s"))


def _wanted(question: Criterion, bound: str) -> Sentence:
    if bound == YES_NO:
        return _ANSWERS[question.required_answer]
    limit: int | Decimal = getattr(question, bound)
    if question.kind is CriterionKind.AGE:
        return _AGE_BOUNDS[bound].having(limit=limit)
    return _BOUNDS[bound].having(limit=_quantity(limit, question.unit))


def _quantity(value: int | Decimal, unit: str) -> Sentence:
    """The unit of a time is one of ours; that of a number is free text."""
    if unit in _UNITS:
        return _UNITS[unit].having(count=value)
    return (
        Sentence("%(value)s %(unit)s", value=value, unit=unit) if unit else Sentence("%(value)s", value=value)
    )
