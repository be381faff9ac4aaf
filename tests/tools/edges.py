"""What the edge may not do by itself: read the clock a second time, or ask the database past `queries`.

Both rules look at the text of the product's modules, so they hold wherever a file is moved to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("trial", "randomization", "dosing")

CLOCKS = {
    "django.utils.timezone": {"now", "localtime", "localdate"},
    "datetime.datetime": {"now", "utcnow", "today"},
    "datetime.date": {"today"},
    "time": {"time", "time_ns"},
}
"""By what it is called in the libraries: whatever reads a clock."""

EDGES = {"ReadClock.__call__", "send_due_reminders", "_work"}
"""Where a clock is read: a request that comes in, a task that is rung for, a job that tells how far it is."""

VIEWS = ("django.views", "django.shortcuts", "django.forms", "rest_framework.response")
"""Whoever imports one of these makes pages, forms or answers."""

MANAGERS = {"objects", "_default_manager", "_base_manager"}


def modules(root: Path) -> Iterator[Path]:
    """The product's modules, without migrations; a command is an edge of its own, and reads its own clock."""
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            if not {"migrations", "management"} & set(file.relative_to(root).parts):
                yield file


def clock_readings(root: Path) -> list[str]:
    """Every place that reads a clock and is no edge, as `file:line`."""
    return [
        f"{file.relative_to(root)}:{line}"
        for file in modules(root)
        for scope, line in _readings(ast.parse(file.read_text("utf-8")))
        if scope not in EDGES
    ]


def reads_in_views(root: Path) -> list[str]:
    """Every place in a view, a form or an endpoint that asks a model for its rows, as `file:line`."""
    return [
        f"{file.relative_to(root)}:{node.lineno}"
        for file in modules(root)
        for tree in [ast.parse(file.read_text("utf-8"))]
        if _is_view(tree)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]


def _is_view(tree: ast.Module) -> bool:
    return any(name.startswith(VIEWS) for name in _names(tree).values())


def _readings(tree: ast.Module) -> Iterable[tuple[str, int]]:
    """Where a clock is named, as (class and function around it, line): called or handed on."""
    names = _names(tree)

    def walk(node: ast.AST, scope: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            scope = (*scope, node.name)
        if isinstance(node, (ast.Attribute, ast.Name)) and _is_clock(_full_name(node, names)):
            yield ".".join(scope), node.lineno
            return
        for child in ast.iter_child_nodes(node):
            yield from walk(child, scope)

    return walk(tree, ())


def _is_clock(name: str) -> bool:
    where, _dot, what = name.rpartition(".")
    return what in CLOCKS.get(where, ())


def _names(tree: ast.Module) -> dict[str, str]:
    """What the module's imports call the things that they bring."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def _full_name(node: ast.AST, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, names)}.{node.attr}"
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""
