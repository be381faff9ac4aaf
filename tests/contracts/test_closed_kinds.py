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


PARTIAL = {
    ("TOURS", "Role"): "each door has its own roles, and an administrator's one page needs no tour",
    ("TOPICS", "Role"): "each door has its own roles; `tests/pages/test_help.py` sees that none is missing",
    (
        "ACT_OF_STEP",
        "Step",
    ): "what a person signs: the steps of `BEFORE`",
    (
        "WHO_MAY",
        "SignedAct",
    ): "acts that a system can do by token and the protocol can name; no other is asked",
    ("BEFORE", "Step"): "what a person takes with a signature; the other steps a list takes by itself",
    ("NEXT", "Why"): "what to do about the others is what `OTHERWISE` says",
    ("sentences", "ChoiceKind"): "day 1 is told by its booking; the rows are read without it",
    (
        "acts",
        "Departure",
    ): "what may have been done before the consent; the other departures have no such day",
    ("steps", "Status"): "who waits before day 1; the rows are those of `BEFORE_DAY_1`",
}
"""Tables that leave members out, each with its reason. Each is read with `[...]`, so a stranger raises."""


def closed_sets() -> dict[str, list[set[str]]]:
    """Every enumeration of the product with the names of its members; there may be two of one name."""
    found: dict[str, list[set[str]]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(
                re.search(r"Enum$|Choices$", ast.unparse(base)) for base in node.bases
            ):
                names = {
                    target.id
                    for row in node.body
                    if isinstance(row, ast.Assign)
                    for target in row.targets
                    if isinstance(target, ast.Name) and target.id.isupper()
                }
                found.setdefault(node.name, []).append(names)
    return found


def tables(tree: ast.Module) -> Iterator[tuple[str, str, set[str]]]:
    """(where it stands, its kind, its keys) of every dictionary whose keys are members of one kind."""
    seen: set[ast.AST] = set()
    named = [node for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.AnnAssign))]
    for owner in (*named, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        target = owner.targets[0] if isinstance(owner, ast.Assign) else getattr(owner, "target", None)
        name = owner.name if isinstance(owner, ast.FunctionDef) else ast.unparse(target)  # type: ignore[arg-type]
        for node in ast.walk(owner):
            if (
                isinstance(node, ast.Dict)
                and node not in seen
                and node.keys
                and all(isinstance(key, ast.Attribute) for key in node.keys)
            ):
                kinds = {ast.unparse(key.value) for key in node.keys if isinstance(key, ast.Attribute)}
                seen.add(node)
                if len(kinds) == 1:
                    yield name, kinds.pop(), {key.attr for key in node.keys if isinstance(key, ast.Attribute)}


def short_tables(source: str, sets: dict[str, list[set[str]]]) -> set[tuple[str, str]]:
    """The tables that leave out a member, whichever set of that name is meant."""
    found = tables(ast.parse(source))
    return {
        (name, kind)
        for name, kind, keys in found
        if kind in sets and all(members - keys for members in sets[kind])
    }


def test_a_table_over_a_closed_set_is_whole() -> None:
    sets = closed_sets()
    short = {table for path in modules() for table in short_tables(path.read_text(), sets)}

    assert short == PARTIAL.keys()


def test_a_table_without_one_of_the_members_is_found() -> None:
    sets = {"Kind": [{"A", "B"}]}

    assert short_tables("WORDS = {Kind.A: 1, Kind.B: 2}", sets) == set()
    assert short_tables("WORDS = {Kind.A: 1}", sets) == {("WORDS", "Kind")}
    assert short_tables("def words():\n    return {Kind.B: 2}", sets) == {("words", "Kind")}
