"""Blocks that are named by letters (A … Z, AA) or Roman numerals, as the numbers that these stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

NAMED = re.compile(r"(.*[^a-z]|block|bloc|blk)?([a-z]{1,8})([^a-z].*)?", re.IGNORECASE | re.DOTALL)
"""What stands before the letters, the letters, and what stands after them: `FR-A`, `(A)`, `A/12`."""
ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
FEWEST = 3
"""So many blocks at least, or A and B, or I and II: any other two letters may be anything."""
MISSING = 4
"""One in so many may be missing, or one; beyond that the letters do not count."""


def as_numbers(strata: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """The names as digits, where they count in the file or in a stratum; None where they do not."""
    letters = [_alike(names) for names in strata]
    if not any(letters) or any(found is None for found in letters):
        return None
    words = [found or [] for found in letters]
    for value in (_roman, _letter):
        numbers = [[value(word) for word in found] for found in words]
        if any(map(_counts, [[n for row in numbers for n in row], *numbers])):
            return [list(map(str, row)) for row in numbers]
    return None


def _alike(names: Sequence[str]) -> list[str] | None:
    """The letters of a stratum's blocks; None where one has none, or other signs around them than another."""
    found = [NAMED.fullmatch(unicodedata.normalize("NFKC", name)) for name in names]
    around = {(match[1] or "", match[3] or "") for match in found if match}
    if not all(found) or len(around) > 1:
        return None
    return [match[2].casefold() for match in found if match]


def _counts(numbers: Iterable[int]) -> bool:
    """Whether these are the first numbers, of which few are missing."""
    known = set(numbers)
    if len(known) < FEWEST:
        return known == {1, 2}
    return min(known) > 0 and max(known) <= len(known) + max(1, len(known) // MISSING)


def _letter(word: str) -> int:
    """`a` is 1, `z` 26, `aa` 27, as a spreadsheet names its columns."""
    value = 0
    for letter in word:
        value = value * 26 + ord(letter) - ord("a") + 1
    return value


def _roman(word: str) -> int:
    """The value of a Roman numeral; 0 where it is none."""
    if not ROMAN.fullmatch(word):
        return 0
    values = [VALUES[letter] for letter in word]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
