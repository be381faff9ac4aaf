"""Ways of writing a dose that people misread, found in a text.

They are the dose designations of the list of error-prone abbreviations of the Institute for Safe Medication
Practices: a trailing zero (1.0 read as 10), a naked decimal point (.5 read as 5), U (read as 0, 4 or cc),
number and unit run together, and long numbers without groups. The list would also replace IU and µg;
protocols and French hospitals write both, so those stay. Where a language writes decimals or units in its own
way, the other way is named too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trial.core.doses.amounts import NUMBER, SPACE, read_amounts
from trial.core.doses.units import UNITS
from trial.core.sentences import Sentence

TRAILING_ZERO = Sentence("“%(words)s” can be read as ten times as much; write no 0 at its end.")
NAKED_POINT = Sentence("“%(words)s” can be read without its point; write a 0 before it.")
NO_SPACE = Sentence("“%(words)s” runs number and unit together; put a space between them.")
U = Sentence("“%(words)s”: U is read as 0, 4 or cc; write IU, MIU or the word unit.")
CC = Sentence("“%(words)s”: cc is read as units; write mL.")
LONG = Sentence("“%(words)s” has too many digits in a row; write groups of three, or million.")
EXPONENT = Sentence("“%(words)s” is no way to write a dose; write its digits.")
POINT = Sentence("“%(words)s”: French writes a decimal comma.")
COMMA = Sentence("“%(words)s”: English writes a decimal point.")
OTHER_UNIT = Sentence("“%(words)s”: write international units as this language does, %(units)s.")
_OWN_UNITS = {"en": "IU, MIU", "fr": "UI, MUI"}

_LONGEST = 4
_NUMBER = re.compile(r"(?<![\w.,-])[.,]?\d(?:[\d.,]*\d)?")
_SIGNS = {"en": (".", ","), "fr": (",", ".")}
_WRONG_SIGN = {"en": COMMA, "fr": POINT}
_SYMBOLS = "|".join(
    sorted({re.escape(unit.spelling) for unit in UNITS if " " not in unit.spelling}, key=len, reverse=True)
)
_DIGITS = r"(?<![A-Za-z\d.,-])[.,]?(?:\d[\d.,]*)?\d"
_UNITS: tuple[tuple[Sentence, re.Pattern[str]], ...] = (
    (NO_SPACE, re.compile(rf"{_DIGITS}(?:{_SYMBOLS}|cc)(?!\w)")),
    (U, re.compile(rf"{_DIGITS}{SPACE}*[kMm]?[Uu](?!\w)")),
    (CC, re.compile(rf"{_DIGITS}{SPACE}*cc(?!\w)")),
    (EXPONENT, re.compile(rf"{_DIGITS}[eE][+-]?\d+(?!\w)")),
)


def misread(text: str, language: str) -> Iterator[Sentence]:
    """What in the text can be misread, each with its words; every place of it."""
    for match in _NUMBER.finditer(text):
        for form in _misread_number(match[0], language):
            yield form.having(words=match[0])
    for form, pattern in _UNITS:
        for match in pattern.finditer(text):
            yield form.having(words=match[0])
    for amount in read_amounts(text, language):
        if amount.unit.language not in ("", language):
            yield OTHER_UNIT.having(words=amount.words, units=_OWN_UNITS[language])


def misread_amounts(text: str, language: str) -> Iterator[Sentence]:
    """The same where numbers may stand for other things, such as a name: only what has a unit counts."""
    for amount in re.finditer(rf"(?<![\w.,-]){NUMBER}{SPACE}*(?:{_SYMBOLS}|cc)(?!\w)", text):
        yield from misread(amount[0], language)


def _misread_number(words: str, language: str) -> Iterator[Sentence]:
    decimal, group = _SIGNS[language]
    if words[0] in ".,":
        yield NAKED_POINT
    whole = words
    if group in words and not (language == "en" and _is_grouped(words.split(decimal)[0])):
        yield _WRONG_SIGN[language]
        whole = words.replace(group, decimal)
    whole, _, part = whole.partition(decimal)
    if part.endswith("0"):
        yield TRAILING_ZERO
    if len(whole) > _LONGEST and whole.isdigit():
        yield LONG


def _is_grouped(whole: str) -> bool:
    """Whether commas part groups of three digits, as in the English 1,000."""
    return re.fullmatch(r"\d{1,3}(,\d{3})+", whole) is not None
