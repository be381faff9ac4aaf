"""The cursor by which a USDM document is read: each value with its place, and of the kind that belongs there.

A key that is missing or null is empty. A value of another kind than USDM has there is refused with its
place, so that a file which is not what it says never becomes half a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from trial.core.usdm.writing import one_line

_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


class NotUsdm(ValueError):
    """The document is not a USDM 4.0 study definition that can be read; the words say why, on one line."""

    def __init__(self, words: str) -> None:
        super().__init__(one_line(words))


@dataclass(frozen=True)
class Node:
    """An object of the document, and where it stands. A missing one is empty and false."""

    value: Mapping[str, Any]
    place: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def filled(self) -> Iterator[tuple[str, Any]]:
        """The keys that hold something, each with what it holds."""
        return ((key, value) for key, value in self.value.items() if value not in (None, "", [], {}))

    def node(self, key: str) -> Node:
        """The object under a key."""
        return Node(self._get(key, dict, {}), self._at(key))

    def nodes(self, key: str) -> list[Node]:
        """The objects of the list under a key; a null among them is passed over."""
        rows = [(index, row) for index, row in enumerate(self._get(key, list, [])) if row is not None]
        for index, row in rows:
            _expect(row, dict, f"{self._at(key)}[{index}]")
        return [Node(row, f"{self._at(key)}[{index}]") for index, row in rows]

    def text(self, key: str) -> str:
        """The text under a key, without blanks around it."""
        return _whole(self._get(key, str, ""), self._at(key)).strip()

    def texts(self, key: str) -> list[str]:
        """The texts of the list under a key: ids, mostly."""
        rows = [(index, row) for index, row in enumerate(self._get(key, list, [])) if row is not None]
        for index, row in rows:
            _expect(row, str, f"{self._at(key)}[{index}]")
        return [_whole(row, f"{self._at(key)}[{index}]").strip() for index, row in rows]

    def number(self, key: str) -> Fraction | None:
        """The number under a key, by its decimal digits: 0.1 is a tenth."""
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NotUsdm(f"{self._at(key)} is {_kind(value)}, where USDM has a number.")
        if not isfinite(value):
            raise NotUsdm(f"{self._at(key)} is no finite number.")
        return Fraction(str(value))

    def flag(self, key: str) -> bool:
        """The true or false under a key; a missing one is false."""
        found: bool = self._get(key, bool, False)
        return found

    def code(self, key: str) -> Node:
        """The code under a key, which may stand in an alias code."""
        given = self.node(key)
        return given.node("standardCode") or given

    def decode(self, key: str) -> str:
        """The words of the code under a key."""
        return self.code(key).text("decode")

    @property
    def name(self) -> str:
        """What the thing is called: its label, its name or its id."""
        return self.text("label") or self.text("name") or self.text("id") or "?"

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _get(self, key: str, kind: type, default: Any) -> Any:
        value = self.value.get(key)
        return default if value is None else _expect(value, kind, self._at(key))


def by_id(rows: Iterable[Node], what: str) -> dict[str, Node]:
    """The rows by their ids; nothing refers to one without. Raises NotUsdm for an id that is given twice."""
    found: dict[str, Node] = {}
    for row in rows:
        key = row.text("id")
        if key in found:
            raise NotUsdm(
                f"the id “{key}” is given to two {what}, {found[key].place} and {row.place}; "
                "what refers to it cannot be told."
            )
        if key:
            found[key] = row
    return found


def _expect(value: Any, kind: type, place: str) -> Any:
    if not isinstance(value, kind):
        raise NotUsdm(f"{place} is {_kind(value)}, where USDM has {_KINDS[kind]}.")
    return value


def _kind(value: Any) -> str:
    return next((words for kind, words in _KINDS.items() if isinstance(value, kind)), "a number")


def _whole(text: str, place: str) -> str:
    """Half of a pair of UTF-16 is no character and could not be written."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise NotUsdm(f"{place} holds half a character, which no text file can hold.")
    return text
