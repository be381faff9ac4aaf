"""Judges how doses are written, wherever a person reads one: in dose lines, labels, procedures, criteria."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from trial.core.doses.amounts import Amount, read_amounts
from trial.core.doses.rates import rate_of, rates
from trial.core.doses.units import Kind
from trial.core.doses.writing import misread, misread_amounts, misread_in_text
from trial.core.faults import Place
from trial.core.judges.doses import LANGUAGES, read_line
from trial.core.judges.texts import texts
from trial.core.paths import Path
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

_PLAIN_VOLUME = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_NOT_ONE_DOSE = re.compile(
    r"\s*(?:a|per|par|each|every|/|in|au)\s*(?:week|fortnight|month|year|course|total|semaine|mois|an|cure|all)\b"
)
_QUOTED = ("record", "publication", "citation")
"""Words of others, which nobody may write anew."""
Finder = Callable[[str, str], Iterator[Sentence]]


def judge_dose_words(root: Place, protocol: Protocol) -> None:
    """Trailing zeros, naked points, U, run-together units, in doses and in whatever a person reads."""
    for arm in root.rows("arms"):
        _judge_text(arm, "label", misread)
        for row in arm.rows("preparations"):
            _judge_preparation(row)
        _judge_label(arm)
    judge_texts(root)


def judge_texts(root: Place) -> None:
    """Whatever else a person reads: labels, procedures, criteria, questions, reasons. Where both languages
    name doses they name the same.
    """
    found: dict[Path, dict[str, str]] = {}
    for words in texts(root.value):
        if words.steps[0] == "arms" or words.steps == _QUOTED:
            continue
        in_criteria = words.steps[0] == "criteria"
        for sentence in misread_in_text(words.text, words.language, criteria=in_criteria):
            root.note(sentence, *words.path)
        if words.path[-1] in LANGUAGES:
            found.setdefault(words.path[:-1], {})[words.language] = words.text
    for path, both in found.items():
        if len(both) == len(LANGUAGES):
            _judge_both(root, path, both)


def _judge_both(root: Place, path: Path, both: dict[str, str]) -> None:
    """A dose in one language stands in the other; where only one has any, the other may say it in words."""
    named = {language: _named(both[language], language) for language in LANGUAGES}
    if not (named["en"] and named["fr"]):
        return
    if _without_rates(named["en"]) != _without_rates(named["fr"]) or not (
        _rates_of(named["en"]) <= rates(both["fr"]) and _rates_of(named["fr"]) <= rates(both["en"])
    ):
        root.fault(
            "English says “%(english)s”, French “%(french)s”; give one number in both.",
            *path,
            english=both["en"],
            french=both["fr"],
        )


def _named(text: str, language: str) -> list[Amount]:
    return [amount for amount in read_amounts(text, language) if amount.worth]


def _without_rates(amounts: Iterable[Amount]) -> set[tuple[object, ...]]:
    """What is named, whatever words say how often: `75 mg daily` is 75 mg, and so is `75 mg par jour`."""
    return {
        (
            amount.measures,
            (amount.per.kind, amount.per.worth) if amount.per and not _is_timed(amount) else None,
            amount.number * amount.unit.worth,
        )
        for amount in amounts
    }


def _rates_of(amounts: Iterable[Amount]) -> set[str]:
    """The rates that stand behind a stroke; the other language has each of them in some words."""
    return {rate_of(amount.per.spelling) for amount in amounts if amount.per and _is_timed(amount)}


def _is_timed(amount: Amount) -> bool:
    return amount.per is not None and amount.per.kind is Kind.TIME


def _judge_preparation(row: Place) -> None:
    _judge_text(row, "dose", misread)
    _judge_text(row, "label", misread_amounts)
    for sentence in misread(row.get("concentration", ""), "en"):
        row.note(sentence, "concentration")
    for sentence in misread_amounts(row.get("product"), "en"):
        row.note(sentence, "product")
    sentences = list(misread(row.get("volume_ml"), "en"))
    for sentence in sentences:
        row.note(sentence, "volume_ml")
    if not sentences and not _PLAIN_VOLUME.match(row.get("volume_ml")):
        row.fault('write the volume in plain digits, such as "0.5".', "volume_ml")


def _judge_text(row: Place, key: str, find: Finder) -> None:
    for language in LANGUAGES:
        for sentence in find(row.get(key, {}).get(language, ""), language):
            row.note(sentence, key, language)


def _judge_label(arm: Place) -> None:
    """An arm whose label names a dose gives it: one of its preparations, or all of them together."""
    named = {language: _doses(arm.get("label")[language], language) for language in LANGUAGES}
    if _in_all(named["en"]) != _in_all(named["fr"]):
        arm.fault(
            "English says “%(english)s”, French “%(french)s”; give one number in both.",
            "label",
            english=arm.get("label")["en"],
            french=arm.get("label")["fr"],
        )
    lines = [read_line(row).doses["en"] for row in arm.rows("preparations")]
    given = [given for doses in lines for given in _one_each(doses).items()]
    for measures, worth, single in named["en"] if given else ():
        same = [held for measured, held in given if measured == measures]
        if same and not {worth, single} & {*same, sum(same)}:
            arm.fault("names a dose that no preparation of this arm has; correct one of them.", "label")


def _one_each(doses: Iterable[Amount]) -> dict[object, Fraction]:
    """What a preparation holds, by what is measured; the first that it names."""
    found: dict[object, Fraction] = {}
    for dose in doses:
        if dose.is_dose:
            found.setdefault(dose.measures, dose.worth)
    return found


def _in_all(named: Iterable[tuple[object, Fraction, Fraction]]) -> set[tuple[object, Fraction]]:
    return {(measures, worth) for measures, worth, _ in named}


def _doses(text: str, language: str) -> set[tuple[object, Fraction, Fraction]]:
    """The doses that a label names, in all and each; what it says of a week, a course or in total is in no
    one syringe.
    """
    return {
        (amount.measures, amount.worth, amount.single)
        for amount in read_amounts(text, language)
        if amount.is_dose and amount.worth and not _NOT_ONE_DOSE.match(text.partition(amount.words)[2])
    }
