"""Rooms stay few and know few others, and the page about them says what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lanes import TESTS
from tests.tools import rooms

ROOT = TESTS.parent
PAGE = ROOT / "docs" / "architecture.md"
ROW = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def imports() -> rooms.grimp.ImportGraph:
    return rooms.graph(ROOT)


@pytest.mark.parametrize("name", rooms.HOUSES)
def test_rooms_know_few_others_and_close_no_circle(name: str, imports: rooms.grimp.ImportGraph) -> None:
    house = rooms.house(name, imports)

    assert len(house.arrows) <= rooms.MOST_ARROWS[name], sorted(house.arrows)
    assert house.circles == ()


def test_no_import_runs_up(imports: rooms.grimp.ImportGraph) -> None:
    assert rooms.backwards(imports) == []


def test_no_folder_holds_more_modules_than_one_can_look_through() -> None:
    crowded = {folder: held for folder, held in rooms.folders(ROOT).items() if held > rooms.MOST_MODULES}

    assert crowded == {}


def drawn(page: str, house: str) -> set[str]:
    """The rooms that the page names below the heading of a package."""
    part = page.split(f"### `{house.replace('.', '/')}`")[1].split("\n##")[0]
    return {name for row in ROW.findall(part) for name in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("house", rooms.HOUSES)
def test_the_page_shows_the_rooms_that_there_are(house: str, imports: rooms.grimp.ImportGraph) -> None:
    assert drawn(PAGE.read_text(), house) == rooms.house(house, imports).rooms


def test_a_room_that_the_page_forgets_is_missed(imports: rooms.grimp.ImportGraph) -> None:
    page = PAGE.read_text().replace("`vault`", "the vault")

    assert rooms.house("randomization.sealed", imports).rooms - drawn(page, "randomization.sealed") == {
        "vault"
    }


def test_a_circle_of_rooms_is_seen() -> None:
    arrows = {("pages", "rest"), ("rest", "people"), ("people", "pages"), ("pages", "models")}

    assert rooms.circles(arrows) == [frozenset({"pages", "people", "rest"})]
    assert rooms.circles(arrows - {("people", "pages")}) == []


def test_a_crowded_folder_and_a_line_of_code_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "trial" / "pages"
    folder.mkdir(parents=True)
    for number in range(31):
        (folder / f"page_{number}.py").write_text('"""A page."""\n\n# A reason.\nNUMBER = (\n    1\n)\n')

    assert rooms.folders(tmp_path) == {"trial/pages": 31}
    assert rooms.lines_of_code(tmp_path) == 31 * 3
