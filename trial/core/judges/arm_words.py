"""Judges what the two languages of an arm say beside its doses: plain numbers, and how often.

`1 MIU for 5 days` beside `1 MUI pendant 50 jours` is one dose and two treatments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from trial.core.doses.amounts import read_amounts
from trial.core.doses.counted import in_any_form, in_one_only
from trial.core.doses.rates import rates
from trial.core.doses.spelled import bare_numbers, spelled_numbers
from trial.core.faults import Place
from trial.core.judges.asked import IN_ONE_ONLY, ask, plain
from trial.core.judges.doses import LANGUAGES
from trial.core.protocol import Protocol

_EVER = re.compile(r"\b(?:twice|thrice)\b")
_TIMES = re.compile(r"\b(?:twice|thrice|(?!one\b|une\b|1\b)\w+ (?:times|fois))\b", re.IGNORECASE)


def judge_arm_words(root: Place, protocol: Protocol) -> None:
    """Labels of arms, and doses and labels of what they are given."""
    for arm in root.rows("arms"):
        _judge_text(arm, "label", root, protocol)
        for row in arm.rows("preparations"):
            for key in ("dose", "label"):
                _judge_text(row, key, root, protocol)


def _judge_text(place: Place, key: str, root: Place, protocol: Protocol) -> None:
    both: Mapping[str, str] = place.get(key, {})
    path = (*place.path, key)
    if set(both) != set(LANGUAGES) or any(fault.path[: len(path)] == path for fault in root.faults):
        return
    english, french = both["en"], both["fr"]
    often = [rates(english), rates(french)]
    if all(often) and often[0] != often[1]:
        place.fault(
            "English says “%(english)s”, French “%(french)s”; say how often in the same way in both.",
            key,
            english=english,
            french=french,
        )
    elif alone := _alone(_beside(english, "en"), _beside(french, "fr")):
        value = plain(min(alone))
        ask(
            place,
            protocol,
            root,
            key,
            value,
            IN_ONE_ONLY.having(english=english, french=french, number=str(value)),
        )


def _beside(text: str, language: str) -> str:
    """The text without its doses, which are compared as such; a number in words before a stop in digits."""
    for amount in read_amounts(text, language):
        text = text.replace(amount.words, " ", 1)
    for number, words in list(bare_numbers(text, language)):
        text = text.replace(words, str(number), 1)
    return text


def _alone(english: str, french: str) -> set[Fraction]:
    """The numbers that one language alone says, where both say any; or `twice` beside a bare `par jour`."""
    said, dit = in_any_form(english, "en"), in_any_form(french, "fr")
    timed = rates(english) and rates(french) and (_TIMES.search(english) or _TIMES.search(french))
    if not timed and not (said and dit):
        return set()
    return _one_only(english, "en", dit) | _one_only(french, "fr", said)


def _one_only(text: str, language: str, other: set[Fraction]) -> set[Fraction]:
    """Numbers in digits and in words; an ordinal may have no fellow in the other language."""
    spelled = {*spelled_numbers(text, language)}
    spelled |= {Fraction(2 if word == "twice" else 3) for word in _EVER.findall(text.lower())}
    return (spelled - other) | {*in_one_only(text, other)}
