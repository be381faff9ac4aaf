"""Finds the line on which each field of a TOML file stands.

The standard library's `tomllib` reads a file but forgets where its values stood. This scanner walks
the same text and remembers. It trusts that `tomllib` has accepted the text and checks nothing itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from trial.core.paths import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*""")
_MULTILINE = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}', re.DOTALL)
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_BARE = re.compile(r"[^,\]}#\n]*")


def locate(text: str) -> dict[Path, int]:
    """The line, counted from 1, of every table, field and list member of a valid TOML text."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table around it; 1 where there is none."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self._rows: dict[Path, int] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> None:
        table: Path = ()
        while self._skip_blank():
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)

    def _skip_blank(self) -> bool:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _peek(self, words: str) -> bool:
        return self.text.startswith(words, self.at)

    def _mark(self, path: Path) -> None:
        self.lines.setdefault(path, bisect_right(self._starts, self.at))

    def _header(self) -> Path:
        is_row = self._peek("[[")
        start = self.at
        self.at += 2 if is_row else 1
        *outer, last = self._key()
        self.at, end = start, self.at + (2 if is_row else 1)
        path: Path = ()
        for name in outer:
            path = self._inside((*path, name))
        path = (*path, last)
        self._mark(path)
        if is_row:
            self._rows[path] = self._rows.get(path, -1) + 1
            path = self._inside(path)
        self._mark(path)
        self.at = end
        return path

    def _inside(self, path: Path) -> Path:
        """The newest row, where the path is a list of tables."""
        return (*path, self._rows[path]) if path in self._rows else path

    def _key(self) -> list[str]:
        parts: list[str] = []
        while match := _KEY_PART.match(self.text, self.at):
            parts.append(next(part for part in match.groups() if part is not None))
            self.at = match.end()
            if not self._peek("."):
                break
            self.at += 1
        return parts

    def _pair(self, table: Path) -> None:
        start = self.at
        names = self._key()
        self.at, value_at = start, self.at + 1
        for depth in range(1, len(names) + 1):
            self._mark((*table, *names[:depth]))
        self.at = value_at
        self._value((*table, *names))

    def _value(self, path: Path) -> None:
        self._skip_blank()
        if self._peek("["):
            self._members("]", lambda index: self._member((*path, index)))
        elif self._peek("{"):
            self._members("}", lambda index: self._pair(path))
        else:
            match = next(
                found for form in (_MULTILINE, _STRING, _BARE) if (found := form.match(self.text, self.at))
            )
            self.at = match.end()

    def _member(self, path: Path) -> None:
        self._mark(path)
        self._value(path)

    def _members(self, close: str, read: Callable[[int], None]) -> None:
        self.at += 1
        index = 0
        while self._skip_blank() and not self._peek(close):
            if self._peek(","):
                self.at += 1
                continue
            read(index)
            index += 1
        self.at += 1
