"""Public functions of the product that nobody in the product names: only tests call them, or nobody does.

A name counts wherever the product says it: in code, but for its own definition, imports and `__all__`; in a
template; and as a word of its own in a text (a view may be named so). What is found is surely without a
caller; a function that shares its name with one that has a caller is not found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("trial", "randomization", "dosing", "tools")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_caller() -> dict[str, str]:
    """Function, or `Class.method` -> the module that defines it."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in _modules()}
    templates = "\n".join(_read(path) for path in (ROOT / "templates").rglob("*") if path.is_file())
    known = set(re.findall(r"\w+", templates)).union(*map(named, trees.values()))
    return {
        name: str(path.relative_to(ROOT))
        for path, tree in trees.items()
        for name in defined(tree)
        if name.rpartition(".")[2] not in known
    }


def _modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def defined(tree: ast.Module) -> Iterator[str]:
    """The public functions of a module and the public methods of its classes."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            methods = [part.name for part in node.body if isinstance(part, Function)]
            yield from (f"{node.name}.{name}" for name in methods if not name.startswith("_"))


def named(tree: ast.AST, inside: str = "") -> Iterator[str]:
    """Every name that this code says; one that calls itself, or the one below it, has no caller by that."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            continue
        if isinstance(node, ast.Name):
            yield from {node.id} - {inside}
        elif isinstance(node, ast.Attribute):
            yield from () if ast.unparse(node.value) == "super()" else (node.attr,)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from node.value.split(".") if re.fullmatch(r"[\w.]+", node.value) else ()
        yield from named(node, node.name if isinstance(node, Function) else inside)
