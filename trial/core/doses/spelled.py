"""Numbers that a dose is spelled in: `two million IU`, `deux cent mille UI`, `one and a half million units`.

Only a number in front of a unit is read: “one of two arms” has none. What is no number (`two five MIU`) stays
as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_HALF = Fraction(1, 2)
_TEENS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_SEIZE = (
    *("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"),
    *("treize", "quatorze", "quinze", "seize"),
)
_TWENTIES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES: Mapping[str, Mapping[str, int]] = {
    "en": {word: number for number, word in enumerate(_TEENS, 1)},
    "fr": {"une": 1, **{word: number for number, word in enumerate(_SEIZE, 1)}},
}
_TENS: Mapping[str, Mapping[str, int]] = {
    "en": {word: 10 * number for number, word in enumerate(_TWENTIES, 2)},
    "fr": {
        "vingt": 20,
        "vingts": 20,
        "trente": 30,
        "quarante": 40,
        "cinquante": 50,
        "soixante": 60,
        "septante": 70,
        "huitante": 80,
        "octante": 80,
        "nonante": 90,
    },
}
_HUNDRED = {"en": {"hundred", "hundreds"}, "fr": {"cent", "cents"}}
_LARGE: Mapping[str, Mapping[str, int]] = {
    "en": {"thousand": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9},
    "fr": {
        "mille": 10**3,
        "million": 10**6,
        "millions": 10**6,
        "milliard": 10**9,
        "milliards": 10**9,
    },
}
_JOINING = {"en": {"and", "a", "an"}, "fr": {"et"}}
_HALVES = {"en": {"half"}, "fr": {"demi", "demie"}}
_ALREADY = {"thousand", "mille", "million", "millions", "billion", "milliard", "milliards"}
"""Behind digits these are read by `amounts` itself."""


_SPACE = r"[ \t\u00a0\u2009\u202f\u2010\u2011-]"


@dataclass(frozen=True)
class Written:
    """A text whose spelled numbers stand as digits; `replaced` holds where, and what stood there."""

    text: str
    replaced: tuple[tuple[int, int, str], ...] = ()

    def original(self, start: int, end: int) -> str:
        """What stood in the text between two places of the written one."""
        words, at = "", start
        for first, last, spelled in self.replaced:
            if start <= first and last <= end:
                words, at = words + self.text[at:first] + spelled, last
        return words + self.text[at:end]


def written_out(text: str, language: str, units: str) -> Written:
    """The text with each number that is spelled in front of a unit in digits; `units` is a pattern."""
    out, at, replaced = "", 0, []
    for match in _spelled(language, units).finditer(text):
        value = _value(match["words"].lower(), language, match["digits"])
        if value is None or value.denominator not in (1, 2, 4, 5, 8, 10):
            continue
        if value == 1 and re.match(r"\W*unit", text[match.end() :]):
            continue  # “one unit” may be a hospital's, and says nothing that could be compared
        out += text[at : match.start()]
        digits = _digits(value, language)
        replaced.append((len(out), len(out) + len(digits), match[0]))
        out, at = out + digits, match.end()
    return Written(out + text[at:], tuple(replaced))


def bare_numbers(text: str, language: str) -> Iterator[tuple[Fraction, str]]:
    """The spelled numbers that end a phrase without a unit, as in `2 MIU (two million)`, with their words.

    Small ones count in brackets alone: “in two” of something is no dose.
    """
    for match in _ending(language).finditer(text):
        words = match["words"].lower()
        value = _value(words, language, match["digits"], by_itself=True)
        large = {*_LARGE[language], *_HUNDRED[language]} & set(re.findall(r"[^\W\d_]+", words))
        is_alone = text[: match.start()].endswith("(") and text[match.end() :].lstrip().startswith(")")
        if value is not None and (large or is_alone):
            yield value, match[0]


def _digits(value: Fraction, language: str) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value)}".replace(".", "," if language == "fr" else ".")


def _value(words: str, language: str, digits: str | None, *, by_itself: bool = False) -> Fraction | None:
    """The number that the words are; None where they are none, or where digits say it all."""
    found = re.findall(r"[^\W\d_]+", words)
    if digits is not None and not by_itself and (len(found) == 1 and found[0] in _ALREADY):
        return None
    if digits is not None and found[0] not in _HUNDRED[language] | set(_LARGE[language]):
        return None
    number = _Number(language, Fraction(digits) if digits else Fraction(0))
    return number.total() if all(number.takes(word) for word in found) else None


class _Number:
    """A number that grows word by word."""

    def __init__(self, language: str, start: Fraction) -> None:
        self.language, self.done, self.now = language, Fraction(0), start
        self.large = 0
        self.last = ""

    def takes(self, word: str) -> bool:
        """Whether the word goes on with the number; a joining word always does."""
        fits = self._take(word)
        self.last = word
        return fits

    def total(self) -> Fraction | None:
        """The whole number; None for nothing."""
        return (self.done + self.now) or None

    def _take(self, word: str) -> bool:
        language = self.language
        if word in _JOINING[language]:
            return True
        if word in _HALVES[language]:
            return self._half()
        if word in _ONES[language]:
            return self._add(_ONES[language][word])
        if word in _TENS[language]:
            return self._add_tens(_TENS[language][word])
        if word in _HUNDRED[language]:
            self.now = (self.now or Fraction(1)) * 100
            return True
        return self._multiply(_LARGE[language][word])

    def _add(self, number: int) -> bool:
        free = self.now % 100 in (0, 20, 30, 40, 50, 60, 70, 80, 90) or self.now % 100 == 10
        self.now += number
        return free and (number < 10 or self.now % 100 < 20 or self.language == "fr")

    def _add_tens(self, number: int) -> bool:
        if self.language == "fr" and number == 20 and self.last == "quatre":
            self.now += 76
            return True
        self.now += number
        return (self.now - number) % 100 == 0

    def _multiply(self, large: int) -> bool:
        fits = not self.large or large < self.large or self.done < large
        self.done, self.now = (
            (self.done + (self.now or 1) * large, Fraction(0))
            if not self.done or self.done >= large
            else ((self.done + self.now) * large, Fraction(0))
        )
        self.large = large
        return fits

    def _half(self) -> bool:
        if self.large and not self.now:
            self.done += Fraction(self.large, 2)
        elif self.last in ("un", "une") and self.now == 1:
            self.now = _HALF
        else:
            self.now += _HALF
        return True


@lru_cache(maxsize=64)
def _spelled(language: str, units: str) -> re.Pattern[str]:
    joint = rf"{_SPACE}+(?:de{_SPACE}+|of{_SPACE}+)?(?:d['’])?{_SPACE}*"
    return re.compile(rf"{_run(language)}(?={joint}(?:{units})(?!\w)(?![ -]doses?\b))")


@lru_cache(maxsize=8)
def _ending(language: str) -> re.Pattern[str]:
    return re.compile(rf"{_run(language)}(?=\s*(?:[),;.:]|$))")


def _run(language: str) -> str:
    """The pattern of words that can be a number together."""
    names: Iterable[str] = {
        *_ONES[language],
        *_TENS[language],
        *_HUNDRED[language],
        *_LARGE[language],
        *_HALVES[language],
        *_JOINING[language],
    }
    word = "|".join(sorted(names, key=len, reverse=True))
    first = "|".join(sorted({*names} - {"and", "et"}, key=len, reverse=True))
    space = _SPACE
    between = (space, space * 2, f"{space}and{space}", f"{space}and{space}a{space}", f"{space}et{space}")
    behind_digits = "".join(rf"(?<!\d{words})" for words in between)
    words = rf"(?P<words>(?i:{first})(?:{space}+(?i:{word}))*)(?!\w)"
    return rf"(?<![\w.,-])(?:(?P<digits>\d+){space}+|{behind_digits}){words}"


def spelled_numbers(text: str, language: str) -> Iterator[Fraction]:
    """Each number that the text spells, whatever follows it. `one` alone is none: `un` is an article."""
    names = {*_ONES[language], *_TENS[language], *_HUNDRED[language], *_LARGE[language]}
    number, so_far = None, None
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if word in names:
            if number is None or not number.takes(word):
                yield from _ended(so_far)
                number = _begun(word, language)
            so_far = number.total()
        elif word not in _JOINING[language]:
            yield from _ended(so_far)
            number, so_far = None, None
    yield from _ended(so_far)


def _begun(word: str, language: str) -> _Number:
    number = _Number(language, Fraction(0))
    number.takes(word)
    return number


def _ended(total: Fraction | None) -> Iterator[Fraction]:
    if total is not None and total != 1:
        yield total
