"""Names for places in a protocol file: `visits[V2].window`, `trial.target`.

A row of a list is named by its own code (`code`, `id`, `number` or `drug`); where it has none,
or shares it with an earlier row, by its place counted from 0. Faults and assumptions use the same names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeGuard

Path = tuple[str | int, ...]

_NAMING_KEYS = ("code", "id", "number", "drug")
_STEP = re.compile(r"\.?([A-Za-z0-9_-]+)|\[([^\[\]]+)\]")


def dotted(data: object, path: Path) -> str:
    """The path as a person reads it, rows named by their codes as they stand in `data`."""
    words = ""
    for step in path:
        if isinstance(step, int):
            words += f"[{_row_name(data, step)}]"
        else:
            words += f".{step}" if words else step
        data = _child(data, step)
    return words


def find(data: object, field: str) -> Path | None:
    """The path that a name stands for, or None where nothing in `data` is called so."""
    path: list[str | int] = []
    position = 0
    while position < len(field):
        match = _STEP.match(field, position)
        if match is None:
            return None
        step = match.group(1) if match.group(2) is None else _row_index(data, match.group(2))
        if step is None or not _has(data, step):
            return None
        path.append(step)
        data, position = _child(data, step), match.end()
    return tuple(path) or None


def _row_name(rows: object, index: int) -> str:
    name = _name_of(_child(rows, index))
    return name if name and _row_index(rows, name) == index else str(index)


def _row_index(rows: object, name: str) -> int | None:
    if not _is_list(rows):
        return None
    for index, row in enumerate(rows):
        if _name_of(row) == name:
            return index
    return int(name) if name.isascii() and name.isdigit() else None


def _name_of(row: object) -> str:
    if not isinstance(row, Mapping):
        return ""
    return next((row[key] for key in _NAMING_KEYS if isinstance(row.get(key), str)), "")


def _has(data: object, step: str | int) -> bool:
    if isinstance(step, int):
        return _is_list(data) and 0 <= step < len(data)
    return isinstance(data, Mapping) and step in data


def _child(data: object, step: str | int) -> object:
    if isinstance(step, int):
        return data[step] if _is_list(data) and 0 <= step < len(data) else None
    return data.get(step) if isinstance(data, Mapping) else None


def _is_list(data: object) -> TypeGuard[Sequence[object]]:
    return isinstance(data, Sequence) and not isinstance(data, str)
