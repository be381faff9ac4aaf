"""Participant numbers with a check digit, so that a mistyped number never names another person.

The check digit is H. M. Damm's (Total anti-symmetrische Quasigruppen, Marburg 2004): it finds
every single wrong digit and every pair of neighbouring digits typed in the wrong order. It
covers the digits, not the letters of the prefix, and it does not notice a lost leading zero;
`parse_number` therefore also wants to know the trial's number format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trial.core.protocol import NumberFormat
from trial.core.sentences import Saying

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212_.\u200b-\u200f\u2060\ufeff]+")
"""Dashes and spaces of every kind, also those that do not break a line and those that nobody sees."""
_NUMBER = re.compile(r"([A-Z]+)([0-9]{3,})\Z")


class BadNumber(Saying, ValueError):
    """What was typed is not a participant number of the trial; the message says why."""


class WrongCheckDigit(BadNumber):
    """The digits and the check digit do not belong together: something was mistyped."""


def check_digit(digits: str) -> str:
    """The Damm check digit of a string of the digits 0 to 9. Raises ValueError for anything else."""
    if not re.fullmatch("[0-9]+", digits):
        raise ValueError(f"“{digits}” is not a string of digits.")
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def with_check_digit(digits: str) -> str:
    """The digits followed by their check digit: 572 becomes 5724."""
    return digits + check_digit(digits)


def format_number(number_format: NumberFormat, site_number: str, serial: int) -> str:
    """The number of the `serial`-th person screened at a site: prefix IM, site 01, 22 is IM-0122-7.

    A serial with more digits than the format asks for is written in full. Raises ValueError for a
    serial below 1 or a site number that is not made of `site_digits` digits.
    """
    if serial < 1:
        raise ValueError("Serial numbers start from 1.")
    if not re.fullmatch(f"[0-9]{{{number_format.site_digits}}}", site_number):
        raise ValueError(f"Site “{site_number}” must have {number_format.site_digits} digits.")
    digits = f"{site_number}{serial:0{number_format.serial_digits}d}"
    return f"{number_format.prefix}-{digits}-{check_digit(digits)}"


def parse_number(text: str, number_format: NumberFormat | None = None) -> str:
    """The canonical form of a number typed by a person, whatever its case, spaces and dashes.

    With the trial's format the prefix and the least number of digits are checked as well. Raises
    BadNumber, or WrongCheckDigit where the form is right and the digits contradict each other.
    """
    match = _NUMBER.match(_SEPARATORS.sub("", text).upper())
    if match is None:
        raise BadNumber(
            "“%(typed)s” is not a participant number and not a randomisation number; "
            "write it as on the label.",
            typed=text.strip(),
        )
    prefix, digits = match.group(1), match.group(2)
    if number_format is not None:
        _check_format(text, prefix, digits, number_format)
    if check_digit(digits) != "0":
        raise WrongCheckDigit(
            "The check digit of “%(typed)s” is wrong; compare it with the label.", typed=text.strip()
        )
    return f"{prefix}-{digits[:-1]}-{digits[-1]}"


@dataclass(frozen=True)
class ReadNumber:
    """What somebody typed, in the spelling of each of the two numbers that a person can have."""

    participant: str
    randomization: str


def read_number(text: str) -> ReadNumber:
    """A participant number or a randomisation number, whatever its case, spaces and dashes.

    Both are letters, digits and the same check digit; which of the two it is, only the trial's records say.
    Raises BadNumber or WrongCheckDigit.
    """
    participant = parse_number(text)
    letters, digits = participant.split("-", 1)
    return ReadNumber(participant, f"{letters}-{digits.replace('-', '')}")


def _check_format(text: str, prefix: str, digits: str, wanted: NumberFormat) -> None:
    least = wanted.site_digits + wanted.serial_digits + 1
    if prefix != wanted.prefix:
        raise BadNumber(
            "“%(typed)s” is a number of another trial; here they start with %(prefix)s.",
            typed=text.strip(),
            prefix=wanted.prefix,
        )
    if len(digits) < least:
        raise BadNumber(
            "“%(typed)s” is too short; a number here has at least %(least)s digits.",
            typed=text.strip(),
            least=least,
        )
