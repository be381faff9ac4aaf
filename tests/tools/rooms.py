"""The rooms of the product: how many there are, which know each other, and where an arrow runs back.

    .venv/bin/python -m tests.tools.rooms [FOLDER]

A room is a module or a package directly within `randomization.sealed`, `dosing` or `trial`; an arrow
from one to another stands for any number of imports. FOLDER is another checkout to count, such as the
one before a change.
"""

from __future__ import annotations

import ast
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import grimp

HOUSES = ("randomization.sealed", "dosing", "trial")
APPLICATIONS = ("trial", "randomization", "dosing")
ORDER = ("dosing.pharmacy", "dosing", "randomization.sealed", "randomization", "trial")
"""From the highest to the lowest: imports point towards the end."""

MOST_ARROWS = {"randomization.sealed": 43, "dosing": 48, "trial": 80}
MOST_MODULES = 30
"""How many modules one folder of product code may hold; `__init__` is not counted."""


@dataclass(frozen=True)
class House:
    """The rooms of one package, the arrows between them, and the circles that they close."""

    name: str
    rooms: frozenset[str] = frozenset()
    arrows: frozenset[tuple[str, str]] = frozenset()
    circles: tuple[frozenset[str], ...] = field(default=())


def graph(root: Path) -> grimp.ImportGraph:
    """Every import of the product below `root`."""
    sys.path.insert(0, str(root))
    try:
        return grimp.build_graph(*APPLICATIONS, cache_dir=None)
    finally:
        sys.path.remove(str(root))


def house(name: str, imports: grimp.ImportGraph) -> House:
    """The rooms of one package and what they know of each other."""
    rooms = {room for module in imports.modules if (room := _room(name, module))}
    arrows = {
        (here, there)
        for module in imports.modules
        if (here := _room(name, module))
        for imported in imports.find_modules_directly_imported_by(module)
        if (there := _room(name, imported)) and there != here
    }
    return House(name, frozenset(rooms), frozenset(arrows), tuple(circles(arrows)))


def _room(name: str, module: str) -> str:
    return module.removeprefix(f"{name}.").split(".")[0] if module.startswith(f"{name}.") else ""


def circles(arrows: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """The largest groups of rooms in which each can be reached from each other."""
    known: Mapping[str, set[str]] = defaultdict(set)
    for here, there in arrows:
        known[here].add(there)
    reach = {room: _reached(room, known) for room in list(known)}
    groups = {
        frozenset({room, *(other for other in reach[room] if room in reach.get(other, ()))})
        for room in reach
        if room in reach[room]
    }
    return sorted(groups, key=sorted)


def _reached(room: str, known: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(known[room])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead |= known.get(one, set())
    return found


def backwards(imports: grimp.ImportGraph) -> list[tuple[str, str]]:
    """Imports that run up from a lower application to a higher one."""
    return sorted(
        (module, imported)
        for module in imports.modules
        for imported in imports.find_modules_directly_imported_by(module)
        if _floor(imported) < _floor(module)
    )


def _floor(module: str) -> int:
    return next((n for n, name in enumerate(ORDER) if f"{module}.".startswith(f"{name}.")), len(ORDER))


def folders(root: Path) -> dict[str, int]:
    """How many modules each folder of product code holds."""
    counted: dict[str, int] = defaultdict(int)
    for application in APPLICATIONS:
        for file in (root / application).rglob("*.py"):
            if file.name != "__init__.py":
                counted[str(file.parent.relative_to(root))] += 1
    return dict(counted)


def lines_of_code(root: Path) -> int:
    """Lines of product code that hold a token of Python: no comment, docstring or blank line."""
    passed_over = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    count = 0
    for application in APPLICATIONS:
        for file in (root / application).rglob("*.py"):
            if "migrations" in file.parts:
                continue
            said = {
                number
                for node in ast.walk(ast.parse(file.read_text()))
                if isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
            }
            with file.open("rb") as source:
                tokens = [one for one in tokenize.tokenize(source.readline) if one.type not in passed_over]
            held = {number for one in tokens[1:-1] for number in range(one.start[0], one.end[0] + 1)}
            count += len(held - said)
    return count


def report(root: Path) -> str:
    """All figures of a checkout, a line each."""
    imports = graph(root)
    lines = []
    for name in HOUSES:
        one = house(name, imports)
        rooms = f"{len(one.rooms):>3} rooms, {len(one.arrows):>3} arrows, {len(one.circles)} circles"
        named = "".join(f" ({', '.join(sorted(circle))})" for circle in one.circles)
        lines.append(f"{name:<22}{rooms}{named}")
    largest = max(folders(root).items(), key=lambda row: row[1])
    lines.append(f"{'largest folder':<22}{largest[1]:>3} modules, {largest[0]}")
    lines.append(f"{'imports that run up':<22}{len(backwards(imports)):>3}")
    lines.append(f"{'lines of code':<22}{lines_of_code(root):>3}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
