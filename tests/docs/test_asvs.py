"""The table of ASVS 5.0.0: every number once, counts that agree, and no test named that is not there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.docs.documents import ROOT

TABLE = ROOT / "docs" / "asvs.md"
NUMBERS = Path(__file__).with_name("asvs_5_0_0.txt")
STATES = ("holds", "does not apply", "does not hold yet")
LEVELS = {"1": 70, "2": 183}
"""How many requirements of each level the standard has, as it says itself."""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/.]+)(?:::(\w+))?`")
DOCUMENT = re.compile(r"`(docs/[\w./-]+)`")


@dataclass(frozen=True)
class Row:
    """One requirement, as the table has it."""

    number: str
    level: str
    asks: str
    state: str
    shown: str


def rows(text: str) -> list[Row]:
    """The rows of the table. Raises TypeError for one of another width."""
    return [Row(number, *(cell.strip() for cell in rest.split("|"))) for number, rest in ROW.findall(text)]


def wanted() -> list[tuple[str, str]]:
    """Number and level of every requirement of levels 1 and 2."""
    return [(number, level) for number, level in map(str.split, NUMBERS.read_text().splitlines())]


@cache
def functions(path: str) -> frozenset[str]:
    """The tests of a file; none where there is no such file."""
    file = ROOT / path
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def faults(text: str) -> Iterator[str]:
    """What is wrong with the table, a sentence each."""
    found = rows(text)
    if [(row.number, row.level) for row in found] != wanted():
        times = Counter(row.number for row in found)
        yield from (f"{number} stands {times[number]} times" for number, _ in wanted() if times[number] != 1)
        yield "numbers and levels are not those of the standard, in their order"
    for row in found:
        yield from (f"{row.number}: {fault}" for fault in _faults_of(row))
    for state in STATES:
        counted = [
            sum(row.state == state and row.level in levels for row in found) for levels in ("1", "2", "12")
        ]
        if f"| {state} | {counted[0]} | {counted[1]} | {counted[2]} |" not in text:
            yield f"the count of {state} is {counted}"


def _faults_of(row: Row) -> Iterator[str]:
    if not (row.asks and row.shown):
        yield "a cell is empty"
    if row.state not in STATES:
        yield f"state {row.state}"
    words = re.sub(r"`[^`]*`", "", row.shown).split()
    if row.state != "holds" and len(words) < 4:
        yield "no reason"
    if (
        row.state == "holds"
        and len(words) < 4
        and not TEST.search(row.shown)
        and not DOCUMENT.search(row.shown)
    ):
        yield "nothing shows it"
    for path, name in TEST.findall(row.shown):
        if not functions(path) or (name and name not in functions(path)):
            yield f"no test {path}::{name}"
    yield from (f"no {path}" for path in DOCUMENT.findall(row.shown) if not (ROOT / path).is_file())


def test_the_list_has_as_many_numbers_as_the_standard() -> None:
    assert Counter(level for _number, level in wanted()) == LEVELS
    places = [tuple(map(int, number.split("."))) for number, _level in wanted()]
    assert places == sorted(set(places)) and {place[0] for place in places} == set(range(1, 18))


def test_the_table_has_every_requirement_once_and_says_what_shows_it() -> None:
    assert list(faults(TABLE.read_text())) == []


PLANTS = {
    "1.1.1 stands 0 times": (r"\| 1\.1\.1 \|.*\n", ""),
    "1.1.2 stands 2 times": (r"(\| 1\.1\.2 \|.*\n)", r"\1\1"),
    "numbers and levels are not those of the standard, in their order": (r"\| 6\.2\.1 \| 1", "| 6.2.1 | 2"),
    "6.2.6: a cell is empty": (r"(\| 6\.2\.6 \| 1 \|)[^|]*\|", r"\1  |"),
    "6.2.7: state hold": (r"(\| 6\.2\.7 \|[^|]*\|[^|]*\|) holds", r"\1 hold"),
    "17.1.1: no reason": (r"(\| 17\.1\.1 \|.*\|)[^|]*\|\n", r"\1 No TURN |\n"),
    "14.2.3: nothing shows it": (r"(\| 14\.2\.3 \|.*\|)[^|]*\|\n", r"\1 It does. |\n"),
    "8.1.1: no docs/access-none.txt": (r"access-clinic\.txt(?=.*every_page_stands)", "access-none.txt"),
    "3.4.5: no test tests/pages/test_browser_rules.py::planted": (r"(\| 3\.4\.5 \|.*::)\w+", r"\1planted"),
    "the count of does not apply is ": (r"\| does not apply \| \d+ \|", "| does not apply | 99 |"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTS)
def test_a_planted_fault_is_named(fault: str) -> None:
    pattern, planted = PLANTS[fault]
    text, times = re.subn(pattern, planted, TABLE.read_text(), count=1)
    assert times == 1
    assert any(found.startswith(fault) for found in faults(text))
