"""Every number that a sentence says, in digits or in words, in English or French."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from trial.core.doses.spelled import spelled_numbers

_GROUP = re.compile(r"(?<=\d)[\u00a0\u2009\u202f '’](?=\d{3}(?!\d))")
_DIGITS = re.compile(r"(?<!\d)(?<![^\W\d_])(?<![^\W\d_]-)\d+(?:[.,]\d+)*")
"""A digit behind a letter belongs to a name: HbA1c, IL-2, FEV1."""
_SUPERSCRIPTS = str.maketrans({sign: f" {digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+")
_ROMAN = {"II": 2, "III": 3, "IV": 4, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "XI": 11, "XII": 12}
"""Those that are no letter or pronoun as well."""
_OTHERS: dict[str, dict[str, int | Fraction]] = {
    "en": {
        "once": 1,
        "twice": 2,
        "double": 2,
        "thrice": 3,
        "triple": 3,
        "dozen": 12,
        "fortnight": 2,
        "first": 1,
        "second": 2,
        "third": 3,
        "fourth": 4,
        "fifth": 5,
        "sixth": 6,
        "seventh": 7,
        "eighth": 8,
        "ninth": 9,
        "tenth": 10,
        "zero": 0,
        "no": 0,
        "half": Fraction(1, 2),
    },
    "fr": {
        "double": 2,
        "triple": 3,
        "douzaine": 12,
        "quinzaine": 15,
        "premier": 1,
        "première": 1,
        "second": 2,
        "seconde": 2,
        "deuxième": 2,
        "troisième": 3,
        "quatrième": 4,
        "cinquième": 5,
        "sixième": 6,
        "septième": 7,
        "huitième": 8,
        "neuvième": 9,
        "dixième": 10,
        "zéro": 0,
        "demi": Fraction(1, 2),
        "moitié": Fraction(1, 2),
    },
}


def digits_in(text: str) -> list[set[Fraction]]:
    """Each number in digits, in every way in which it can be read: 1,000 is a thousand or one."""
    return [set(_read(match.group())) for match in _DIGITS.finditer(_plain(text))]


def in_digits(text: str) -> set[Fraction]:
    """The numbers in digits. What can be read in two ways counts in both."""
    return set().union(*digits_in(text))


def in_one_only(text: str, other: set[Fraction]) -> list[Fraction]:
    """The numbers in digits that the words of the other language do not say, however they are read."""
    return [max(readings) for readings in digits_in(text) if not readings & other]


def _plain(text: str) -> str:
    return _GROUP.sub("", text).translate(_SUPERSCRIPTS)


def in_any_form(text: str, language: str) -> set[Fraction]:
    """The numbers in digits, in words, as an ordinal or in Roman numerals; an article is no number."""
    words = re.findall(r"[^\W\d_]+", text)
    others = {
        Fraction(_OTHERS[language][word.lower()]) for word in words if word.lower() in _OTHERS[language]
    }
    romans = {Fraction(_ROMAN[word]) for word in words if word in _ROMAN}
    return in_digits(text) | others | romans | set(spelled_numbers(text, language))


def _read(digits: str) -> Iterator[Fraction]:
    if _THOUSANDS.fullmatch(digits):
        yield Fraction(re.sub(r"[.,]", "", digits))
    if re.fullmatch(r"\d+(?:[.,]\d+)?", digits):
        yield Fraction(digits.replace(",", "."))
    else:
        yield from map(Fraction, re.split(r"[.,]", digits))
