"""Reads the answers to the eligibility questions: typed or sent, in one language or the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from trial.core.dates import BadDate, in_words, parse_date, whole_years
from trial.core.protocol import Before, Criterion, CriterionKind, Within
from trial.core.sentences import Saying, Sentence
from trial.core.typed_numbers import MOST_DIGITS, BadAmount, read_number

Answer = bool | date | Decimal

_OLDEST = 120
_YES_NO: dict[object, bool] = {"yes": True, "no": False}


class InvalidAnswers(ValueError):
    """Answers that cannot be judged. `errors` says for each field, by name, what is wrong with it."""

    def __init__(self, errors: Mapping[str, Sentence]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(f"{name}: {text}" for name, text in self.errors.items()))


class _Bad(Saying, ValueError):
    pass


def read_answers(
    criteria: Iterable[Criterion], answers: Mapping[str, object], *, consent_on: date, birth: date
) -> dict[str, Answer]:
    """The answer to every question by its id; the age question is answered by the birth date.

    Raises InvalidAnswers for what is missing, unknown or malformed, for dates after the consent or
    before the birth, and for a birth after the consent or more than 120 years before it.
    """
    questions = {question.id: question for criterion in criteria for question in criterion.questions()}
    errors = {name: _UNKNOWN for name in answers if name not in questions}
    given: dict[str, Answer] = {}
    for name, question in questions.items():
        try:
            given[name] = _read(question, answers.get(name), consent_on, birth)
        except (_Bad, BadAmount, BadDate) as bad:
            errors[name] = bad.sentence
    errors |= _birth_errors(birth, consent_on)
    if errors:
        raise InvalidAnswers(errors)
    return given


_UNKNOWN = Sentence("There is no such question in the protocol; take it out.")


def _read(question: Criterion, answer: object, consent_on: date, birth: date) -> Answer:
    if question.kind is CriterionKind.AGE:
        if answer is not None:
            raise _Bad("The age is computed from the birth date; leave this out.")
        return birth
    if answer is None or answer == "":
        raise _Bad("This question has no answer yet.")
    match question.kind:
        case CriterionKind.SINCE:
            return _read_date(answer, consent_on, birth)
        case CriterionKind.NUMBER:
            return _read_number(answer)
        case CriterionKind.YES_NO:
            return _read_looking_back(question.within, answer, consent_on, birth)
        case _:
            assert_never(question.kind)


def _read_yes_no(answer: object) -> bool:
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, str) and answer in _YES_NO:
        return _YES_NO[answer]
    raise _Bad("“%(answer)s” is not an answer; say yes or no.", answer=str(answer))


def _read_looking_back(within: Within | None, answer: object, consent_on: date, birth: date) -> Answer:
    """No, or the day on which it last was so; yes where nobody knows the day. A planned day may come."""
    if within is None or isinstance(answer, bool) or answer in _YES_NO:
        return _read_yes_no(answer)
    last = date.max if within.before is Before.FIRST_INJECTION else consent_on
    return _read_date(answer, last, birth)


def _read_number(answer: object) -> Decimal:
    """A number as it is; a string as it was typed or sent, or as an earlier answer was kept."""
    if isinstance(answer, str):
        number = read_number(answer, places=MOST_DIGITS, by_machine=True)
    elif isinstance(answer, (int, float, Decimal)) and not isinstance(answer, bool):
        number = Decimal(str(answer))
    else:
        raise _Bad("“%(answer)s” is not a number; write digits only, such as 70.", answer=str(answer))
    if not number.is_finite() or abs(number) >= 10**9:
        raise _Bad("“%(answer)s” is not a number; write digits only, such as 70.", answer=str(answer))
    return number


def _read_date(answer: object, consent_on: date, birth: date) -> date:
    """A day between birth and consent; both belong to it."""
    is_day = isinstance(answer, date) and not isinstance(answer, datetime)
    day = answer if is_day and isinstance(answer, date) else parse_date(str(answer))
    said, consent = in_words(day), in_words(consent_on)
    if day > consent_on:
        raise _Bad("%(day)s lies after the day of consent, %(consent)s.", day=said, consent=consent)
    if day < birth:
        raise _Bad("%(day)s lies before the birth.", day=said)
    return day


def _birth_errors(birth: date, consent_on: date) -> dict[str, Sentence]:
    said = in_words(birth)
    if birth > consent_on:
        return {"birth": Sentence("%(day)s lies after the day of consent; correct the birth date.", day=said)}
    if whole_years(birth, consent_on) > _OLDEST:
        return {
            "birth": Sentence(
                "%(day)s is more than %(most)s years ago; correct the birth date.", day=said, most=_OLDEST
            )
        }
    return {}
