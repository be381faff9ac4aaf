"""No arm, lot or note stands anywhere at rest; where nothing is sealed, the same search finds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blinding.at_rest import search
from tests.blinding.ground import Ground
from tests.blinding.stage import until

pytestmark = pytest.mark.slow


def test_no_arm_is_left_in_files_or_in_the_clinics_memory(ground: Ground, out: Path) -> None:
    found = search(ground, out, "brief")

    assert (found.hits, found.in_clinics_memory) == ([], 0)
    assert found.in_pharmacys_memory > 0, "the search through memory finds nothing even where arms are"
    assert (found.operations > 300, found.files > 3) == (True, True)


def test_the_same_search_finds_the_arms_of_an_unsealed_build(ground: Ground, out: Path) -> None:
    found = search(ground, out, "brief", "unsealed", parts=until("tuesday"))

    assert [hit for hit in found.hits if hit.startswith("velum.sqlite3")]
