"""The words of a file and the protocol's: which arm, which stratum, and which whole number is meant.

Arms are matched letter by letter; strata by their levels, in any of the ways in which programs write
several levels in one cell. A number that a program wrote as `1.0` or `1,0` is 1, where the whole column
is so written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .list_columns import Columns
from .table_shape import Table

WHOLE = re.compile(r"([0-9]+)(?:[.,]0+)?")
SHORT = re.compile(r"[0-9]{1,3}")
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}([,.'\u2019 \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*")
SEPARATORS = ("/", "|", ",", ";", ":", "\\", " - ", "_", "-", ".", "&", "+", " ")
"""What programs put between the levels of a stratum in one cell; R's `interaction` puts a point."""


def nfc(text: str) -> str:
    """The text with its accents in one form."""
    return unicodedata.normalize("NFC", text)


def one_blank(text: str) -> str:
    """The text with a common blank for each run of blanks; one that does not break is a blank."""
    return " ".join(text.split())


def counted(text: str) -> str:
    """`1.0` and `1,00` as 1; anything else as it is."""
    found = WHOLE.fullmatch(text)
    return found[1] if found else text


@dataclass(frozen=True)
class ArmWords:
    """Which arm a word means: a name that was matched, a code, the protocol's label, or a label's code."""

    codes: tuple[str, ...]
    said: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """From each word that is known to its arm. A matched arm is not known by its code any longer."""
        matched = set(self.said.values())
        names = {nfc(word): code for word, code in self.labels.items() if code not in matched}
        names |= {code: code for code in self.codes if code not in matched}
        said = {nfc(word): code for word, code in self.said.items()}
        return names | {counted(word): code for word, code in said.items()} | said

    def under(self, behind: Mapping[str, str]) -> ArmWords:
        """The same for a column whose codes have these labels."""
        return replace(self, behind=behind)

    def arm(self, cell: str) -> tuple[str, str]:
        """The arm of this cell, or why there is none: `other`, `lookalike`, `two` (of code and label)."""
        word = nfc(cell)
        found = {arm for arm in map(self._meant, (word, nfc(self.behind.get(cell, "")))) if arm}
        if len(found) == 1:
            return found.pop(), ""
        return "", "two" if found else "other" if word.isascii() else "lookalike"

    def knows(self, cell: str) -> bool:
        """Whether this cell, or the label of its code, is a word for an arm."""
        return self.arm(cell)[1] not in ("other", "lookalike")

    def _meant(self, word: str) -> str:
        """The arm of this word: letter by letter, or by how many blanks of which kind stand inside it."""
        return self._names.get(word) or self._by_blanks.get(one_blank(word), "")

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", self.names)
        pairs = [(one_blank(word), code) for word, code in self.names.items()]
        alike = {word: {code for other, code in pairs if other == word} for word, _ in pairs}
        only = {word: codes.pop() for word, codes in alike.items() if len(codes) == 1}
        object.__setattr__(self, "_by_blanks", only)

    _names: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _by_blanks: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    """Words with one blank for each run of them, where they mean one arm alone."""


@dataclass(frozen=True)
class StratumWords:
    """Which stratum the levels of a row mean. `levels` and `labels` have one mapping for each factor."""

    keys: tuple[str, ...]
    said: Mapping[str, str]
    levels: tuple[Mapping[str, str], ...] = ()
    labels: tuple[Mapping[str, str], ...] = ()
    _seen: dict[tuple[str, ...], str | None] = field(init=False, repr=False, default_factory=dict)

    @property
    def single(self) -> bool:
        """Whether the trial has no strata."""
        return len(self.keys) == 1

    def key(self, cells: tuple[str, ...]) -> str | None:
        """The stratum of these levels, or of the one cell that names them all."""
        if cells not in self._seen:
            self._seen[cells] = self._found(cells)
        return self._seen[cells]

    def _found(self, cells: tuple[str, ...]) -> str | None:
        names = {key: key for key in self.keys} | {nfc(name): key for name, key in self.said.items()}
        shown = tuple(
            labels.get(cell, cell)
            for cell, labels in zip(cells, self.labels or ({},) * len(cells), strict=True)
        )
        for words in (cells, shown):
            if (joined := "/".join(map(nfc, words))) in names:
                return names[joined]
        if self.single:
            return self.keys[0] if not any(seen for seen in self._seen.values()) else None
        return self._by_level(cells) or self._by_level(shown) or self._divided(cells)

    def _by_level(self, words: Sequence[str]) -> str | None:
        """The stratum whose levels these are, one word for each factor."""
        if len(words) != len(self.levels):
            return None
        codes = [levels.get(plain(word)) for word, levels in zip(words, self.levels, strict=True)]
        key = "/".join(code for code in codes if code)
        return key if all(codes) and key in self.keys else None

    def _divided(self, cells: tuple[str, ...]) -> str | None:
        """The stratum that one cell names, its levels between one of the usual signs."""
        if len(cells) != 1:
            return None
        found = {self._by_level(cells[0].split(sign)) for sign in SEPARATORS} - {None}
        return found.pop() if len(found) == 1 else None


def plain(word: str) -> str:
    """A level's word without capitals and spaces around it."""
    return nfc(one_blank(word)).casefold()


def level_words(words: Sequence[tuple[str, str]]) -> dict[str, str]:
    """From the words of a factor's levels to their codes; a word that two levels share means none."""
    found: dict[str, set[str]] = {}
    for word, code in words:
        found.setdefault(plain(word), set()).add(code)
    return {word: codes.pop() for word, codes in found.items() if word and len(codes) == 1}


def as_counted(table: Table, columns: Columns) -> Table:
    """The table with `1.0` and `1,0` as 1, and `1,024` as 1024, in each column of whole numbers alone."""
    places = {place for _, place in columns.used()} | {columns.places.get("site", columns.places["arm"])}
    columns_of = {place: [cells[place] for _, cells in table.records] for place in places}
    changed = {place: found for place, cells in columns_of.items() if (found := _whole(cells)) != cells}
    if not changed:
        return table
    records = []
    for at, (row, cells) in enumerate(table.records):
        held = [changed[place][at] if place in changed else cell for place, cell in enumerate(cells)]
        records.append((row, tuple(held)))
    return replace(table, records=records)


def _whole(cells: list[str]) -> list[str]:
    """The cells of a column of whole numbers as plain digits; of any other column as they are.

    A sign between thousands is one and the same in the column, and none stands in a number below 1,000.
    """
    if all(WHOLE.fullmatch(cell) for cell in cells):
        return [counted(cell) for cell in cells]
    long = [cell for cell in cells if not SHORT.fullmatch(cell)]
    signs = {cell[-4] for cell in long if THOUSANDS.fullmatch(cell)}
    if len(signs) == 1 and all(THOUSANDS.fullmatch(cell) for cell in long):
        return [re.sub(r"\D", "", cell) for cell in cells]
    return cells
