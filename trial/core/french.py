"""French as it is printed: amounts with a decimal comma and in MUI, and spaces that no line breaks at."""

from __future__ import annotations

import re

NO_BREAK, NARROW = "\u00a0", "\u202f"
"""A number and its unit stay on one line, and so do a word and the mark behind it."""
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_UNIT = re.compile(r"\b(M?)IU\b")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:[kmµn]?g|[mµ]?[lL]|M?UI|mmol|%)(?![\w’]))")
_NARROW_MARK = re.compile(r"(?<=\S) (?=[;!?](?:\W|$))")
_WIDE_MARK = re.compile(r"(?<=\S) (?=:(?:\s|$)|»)|(?<=«) ")


def french_spaces(text: str) -> str:
    """The text with unbreakable spaces before `; ! ? :` and inside « », where it has plain ones."""
    return _WIDE_MARK.sub(NO_BREAK, _NARROW_MARK.sub(NARROW, text))


def printable(text: str) -> str:
    """The text for the fonts of a PDF, which have no narrow space: it would be printed as a black square."""
    return text.replace(NARROW, NO_BREAK)


def french_amount(amount: str) -> str:
    """`0,5 mL` for `0.5 mL`, `2 MUI/mL` for `2 MIU/mL`; words around it stay as they are."""
    units = _UNIT.sub(r"\1UI", _POINT.sub(",", amount))
    return _BEFORE_UNIT.sub(NO_BREAK, units)
