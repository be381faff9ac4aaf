"""Each decision has a number of its own, and the list of them names all, in order."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "adr"
ROW = re.compile(r"^\| \[(\d{4})\]\((\1-[\w-]+\.md)\) \|", re.M)


def test_every_decision_has_a_number_of_its_own_and_a_row_in_order() -> None:
    files = sorted(path.name for path in FOLDER.glob("0*.md"))
    rows = ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8"))

    assert [name for _number, name in rows] == files
    assert len({number for number, _name in rows}) == len(rows)


def test_every_decision_begins_with_its_number() -> None:
    begins = {path.name: path.read_text(encoding="utf-8").split(" ")[1] for path in FOLDER.glob("0*.md")}

    assert {name: number for name, number in begins.items() if number != name[:4]} == {}
