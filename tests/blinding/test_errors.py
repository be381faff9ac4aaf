"""Views and tasks of the clinic fail at the lines that they run; nothing that must stay inside comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.blinding.errors import TASKS_ONLY, Failures, failures
from tests.blinding.failing import written
from tests.blinding.sandbox import Sandbox
from tests.closed_list import for_door

pytestmark = pytest.mark.slow

CARELESS = "half_written", "telling_failure", "closed_to_all", "failure_in_log", "reminders_twice"
"""Planted together in one clinic: each shows by itself."""


def test_what_fails_at_any_line_tells_nothing_and_leaves_nothing_half_done(
    sandbox: Sandbox, out: Path
) -> None:
    found = failures(sandbox, out, "brief")

    assert found.leaks == ()
    assert found.torn == ()
    assert found.unreached == (), "nobody gets to the view there: its lines did not fail"
    assert (found.shown > 100, found.ran > 40) == (True, True)
    assert found.codes <= for_door("clinic")


@pytest.fixture(scope="module")
def careless(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Failures:
    """What came of a clinic with faults of most kinds."""
    return failures(sandbox, tmp_path_factory.mktemp("careless"), "brief", "+".join(CARELESS))


def test_an_act_without_its_transaction_is_found(careless: Failures) -> None:
    assert [torn for torn in careless.torn if "randomization_truestratum" in torn]


@pytest.mark.parametrize("part", ["failures", "failing_tasks"], ids=["view", "task"])
def test_a_failure_that_names_an_arm_is_found(careless: Failures, part: str) -> None:
    assert [
        leak
        for leak in careless.leaks
        if leak.startswith(f"{part}/") and leak.endswith("an arm, a lot or a note")
    ]


def test_reminders_that_leave_twice_are_found(careless: Failures) -> None:
    assert [torn for torn in careless.torn if "letters left twice" in torn]


def test_an_address_that_answers_nobody_is_found(careless: Failures) -> None:
    assert [one for one in careless.unreached if one.startswith("GET /progress/<str:figure>.<str:kind>")]


def test_a_lost_reminder_and_a_letter_about_somebody_elsewhere_are_found(sandbox: Sandbox, out: Path) -> None:
    found = failures(sandbox, out, "brief", "reminder_lost+letter_elsewhere", TASKS_ONLY)

    assert [torn for torn in found.torn if torn.endswith("was lost")]
    assert [leak for leak in found.leaks if "a letter to nurse.one@hospital.example names IM-02" in leak]


def test_what_an_act_wrote_is_counted_table_by_table() -> None:
    """Half of an act differs from the whole of it and from nothing."""
    before = Counter(entries=7, statuses=3)

    assert written(before, Counter(entries=7, statuses=3)) == {}
    assert written(before, Counter(entries=8, statuses=3, plans=1)) == {"entries": 1, "plans": 1}
