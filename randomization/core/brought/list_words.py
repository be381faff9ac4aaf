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
SEPARATORS = ("/", "|", ",", ";", ":", "\\", " - ", "_", "-", ".", "&", "+", " ")
"""What programs put between the levels of a stratum in one cell; R's `interaction` puts a point."""


def nfc(text: str) -> str:
    """The text with its accents in one form."""
    return unicodedata.normalize("NFC", text)


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
        names, word = self._names, nfc(cell)
        found = {names[said] for said in (word, nfc(self.behind.get(cell, ""))) if said in names}
        if len(found) == 1:
            return found.pop(), ""
        return "", "two" if found else "other" if word.isascii() else "lookalike"

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", self.names)

    _names: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)


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
    return nfc(" ".join(word.split())).casefold()


def level_words(words: Sequence[tuple[str, str]]) -> dict[str, str]:
    """From the words of a factor's levels to their codes; a word that two levels share means none."""
    found: dict[str, set[str]] = {}
    for word, code in words:
        found.setdefault(plain(word), set()).add(code)
    return {word: codes.pop() for word, codes in found.items() if word and len(codes) == 1}


def as_counted(table: Table, columns: Columns) -> Table:
    """The table with `1.0` and `1,0` as 1, in every column that holds whole numbers only."""
    places = {place for _, place in columns.used()} | {columns.places.get("site", columns.places["arm"])}
    whole = [place for place in places if all(WHOLE.fullmatch(cells[place]) for _, cells in table.records)]
    if not any("." in cells[place] or "," in cells[place] for _, cells in table.records for place in whole):
        return table
    records = []
    for row, cells in table.records:
        changed = list(cells)
        for place in whole:
            changed[place] = counted(cells[place])
        records.append((row, tuple(changed)))
    return replace(table, records=records)
