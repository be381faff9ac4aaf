"""Numbers as people type them: with comma or point, or refused with a sentence. No digit is ever changed.

Both signs are decimal signs in both languages. What could be read in two ways is asked about, not guessed;
what looks like a slip is refused: a digit missing beside the sign, a zero in front. Nothing is rounded.
"""

from __future__ import annotations

import re
from decimal import Decimal

from trial.core.sentences import Saying

MOST_DIGITS = 18
"""Digits before the decimal sign, and behind it."""
MOST_PLACES = 6
"""Decimal places of a field that does not say how many it keeps."""
_SHOWN = 40
_MINUS = "\u2212"
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?")
_GROUPED = re.compile(
    r"-?[1-9][0-9]{0,2}(?P<gap>[ \u00a0\u2009\u202f'\u2019.,])[0-9]{3}(?:(?P=gap)[0-9]{3})*"
    r"(?:(?!(?P=gap))[.,][0-9]+)?"
)
_TWO_WAYS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_NO_DIGIT_BESIDE = re.compile(r"-?(?:[.,][0-9]+|[0-9]+[.,])")
_ZERO_IN_FRONT = re.compile(r"-?0[0-9]+(?:[.,][0-9]+)?")


class BadAmount(Saying, ValueError):
    """What was typed is not one number; the sentence says why, and what to write."""


def read_number(text: str, *, places: int = MOST_PLACES, by_machine: bool = False) -> Decimal:
    """The number that was typed, digit by digit. Raises BadAmount.

    `69,5` and `69.5` are one number; thousands may be set apart by spaces, apostrophes, or the other sign.
    `by_machine`: a program wrote it, whose point can only be the decimal one.
    """
    typed = text.strip().replace(_MINUS, "-")
    if not (by_machine and "." in typed):
        _refuse_two_ways(typed)
    if not (_PLAIN.fullmatch(typed) or _GROUPED.fullmatch(typed)):
        raise _not_a_number(typed)
    number = Decimal(_with_point(typed))
    _refuse_length(typed, number, places)
    return number


def read_whole(text: str) -> int:
    """The whole number that was typed. Raises BadAmount, also for 3,0: decimals have no place here."""
    typed = text.strip().replace(_MINUS, "-")
    if _TWO_WAYS.fullmatch(typed):
        raise BadAmount(
            "“%(typed)s” can be read in two ways. Write a whole number without comma or point.", typed=typed
        )
    number = read_number(typed, places=MOST_DIGITS)
    if re.search("[.,]", _with_point(typed)):
        raise BadAmount(
            "“%(typed)s” is not a whole number; write digits only, such as 12.", typed=_cut(typed)
        )
    return int(number)


def _with_point(typed: str) -> str:
    """The digits alone, with a point where decimals begin."""
    if _PLAIN.fullmatch(typed):
        return typed.replace(",", ".")
    gap = _GROUPED.fullmatch(typed)["gap"]  # type: ignore[index]
    return typed.replace(gap, "").replace(",", ".")


def _refuse_two_ways(typed: str) -> None:
    """1,234 is 1234 to some and 1.234 to others; a fourth decimal says which."""
    if not _TWO_WAYS.fullmatch(typed):
        return
    small = Decimal(typed.replace(",", "."))
    raise BadAmount(
        "“%(typed)s” can be read as %(large)s or as %(small)s. Write %(large)s, or %(longer)s.",
        typed=typed,
        large=re.sub("[.,]", "", typed),
        small=small,
        longer=Decimal(f"{small}0"),
    )


def _not_a_number(typed: str) -> BadAmount:
    shown = _cut(typed)
    if _NO_DIGIT_BESIDE.fullmatch(typed):
        return BadAmount(
            "“%(typed)s” has no digit on one side of its comma or point. Write a digit on both sides.",
            typed=shown,
        )
    if _ZERO_IN_FRONT.fullmatch(typed):
        return BadAmount(
            "“%(typed)s” begins with a zero. Take it out, or set the comma or point that is missing.",
            typed=shown,
        )
    return BadAmount(
        "“%(typed)s” is not a number. Write it alone, in the digits 0 to 9, such as 70 or %(example)s.",
        typed=shown,
        example=Decimal("69.5"),
    )


def _refuse_length(typed: str, number: Decimal, places: int) -> None:
    _sign, digits, exponent = number.as_tuple()
    decimals = -int(exponent)
    if len(digits) - decimals > MOST_DIGITS:
        raise BadAmount("“%(typed)s” has too many digits. Look at it again.", typed=_cut(typed))
    if decimals > places:
        raise BadAmount(
            "“%(typed)s” has too many decimals: at most %(most)s are kept here, and nothing is rounded.",
            typed=_cut(typed),
            most=places,
        )


def _cut(typed: str) -> str:
    return typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
