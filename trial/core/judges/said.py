"""Judges numbers that stand twice: in a sentence that people read, and in the value that is computed with.

A criterion that says 70 % and is computed with 60 enrols who must not be. So do two languages that differ.
What is so all the same is explained in `[[assumptions]]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trial.core.criteria_reader import BOUNDS, leaves
from trial.core.doses.counted import in_any_form, in_one_only
from trial.core.doses.directions import Side, sides_of
from trial.core.faults import Place
from trial.core.judges.asked import IN_ONE_ONLY, ask, plain
from trial.core.judges.doses import LANGUAGES
from trial.core.judges.texts import Words, texts
from trial.core.paths import Path
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

_DAYS = {"days": Fraction(1), "weeks": Fraction(7), "months": Fraction(365, 12), "years": Fraction(365)}
_ALSO_A_MONTH = (Fraction(28), Fraction(30))
_NAMED = {
    "days": re.compile(r"\b(?:days?|jours?)\b", re.IGNORECASE),
    "weeks": re.compile(r"\b(?:weeks?|semaines?)\b", re.IGNORECASE),
    "months": re.compile(r"\b(?:months?|mois)\b", re.IGNORECASE),
    "years": re.compile(r"\b(?:years?|ans?|années?)\b", re.IGNORECASE),
}
_CLOSE = Fraction(1, 40)
"""How far half a year, 26 weeks and 182 days may lie apart, as a part of the whole."""
_TIME = re.compile(
    r"\d+(?:[.,]\d+)?[ \u00a0\u202f-]*(?:days?|weeks?|months?|years?|jours?|semaines?|mois|ans?|années?)\b",
    re.IGNORECASE,
)
"""A length of time beside a laboratory's number says nothing of that number."""
_OTHER_SIDE = {
    Side.MINIMUM: (Side.ABOVE, -1),
    Side.BELOW: (Side.MAXIMUM, -1),
    Side.MAXIMUM: (Side.BELOW, 1),
    Side.ABOVE: (Side.MINIMUM, 1),
}
"""18 or over is over 17, under 75 is 74 or under: of whole years and of counts."""
_ONE = re.compile(r"\b(?:one|single|un|une|seule?)\b", re.IGNORECASE)
_DAY = re.compile(
    r"(?:\b(?:days?|jours?)|(?:^|\()[DJ])[ \u00a0\u202f]?(?P<first>-?\d+)"
    r"(?:\s?(?:-|–|to|à|and|et)\s?(?P<last>\d+))?\b",
    re.IGNORECASE,
)
_OF_A_COURSE = re.compile(r"\b(?:cycle|course|cure|c\d)", re.IGNORECASE)
"""Day 1 of the second cycle is no day of the trial."""
_NOT_COMPARED = {("assumptions", "reason"), ("record", "publication", "citation"), ("trial", "title")}
_NOT_SAID = Sentence("%(value)s does not stand in the words of the criterion, “%(words)s”")
_TURNED_OVER = Sentence("`%(key)s` is not the side of %(value)s that the words name, “%(words)s”")
_OTHER_UNIT = Sentence(
    "English says “%(english)s”, French “%(french)s”; %(number)s is counted in other units"
)


@dataclass(frozen=True)
class _Bound:
    """A number that is computed with: as it is written, whether it counts, and a length of time's unit."""

    key: str
    written: object
    value: Fraction
    counts: bool
    unit: str | None

    def is_said(self, text: str, language: str) -> bool:
        """Whether the words say it, or no number at all. Nought needs no words."""
        said = in_any_form(text, language)
        return not said or self.value == 0 or bool(said & self.accepted(text)) or self._is_one(text)

    def turned_over(self, text: str) -> bool:
        """Whether the words name this very number, and only on another side than it is computed on."""
        if self.key == "within":
            return False
        sides = {side for side, numbers in sides_of(text).items() if self.value in numbers}
        return bool(sides) and Side(self.key) not in sides

    def _is_one(self, text: str) -> bool:
        return self.value == 1 and _ONE.search(text) is not None

    def accepted(self, text: str) -> set[Fraction]:
        """What a sentence may say for it: the number, and the same length in the units that it names."""
        named = [unit for unit, pattern in _NAMED.items() if pattern.search(text)]
        own = {self.value}
        if self.counts and self.value.denominator == 1:
            other, step = _OTHER_SIDE[Side(self.key)]
            own |= {self.value + step} & sides_of(text)[other]
        if self.unit is None:
            return own
        lengths = {count for unit in named for count in self._in(unit)}
        return lengths | (own if self.unit in named or not named else set())

    def _in(self, unit: str) -> set[Fraction]:
        """The same length in another unit, where that comes out even, or half."""
        days = self.value * _DAYS[self.unit or unit]
        lasts = (_DAYS[unit], *(_ALSO_A_MONTH if unit == "months" else ()))
        halves = {(Fraction(round(2 * days / length), 2), days / length) for length in lasts}
        return {half for half, count in halves if half and abs(half - count) <= _CLOSE * count}


def judge_said(root: Place, protocol: Protocol) -> None:
    """Bounds of criteria, days of visits, and whatever is written in two languages."""
    for row in root.rows("criteria"):
        for leaf in leaves(row):
            for bound in _bounds(leaf):
                _judge_bound(root, protocol, row, leaf, bound)
    for row in root.rows("visits"):
        _judge_day(root, protocol, row)
    for path, both in _pairs(root.value):
        if path not in {fault.path for fault in root.faults}:
            _judge_pair(root, protocol, path, both)


def _bounds(leaf: Place) -> Iterator[_Bound]:
    kind, unit = leaf.get("kind", "yes_no"), leaf.get("unit", "months")
    for key in BOUNDS:
        if key in leaf:
            value = abs(Fraction(Decimal(str(leaf.get(key)))))
            yield _Bound(key, leaf.get(key), value, kind != "since", unit if kind == "since" else None)
    for unit, count in leaf.get("within", {}).items():
        if unit in _DAYS:
            yield _Bound("within", count, Fraction(count), False, unit)


def _judge_bound(root: Place, protocol: Protocol, row: Place, leaf: Place, bound: _Bound) -> None:
    """Where the words of a criterion have numbers, the one that is computed with is among them, on its side.

    What lets in is computed, so that the words of an exclusion criterion name the other side.
    """
    for language in LANGUAGES:
        words = [
            place.get(name, {}).get(language, "") for place in (row, leaf) for name in ("text", "question")
        ]
        text = ". ".join(words)
        if leaf.get("kind") == "number":
            text = _TIME.sub("", text)
        if not bound.is_said(text, language):
            found = _NOT_SAID
        elif row.get("id").startswith("I") and bound.turned_over(text):
            found = _TURNED_OVER
        else:
            continue
        value = f"{bound.written} {bound.unit or ''}".strip()
        said = found.having(value=value, words=words[0], key=bound.key)
        ask(leaf, protocol, root, bound.key, plain(Fraction(str(bound.written))), said)
        return


def _judge_day(root: Place, protocol: Protocol, row: Place) -> None:
    """A label that names days names the day on which the visit is planned."""
    if "day" not in row or row.get("anchor", "first_injection") != "first_injection":
        return
    for language in LANGUAGES:
        label = row.get("label", {}).get(language, "")
        spans = [] if _OF_A_COURSE.search(label) else [_span(match) for match in _DAY.finditer(label)]
        if spans and not any(first <= row.get("day") <= last for first, last in spans):
            found = Sentence("the visit is planned on day %(day)s, and its label says “%(label)s”")
            ask(row, protocol, root, "day", row.get("day"), found.having(day=row.get("day"), label=label))
            return


def _span(match: re.Match[str]) -> tuple[int, int]:
    first = int(match["first"])
    return first, int(match["last"] or first)


def _pairs(data: object) -> Iterator[tuple[Path, dict[str, Words]]]:
    """What is written in both languages; arms have judges of their own."""
    found: dict[Path, dict[str, Words]] = {}
    for words in texts(data):
        if words.path[-1] in LANGUAGES and words.steps[0] != "arms" and words.steps not in _NOT_COMPARED:
            found.setdefault(words.path[:-1], {})[words.language] = words
    yield from ((path, both) for path, both in found.items() if len(both) == len(LANGUAGES))


def _judge_pair(root: Place, protocol: Protocol, path: Path, both: Mapping[str, Words]) -> None:
    english, french = both["en"].text, both["fr"].text
    said, dit = in_any_form(english, "en"), in_any_form(french, "fr")
    alone = [*in_one_only(english, dit), *in_one_only(french, said)]
    if said and dit and (alone or _other_lengths(english, french)):
        value = plain(min(alone or said))
        found = (IN_ONE_ONLY if alone else _OTHER_UNIT).having(
            english=english, french=french, number=str(value)
        )
        ask(_at(root, path[:-1]), protocol, root, str(path[-1]), value, found)


def _other_lengths(english: str, french: str) -> bool:
    """Whether one speaks of weeks and the other of months."""
    first, second = (
        {unit for unit, name in _NAMED.items() if name.search(text)} for text in (english, french)
    )
    return bool(first and second) and not first & second


def _at(root: Place, path: Path) -> Place:
    place = root
    for step in path:
        place = place[step]
    return place
