"""Views of the clinic fail at the lines that they run; nothing that must stay inside comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.blinding.errors import failures
from tests.blinding.failing import written
from tests.blinding.ground import Ground
from tests.closed_list import for_door

pytestmark = pytest.mark.slow


def test_a_view_that_fails_at_any_line_tells_nothing(ground: Ground, out: Path) -> None:
    found = failures(ground, out, "brief")

    assert found.leaks == ()
    assert found.torn == ()
    assert found.shown > 100
    assert found.codes <= for_door("clinic")


def test_an_act_without_its_transaction_is_found(ground: Ground, out: Path) -> None:
    assert failures(ground, out, "brief", "half_written").torn


def test_what_an_act_wrote_is_counted_table_by_table() -> None:
    """Half of an act differs from the whole of it and from nothing."""
    before = Counter(entries=7, statuses=3)

    assert written(before, Counter(entries=7, statuses=3)) == {}
    assert written(before, Counter(entries=8, statuses=3, plans=1)) == {"entries": 1, "plans": 1}


def test_a_failure_that_names_an_arm_is_found(ground: Ground, out: Path) -> None:
    assert [leak for leak in failures(ground, out, "brief", "telling_failure").leaks if "an arm" in leak]
