"""A new kind without a branch of its own does not pass mypy: no last branch takes it for another one."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lanes import TESTS

ROOT = TESTS.parent
PACKAGES = ("trial", "randomization", "dosing")

KINDS = {
    "ReminderEvent": "trial/core/protocol.py",
    "ReminderFor": "trial/core/protocol.py",
    "AnchorKind": "trial/core/protocol.py",
    "Unit": "trial/core/protocol.py",
    "CriterionKind": "trial/core/protocol.py",
    "OptionKind": "dosing/core/options.py",
    "DayState": "dosing/core/day_state.py",
    "NoteKind": "dosing/core/notes.py",
    "DeviationEvent": "dosing/core/events.py",
}
"""Each closed set, and where it is written."""


def modules() -> Iterator[Path]:
    """Every module of the product."""
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def asks_for_all(source: str) -> bool:
    """Whether a module names every member of some closed set."""
    return "assert_never(" in source


def left_out(tree: Path) -> set[tuple[str, str]]:
    """(kind, file) wherever mypy says that a member is left out. Django is not looked at, to save time."""
    files = sorted(str(path.relative_to(tree)) for path in tree.rglob("*.py"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "", "--follow-imports=skip", *files],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.findall(
        r"^(\S+?):\d+: error: .*\"assert_never\" .*\[(\w+)\.\w+\].*\"Never\"", done.stdout, re.M
    )
    return {(kind, file) for file, kind in found}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cores, and whatever names every member of some closed set: copied, to plant a member in."""
    copy = tmp_path_factory.mktemp("kinds")
    for path in modules():
        source = path.read_text()
        if "core" in path.parts or asks_for_all(source):
            place = copy / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(source)
    for folder in {place.parent for place in copy.rglob("*.py")}:
        for package in (folder, *folder.parents):
            if package.is_relative_to(copy) and package != copy:
                (package / "__init__.py").touch()
    return copy


@pytest.fixture(scope="module")
def planted(tree: Path) -> set[tuple[str, str]]:
    """What mypy says once every closed set has a member more."""
    assert left_out(tree) == set()
    for kind, written in KINDS.items():
        source = (tree / written).read_text()
        head = rf"(class {kind}\(StrEnum\):\n(?:    .*\n|\n)*?)(    [A-Z_0-9]+ = )"
        more, count = re.subn(head, r'\1    PLANTED = "planted"\n\2', source)
        assert count == 1
        (tree / written).write_text(more)
    return left_out(tree)


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_member_is_missed_wherever_its_kind_is_asked_for(
    tree: Path, planted: set[tuple[str, str]], kind: str
) -> None:
    asking = {
        str(path.relative_to(tree)) for path in tree.rglob("*.py") if f"case {kind}." in path.read_text()
    }

    assert asking
    assert {file for missed, file in planted if missed == kind} == asking


def test_every_match_over_a_closed_set_ends_in_assert_never() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Match) and _over_members(node) and not _asks(node.cases[-1])
    ]
    assert silent == []


def _over_members(node: ast.Match) -> bool:
    """Whether its first case is `Kind.MEMBER`."""
    return bool(re.match(r"[A-Z]\w+\.[A-Z_0-9]+\b", ast.unparse(node.cases[0].pattern)))


def _asks(case: ast.match_case) -> bool:
    return ast.unparse(case.pattern) == "_" and "assert_never(" in ast.unparse(case.body[0])
