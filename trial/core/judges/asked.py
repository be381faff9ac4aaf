"""What can be right and seldom is: a fault of a file, unless a row of `[[assumptions]]` says why it is so.

The row has to speak of the field and to name the very value, so that a reason given for 28 days does not
stand for 28,000. What cannot be right has no such way out.
"""

from __future__ import annotations

import re
from fractions import Fraction

from trial.core.faults import Place
from trial.core.paths import dotted
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

_NUMBER = re.compile(r"\d+")
_GROUPED = re.compile(r"\d{1,3}(?:[  ,.'’]\d{3})+(?!\d)")
UNUSUAL = Sentence("%(found)s. Correct it, or say in [[assumptions]] why it is so, with this very value.")


IN_ONE_ONLY = Sentence("English says “%(english)s”, French “%(french)s”; %(number)s stands in one only")
"""What judges of two languages find."""


def ask(place: Place, protocol: Protocol, root: Place, key: str, value: object, found: Sentence) -> None:
    """Note what was found at a key, unless an assumption gives a reason for this very value."""
    if not is_explained(protocol, dotted(root.value, (*place.path, key)), value):
        place.note(UNUSUAL.having(found=found), key)


def plain(number: Fraction) -> int | float:
    """A number as a reason names it: a whole one as such, so that it may stand in groups."""
    return int(number) if number.denominator == 1 else float(number)


def is_explained(protocol: Protocol, field: str, value: object) -> bool:
    """Whether a row of `[[assumptions]]` speaks of the field, and its reason names the value."""
    return any(row.touches(field) and names(row.reason, value) for row in protocol.assumptions)


def names(reason: str, value: object) -> bool:
    """Whether the words name the value: a number by its digits, grouped or not; else as it stands."""
    if not isinstance(value, int):
        return re.search(rf"(?<!\w){re.escape(str(value))}(?!\w)", reason) is not None
    grouped = [re.sub(r"\D", "", found) for found in _GROUPED.findall(reason)]
    return str(abs(value)) in {*_NUMBER.findall(reason), *grouped}
