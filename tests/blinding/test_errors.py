"""Views of the clinic fail at the lines that they run; nothing that must stay inside comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blinding.errors import failures
from tests.blinding.ground import Ground
from tests.closed_list import for_door

pytestmark = pytest.mark.slow


def test_a_view_that_fails_at_any_line_tells_nothing(ground: Ground, out: Path) -> None:
    found = failures(ground, out, "brief")

    assert found.leaks == ()
    assert found.shown > 100
    assert found.codes <= for_door("clinic")


def test_a_failure_that_names_an_arm_is_found(ground: Ground, out: Path) -> None:
    assert [leak for leak in failures(ground, out, "brief", "telling_failure").leaks if "an arm" in leak]
