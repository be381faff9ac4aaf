"""Which side of a number a sentence names: `18 or over`, `under 75`, `au moins 70 %`."""

from __future__ import annotations

import re
from enum import Enum
from fractions import Fraction

from trial.core.doses.counted import digits_in

_NUMBER = r"\d[\d.,\u00a0\u202f]*"
_UNITS = r"%|years?|ans?|months?|mois|weeks?|semaines?|days?|jours?"
_OF = rf"(?:[ \u00a0\u202f]*(?:{_UNITS})(?: of age)?)?[ \u00a0\u202f,]*"


class Side(Enum):
    """What lets in, beside the number; the names are those of a criterion's bounds."""

    MINIMUM = "minimum"
    ABOVE = "above"
    MAXIMUM = "maximum"
    BELOW = "below"


_BEFORE = {
    Side.MINIMUM: r"at least|no less than|not less than|minimum(?: of)?|≥|>=|au moins|minimum de",
    Side.MAXIMUM: r"at most|no more than|not more than|up to|maximum(?: of)?|≤|<=|au plus|jusqu[’']à"
    r"|maximum de|pas plus de",
    Side.ABOVE: r"(?<!no )(?<!not )(?:over|more than|above|older than|greater than|exceeding)"
    r"|higher than|>|(?<!pas )plus de|supérieure?s? à",
    Side.BELOW: r"(?<!no )(?<!not )(?:under|less than|below|younger than|fewer than|lower than)"
    r"|<|moins de|inférieure?s? à",
}
_BEHIND = (
    (Side.MINIMUM, r"(?:or|and) (?:more|over|older|above|greater|higher)|et plus|ou plus|ou davantage"),
    (Side.MAXIMUM, r"(?:or|and) (?:less|under|younger|below|fewer|lower)|ou moins|et moins"),
)
"""Strict sides have no words that follow a number."""


def sides_of(text: str) -> dict[Side, set[Fraction]]:
    """The numbers of each side; what stands behind a number says more than what stands before it."""
    found: dict[Side, set[Fraction]] = {side: set() for side in Side}
    told: set[int] = set()
    for side, words in _BEHIND:
        for match in re.finditer(rf"(?P<number>{_NUMBER}){_OF}(?:{words})\b", text, re.IGNORECASE):
            found[side].update(*digits_in(match["number"]))
            told.add(match.start("number"))
    for side, words in _BEFORE.items():
        for match in re.finditer(rf"(?:{words})[ \u00a0\u202f]*(?P<number>{_NUMBER})", text, re.IGNORECASE):
            if match.start("number") not in told:
                found[side].update(*digits_in(match["number"]))
    return found
