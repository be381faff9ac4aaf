"""Says in words what was answered to a criterion and, where it fails, what it must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trial.core import dates
from trial.core.answers import Answer
from trial.core.bounds import YES_NO, reached_on
from trial.core.protocol import Criterion, CriterionKind, Text

_BOUNDS = {
    "minimum": Text("at least {}", "au moins {}"),
    "above": Text("more than {}", "plus de {}"),
    "maximum": Text("at most {}", "au plus {}"),
    "below": Text("less than {}", "moins de {}"),
}
_AGE_BOUNDS = {
    "minimum": Text("{} or over", "avoir {} ans ou plus"),
    "above": Text("over {}", "avoir plus de {} ans"),
    "maximum": Text("{} or under", "avoir {} ans ou moins"),
    "below": Text("under {}", "avoir moins de {} ans"),
}
_UNITS = {
    "days": (Text("day", "jour"), Text("days", "jours")),
    "weeks": (Text("week", "semaine"), Text("weeks", "semaines")),
    "months": (Text("month", "mois"), Text("months", "mois")),
    "years": (Text("year", "an"), Text("years", "ans")),
}
_ANSWERS = {True: Text("yes", "oui"), False: Text("no", "non")}


def in_words(question: Criterion, answer: Answer, on: date, failed: tuple[str, ...]) -> Text:
    """One sentence in both languages: the answer and the bounds in `failed` that it breaks."""
    said = _said(question, answer, on, failed)
    if not failed:
        return Text(f"{said.en}.", f"{said.fr}.")
    wanted = [_wanted(question, bound) for bound in failed]
    en, fr = " and ".join(words.en for words in wanted), " et ".join(words.fr for words in wanted)
    return Text(f"{said.en}; must be {en}.", f"{said.fr} ; il faut {fr}.")


def _said(question: Criterion, answer: Answer, on: date, failed: tuple[str, ...]) -> Text:
    if question.kind is CriterionKind.AGE and isinstance(answer, date):
        age, day = dates.whole_years(answer, on), dates.in_words(on)
        return Text(f"{age} years old on {day.en}", f"{age} ans le {day.fr}")
    asked = question.question or question.text
    if isinstance(answer, bool):
        words = _ANSWERS[answer]
        return Text(f"{asked.en} Answered {words.en}", f"{asked.fr} Réponse : {words.fr}")
    if isinstance(answer, date):
        return _since(question, asked, answer, on, failed)
    shown = _quantity(answer, question.unit)
    return Text(f"{asked.en}: {shown.en}", f"{asked.fr} : {shown.fr}")


def _since(question: Criterion, asked: Text, start: date, on: date, failed: tuple[str, ...]) -> Text:
    """A time that is too short or too long is shown by the day on which its bound is reached."""
    day, consent = dates.in_words(start), dates.in_words(on)
    en, fr = f"{asked.en}: {day.en}", f"{asked.fr} : {day.fr}"
    for bound in failed:
        length = _quantity(getattr(question, bound), question.unit)
        reached = dates.in_words(reached_on(question, start, bound))
        en += f"; {length.en} end on {reached.en}, consent is on {consent.en}"
        fr += f" ; {length.fr} s’achèvent le {reached.fr}, le consentement est du {consent.fr}"
    return Text(en, fr)


def _wanted(question: Criterion, bound: str) -> Text:
    if bound == YES_NO:
        return _ANSWERS[question.required_answer]
    limit: int | Decimal = getattr(question, bound)
    if question.kind is CriterionKind.AGE:
        words, shown = _AGE_BOUNDS[bound], Text(str(limit), str(limit))
    else:
        words, shown = _BOUNDS[bound], _quantity(limit, question.unit)
    return Text(words.en.format(shown.en), words.fr.format(shown.fr))


def _quantity(value: int | Decimal, unit: str) -> Text:
    one, many = _UNITS.get(unit, (Text(unit, unit), Text(unit, unit)))  # the unit of a number is free text
    en, fr = (one.en, one.fr) if value == 1 else (many.en, many.fr)
    return Text(f"{value} {en}".rstrip(), f"{str(value).replace('.', ',')} {fr}".rstrip())
