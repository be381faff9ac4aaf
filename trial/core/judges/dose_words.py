"""Judges how doses are written, wherever an arm, a drug or a course has one in its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from trial.core.doses.amounts import read_amounts
from trial.core.doses.writing import misread, misread_amounts
from trial.core.faults import Place
from trial.core.judges.doses import LANGUAGES, read_line
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

_PLAIN_VOLUME = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_NOT_ONE_DOSE = re.compile(
    r"\s*(?:a|per|par|each|every|/|in|au)\s*(?:week|fortnight|month|year|course|total|semaine|mois|an|cure|all)\b"
)
Finder = Callable[[str, str], Iterator[Sentence]]


def judge_dose_words(root: Place, protocol: Protocol) -> None:
    """Trailing zeros, naked points, U, run-together units, in doses and in whatever names a dose."""
    for arm in root.rows("arms"):
        _judge_text(arm, "label", misread)
        for row in arm.rows("preparations"):
            _judge_preparation(row)
        _judge_label(arm)
    for rows in ("drugs", "courses"):
        for row in root.rows(rows):
            _judge_text(row, "label", misread_amounts)


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
    if named["en"] != named["fr"]:
        arm.fault(
            "English says “%(english)s”, French “%(french)s”; give one number in both.",
            "label",
            english=arm.get("label")["en"],
            french=arm.get("label")["fr"],
        )
    lines = [read_line(row).doses["en"] for row in arm.rows("preparations")]
    given = [(dose.measures, dose.worth) for doses in lines for dose in doses[:1] if dose.is_dose]
    for dose in named["en"] if given else ():
        same = [worth for measures, worth in given if measures == dose[0]]
        if same and dose[1] not in (*same, sum(same)):
            arm.fault("names a dose that no preparation of this arm has; correct one of them.", "label")


def _doses(text: str, language: str) -> set[tuple[object, object]]:
    """The doses that a label names; what it says of a week, a course or in total is in no one syringe."""
    return {
        (amount.measures, amount.worth)
        for amount in read_amounts(text, language)
        if amount.is_dose and amount.worth and not _NOT_ONE_DOSE.match(text.partition(amount.words)[2])
    }
