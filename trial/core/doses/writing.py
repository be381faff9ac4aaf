"""Ways of writing a dose that people misread, found in a text.

They are the dose designations of the list of error-prone abbreviations of the Institute for Safe Medication
Practices: a trailing zero (1.0 read as 10), a naked decimal point (.5 read as 5), U (read as 0, 4 or cc),
number and unit run together, and long numbers without groups. The list would also replace IU and µg;
protocols and French hospitals write both, so those stay. Where a language writes decimals or units in its own
way, the other way is named too.
"""

from __future__ import annotations

import re
import unicodedata
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
ODD = Sentence("“%(words)s” has digits or hidden marks that are not plain; write plain digits.")
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
    for words in text.split():
        if any(_is_odd(mark) for mark in words):
            yield ODD.having(words=words)
    for match in _NUMBER.finditer(text):
        for form in _misread_number(match[0], language):
            yield form.having(words=match[0])
    for form, pattern in _UNITS:
        for match in pattern.finditer(text):
            yield form.having(words=match[0])
    for amount in read_amounts(text, language):
        if amount.unit.language not in ("", language):
            yield OTHER_UNIT.having(words=amount.words, units=_OWN_UNITS[language])


def _is_odd(mark: str) -> bool:
    """A digit of another script, full width, or a mark of no width: what is read is not what is counted."""
    return not mark.isascii() and unicodedata.category(mark) in ("Nd", "Cf")


def misread_amounts(text: str, language: str) -> Iterator[Sentence]:
    """The same where numbers may stand for other things, such as a name: only what has a unit counts."""
    for amount in re.finditer(rf"(?<![\w.,-]){NUMBER}{SPACE}*(?:{_SYMBOLS}|cc)(?!\w)", text):
        yield from misread(amount[0], language)


_PIECES = (
    "tablets?|capsules?|vials?|ampoules?|drops?|puffs?|sachets?|patch(?:es)?"
    "|comprim[ée]s?|g[ée]lules?|flacons?|gouttes?|bouff[ée]es?"
)
"""What is counted out to a person."""
_IN_TEXT = re.compile(
    rf"(?<![\w.,])(?<![^\d]-){NUMBER}{SPACE}*(?:{_SYMBOLS}|cc|(?i:m?iu|m?ui|units?|unit[ée]s?)"
    rf"|%|(?i:{_PIECES}))(?!\w)"
    rf"(?P<sample>{SPACE}*(?:/|\bper\b|\bpar\b){SPACE}*(?:m[²2]|min(?:ute)?|µmol|mmol|mol|24{SPACE}*h\w*)(?!\w))?"
    rf"(?P<per>{SPACE}*(?:/|\bper\b|\bpar\b){SPACE}*(?:\d+{SPACE}*)?(?P<volume>[dcmµμ]?[lL])(?!\w))?"
)
_OF_A_SAMPLE = ("l", "dl", "cl")
"""Per litre and decilitre a laboratory reports: 50 U/L of an enzyme is no dose."""
_RUN_TOGETHER = re.compile(rf"{_DIGITS}(?i:m?iu|m?ui|units?|unit[ée]s?)(?!\w)")


def misread_in_text(text: str, language: str, *, criteria: bool = False) -> Iterator[Sentence]:
    """What a sentence has of doses that can be misread; results of a laboratory are no doses.

    In `criteria` whatever is counted per volume is such a result.
    """
    for match in _IN_TEXT.finditer(text):
        volume = (match["volume"] or "").lower()
        if volume in _OF_A_SAMPLE or (volume and criteria):
            continue
        said = match[0].removesuffix(match["per"] or "").removesuffix(match["sample"] or "")
        measured = _is_measured(said, match["sample"] or "", criteria=criteria)
        found = [one for one in misread(said, language) if not _is_exact(said, one, measured=measured)]
        yield from found
        if _RUN_TOGETHER.fullmatch(said) and not any(one.code == NO_SPACE.code for one in found):
            yield NO_SPACE.having(words=said)


_WEIGHT = re.compile(rf".*\d{SPACE}*kg", re.DOTALL)
_BY_SURFACE = re.compile(r".*m[²2]", re.DOTALL)
_LITRES = re.compile(rf".*\d{SPACE}*(?:L|l|litres?|liters?)", re.DOTALL)


def _is_measured(said: str, sample: str, *, criteria: bool) -> bool:
    """Whether it is a person's weight, body mass index or result; nobody is given kilograms.

    In criteria so are litres, which a person breathes.
    """
    by_sample = bool(sample) and not _BY_SURFACE.fullmatch(sample) and (criteria or "24" not in sample)
    return bool(_WEIGHT.fullmatch(said)) or by_sample or bool(criteria and _LITRES.fullmatch(said))


def _is_exact(said: str, found: Sentence, *, measured: bool) -> bool:
    """A result may be exact to the tenth; of a share only a naked point misleads."""
    if measured and found.code == TRAILING_ZERO.code:
        return True
    return said.endswith("%") and found.code != NAKED_POINT.code


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
