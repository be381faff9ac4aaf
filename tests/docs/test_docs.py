"""The documents name nothing that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.documents import PICTURES, ROOT, documents, faults, pictures_in, pictures_taken

README = ROOT / "README.md"

PLANTS = {
    "links to docs/nowhere.md": "Read [more](docs/nowhere.md).",
    "links to docs/pictures/none.png": "![A page](docs/pictures/none.png)",
    "links to docs/pictures/nothing.png": '<img src="docs/pictures/nothing.png" alt="A page">',
    "command make_tea": "Then `manage.py make_tea`.",
    "variable VELUM_TEAPOT": "Set `VELUM_TEAPOT` first.",
    "target tea": "Run `make tea`.",
    "file trial/teapot.py": "It stands in `trial/teapot.py`.",
    "test teapot in core": "`make test LANE=core WORDS='-k teapot'`",
    "test planted in nowhere": "`make test LANE=nowhere WORDS='-k planted'`",
}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_that_a_document_names_is_there(document: Path) -> None:
    assert list(faults(document, document.read_text())) == []


@pytest.mark.parametrize("fault", PLANTS)
def test_a_name_of_nothing_is_found(fault: str) -> None:
    assert list(faults(README, PLANTS[fault])) == [fault]


def test_every_picture_is_taken_by_a_journey_and_shown_in_a_document() -> None:
    kept = {path.name for path in PICTURES.glob("*")}
    shown = set().union(*(pictures_in(path.read_text()) for path in documents()))

    assert kept == shown == pictures_taken()


def test_the_first_screen_points_to_what_is_claimed_of_the_blind() -> None:
    first_screen = "\n".join(README.read_text().splitlines()[:20])

    assert "(docs/blinding.md)" in first_screen
