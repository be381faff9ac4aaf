"""The changes that `make mutants` makes, and the sentences of those that survive."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.mutating.changes import changes
from tests.tools.mutating.running import ROOT, source_of
from tests.tools.mutating.sentences import excused


def made(code: str) -> list[str]:
    """What each change makes of a function of this body."""
    keys = [change.key for change in changes(ast.parse(f"def f():\n {code}"), "m.py")]
    return [key.removeprefix("m.py::f: ") for key in keys]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("return", []),
        ("'text'", []),
        ("return f'{a + 1}'", ["return f'{a + 1}' -> return None"]),
        ("x = a < b", ["a < b -> a <= b", "a < b -> a >= b"]),
        ("x = a is None", ["a is None -> a is not None"]),
        ("x = a and b", ["a and b -> a or b"]),
        ("x = not a", ["not a -> a"]),
        ("x = a + b", ["a + b -> a - b"]),
        ("x = True", ["True -> False"]),
        ("x = 7", ["7 -> 8", "7 -> 6"]),
        ("x = min(a)", ["min -> max"]),
        ("x: Literal[1] = a", []),
        ("x = zip(a, b, strict=True)", []),
        ("x = 'of %s' % a", []),
        ("raise Fault(a)", ["raise Fault(a) -> pass"]),
        ("a.b = c", ["a.b = c -> pass"]),
        ("call(a)", ["call(a) -> pass"]),
        ("a += b", ["a += b -> pass", "a += b -> a -= b"]),
        ("x = [a for a in b if a]", ["a -> not a", "a -> True"]),
        ("assert_never(a)", []),
    ],
)
def test_the_changes_of_a_line(code: str, found: list[str]) -> None:
    assert made(code) == found


def test_a_condition_that_is_a_name_is_turned_round() -> None:
    assert made("while a: break") == ["a -> not a", "break -> pass"]


def test_the_tree_is_as_it_was_when_the_changes_are_over() -> None:
    code = "def f(a=1):\n if a < 2 and a:\n  return a + 1\n raise Fault"
    tree = ast.parse(code)
    assert len({change.key for change in changes(tree, "m.py")}) == len(list(changes(tree, "m.py"))) > 10
    assert ast.unparse(tree) == ast.unparse(ast.parse(code))


def test_every_sentence_is_of_a_change_that_is_still_made() -> None:
    sentences = excused()
    paths = {key.partition("::")[0] for key in sentences}
    made = {change.key for path in paths for change in changes(source_of(path), path)}
    assert sentences.keys() - made == set()
    assert all(sentence.endswith(".") for sentence in sentences.values())


def test_what_tests_look_at_is_killed_and_what_nobody_looks_at_survives(tmp_path: Path) -> None:
    """The functions of a window are looked at; turned round, each of them fails a test of the calendar."""
    module, nearest = "dosing/core/windows.py", "tests/core/test_calendar.py"
    command = [sys.executable, "-m", "tests.tools.mutating", module, "--results", str(tmp_path / "results")]

    def run(tests: str) -> tuple[int, str]:
        words = [*command, "--nearest", tests]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout

    status, said = run(nearest)
    assert status == 0 and "(100.0 %)" in said, said
    (tmp_path / "results").unlink()
    status, said = run("tests/core/test_numbers.py")
    assert status == 1 and "unreached: dosing/core/windows.py::judge" in said, said
