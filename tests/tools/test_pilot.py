"""The parts of `make pilot` that ask for neither the published files nor a database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.pilot.comparing import Line, lines, table
from tests.tools.pilot.lives import acts_of, patch_days, randomized

PLANNED = {"BASE": 1, "W2": 14}


def subject(**more: Any) -> dict[str, Any]:
    """Somebody with two patches who stopped on the third day."""
    return {
        "id": "01-701-0001",
        "site": "701",
        "age": 70,
        "arm": "Pbo",
        "end": "ADVERSE EVENT",
        "ended": "2013-01-04",
        "died": "",
        "patch_days": ["2013-01-02", "2013-01-03"],
        "first_days_of_open_intervals": [],
        "visits": [[1.0, "SCREENING 1", "2012-12-20"], [3.0, "BASELINE", "2013-01-02"]],
    } | more


def kinds(**more: Any) -> list[tuple[str, str]]:
    return [(act.kind, act.what) for act in acts_of([subject(**more)], PLANNED)]


def test_whoever_stopped_early_leaves_after_the_last_day_of_treatment() -> None:
    assert kinds() == [
        ("screen", ""),
        ("check", ""),
        ("draw", ""),
        ("book", ""),
        ("patch", ""),
        ("visit", "BASE"),
        ("patch", ""),
        ("end", "treatment"),
        ("end", "trial"),
    ]


def test_whoever_comes_again_at_week_24_does_not_leave() -> None:
    visits = [*subject()["visits"], [201.0, "RETRIEVAL", "2013-06-19"]]
    assert kinds(visits=visits)[-2:] == [("end", "treatment"), ("visit", "W24")]


def test_whoever_comes_after_the_end_for_something_else_leaves_after_it() -> None:
    visits = [*subject()["visits"], [101.0, "AE FOLLOW-UP", "2013-01-20"]]
    assert kinds(visits=visits)[-3:] == [
        ("end", "treatment"),
        ("unscheduled", "AE FOLLOW-UP"),
        ("end", "trial"),
    ]


def test_a_day_without_a_patch_between_two_with_one_is_missed() -> None:
    assert ("no patch", "") in kinds(patch_days=["2013-01-02", "2013-01-04"])


def test_a_death_is_reported_of_the_day_of_the_death() -> None:
    (end,) = [act for act in acts_of([subject(end="DEATH", died="2013-01-03")], PLANNED) if act.kind == "end"]
    assert (end.what, end.day) == ("death", date(2013, 1, 3))


def test_whoever_is_not_eligible_is_screened_and_checked_and_no_more() -> None:
    assert kinds(arm="", end="SCREEN FAILURE") == [("screen", ""), ("check", "")]


def test_an_interval_without_an_end_counts_its_first_day() -> None:
    assert patch_days(subject(first_days_of_open_intervals=["2013-01-04"]))[-1] == date(2013, 1, 4)


def test_a_patch_after_the_planned_ones_is_one_beyond_the_plan() -> None:
    assert ("beyond", "") in kinds(
        patch_days=["2013-01-02", "2013-07-03"], end="COMPLETED", ended="2013-07-03"
    )


def test_the_arms_stand_in_the_order_of_the_draws() -> None:
    late = subject(
        id="01-701-0000", visits=[[1.0, "SCREENING 1", "2013-01-01"], [3.0, "BASELINE", "2013-02-01"]]
    )
    assert [who["id"] for who in randomized([late, subject()])] == ["01-701-0001", "01-701-0000"]


SAID = {
    "numbers": {"01-701-0001": "LZ-701001-1"},
    "figures": {
        "flow": [
            ["Assessed for eligibility", "1"],
            ["Not randomised", "0"],
            ["Randomised", "1"],
            ["Began treatment", "1"],
            ["Treatment stopped", "1"],
            ["– adverse event", "1"],
        ]
    },
    "visits": {"LZ-701001-1": [["BASE", "2013-01-02"]]},
    "doses": {"LZ-701001-1": 2},
    "unscheduled": {},
    "refused": [],
}


def compared(**more: Any) -> list[Line]:
    return lines({"subjects": [subject()]}, SAID | more, {"LZ-701001-1": "PBO"})


def test_a_life_that_was_lived_as_published_differs_in_nothing() -> None:
    assert [row for row in compared() if row.published != row.velum] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"visits": {"LZ-701001-1": [["BASE", "2013-01-03"]]}},
        {"visits": {}},
        {"doses": {}},
        {"unscheduled": {"LZ-701001-1": []}, "visits": {"LZ-701001-1": []}},
        {"figures": {"flow": []}},
    ],
)
def test_a_figure_that_differs_without_a_reason_is_told(wrong: dict[str, Any]) -> None:
    assert [row for row in compared(**wrong) if not row.explained]


def test_the_table_says_the_reason_beside_the_difference() -> None:
    assert table([Line("patches", 1000, 3, "So it is.")]).endswith("| patches | 1,000 | 3 | So it is. |")
