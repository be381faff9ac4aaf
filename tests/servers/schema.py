"""The digest of everything that decides what `migrate` makes of an empty database.

Read from files alone, before Django is set up. It takes in too much rather than too little: a digest
that changes needlessly costs ten seconds, one that does not change lets tests run on old tables.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.lanes import TESTS

ROOT = TESTS.parent
PRODUCT = ("trial", "randomization", "dosing")
FOLLOWED = (
    "**/migrations/**/*.py",
    "**/*trigger*.py",
    "**/*trigger*/**/*.py",
    "**/*grant*.py",
    "**/databases/**/*.py",
    "**/management/commands/*migrate*.py",
)
"""What `migrate` runs; whatever these import of the product counts as well, and what that imports."""
READ = ("**/apps.py", "**/settings.py", "**/installation.py")
"""What says which applications and which engine there are, and who listens. Their imports lead everywhere."""


def digest(root: Path = ROOT) -> str:
    """Forty hexadecimal digits: the product's part, the packages installed, Python and SQLite."""
    found = hashlib.sha256("\n".join([*packages(), sys.version, sqlite3.sqlite_version]).encode())
    for path in files(root):
        found.update(f"{path.relative_to(root)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:40]


def packages() -> list[str]:
    """Name and version of every installed package: their migrations and Django's own ways count too."""
    django = importlib.util.find_spec("django")
    assert django and django.origin
    return sorted(path.name for path in Path(django.origin).parent.parent.glob("*.dist-info"))


def files(root: Path = ROOT) -> list[Path]:
    """The files of the product that decide, in a fixed order."""
    new, found = matching(root, FOLLOWED), set[Path]()
    while new:
        found |= new
        new = {path for one in new for path in imported(root, one)} - found
    return sorted(found | matching(root, READ))


def matching(root: Path, patterns: tuple[str, ...]) -> set[Path]:
    """The files of the product that one of the patterns names."""
    return {path for name in PRODUCT for pattern in patterns for path in Path(root, name).glob(pattern)}


def imported(root: Path, path: Path) -> Iterator[Path]:
    """The modules of the product that a file imports, wherever in it the import stands."""
    package = path.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            yield from module(root, name)


def module(root: Path, name: str) -> list[Path]:
    """The file of a module of the product, or none: for a name within a module, and for other packages."""
    if name.partition(".")[0] not in PRODUCT:
        return []
    place = Path(root, *name.split("."))
    return [path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()]
