"""Protocol files that people bring whose months go wrong: courses that meet, and doses that drift."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from dosing.core.planning import plan
from tests.spec.test_schedule_command import schedule
from trial.core.dates import Spot
from trial.core.protocol import Interval, Unit
from trial.management.commands.check_protocol import Command as CheckProtocol
from trial.protocol.files import UnreadableProtocol, parse_protocol
from trial.protocol.judging import faults_in

CASES = Path(__file__).parents[1] / "cases/protocols"
NUMBERED = (("NCT00000000", "NCT02059759"), ("nct00000000", "nct02059759"))


def case(name: str, *changes: tuple[str, str]) -> str:
    """The file with a number that a registry gives, and with these changes."""
    text = (CASES / name).read_text(encoding="utf-8")
    for old, new in (*NUMBERED, *changes):
        assert old in text
        text = text.replace(old, new)
    return text


def checked(text: str, tmp_path: Path) -> str:
    """What `check_protocol` says of a file that it refuses."""
    path = tmp_path / "brought.toml"
    path.write_text(text, encoding="utf-8")
    said = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command(CheckProtocol(), str(path), stdout=said)
    assert stopped.value.code == 1
    return said.getvalue()


def test_check_protocol_refuses_courses_that_meet_with_the_number_of_start_days(tmp_path: Path) -> None:
    said = checked(case("collide.toml"), tmp_path)
    assert "courses[B]: gives D1 on a day on which course A does, for 306 of 1,461 start days" in said
    assert "the first is 2026-08-30" in said


@pytest.mark.parametrize(("months", "starts"), [(1, "87"), (2, ""), (6, "306"), (12, "")])
def test_each_distance_has_its_own_start_days(months: int, starts: str) -> None:
    """One month is 28 days from 31 January and all of February, in three years of four; two are never 56."""
    text = case("collide.toml", ("offset = { months = 6 }", f"offset = {{ months = {months} }}"))
    try:
        found = [str(fault) for fault in faults_in(text)]
    except UnreadableProtocol as unreadable:  # one of those start days is the one from which the reader looks
        found = [str(fault) for fault in unreadable.faults]
    assert [starts] * bool(starts) == [row.split(" of 1,461")[0].split()[-1] for row in found]


def test_schedule_says_that_a_day_has_two_doses(tmp_path: Path) -> None:
    path = tmp_path / "collide.toml"
    path.write_text(case("collide.toml"), encoding="utf-8")
    said = schedule("--protocol", str(path), "--first-injection", "2026-08-30").stdout
    assert "More than one dose of Study drug 1 is planned for Sunday 28 February 2027" in said


def test_doses_lie_where_the_visits_of_their_months_do(tmp_path: Path) -> None:
    path = tmp_path / "month_drift.toml"
    path.write_text(case("month_drift.toml"), encoding="utf-8")
    said = schedule("--protocol", str(path), "--first-injection", "2025-11-30", "--format", "json").stdout
    rows = json.loads(said)
    doses = [row["date"] for row in rows if row["kind"] == "injection"]
    visits = [row["date"] for row in rows if row["kind"] == "visit"]
    assert doses == ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"]
    assert visits == doses[2:]
    assert [row["explanation"] for row in rows if row["course"] == 3] == [
        "Day 182: first day of course 3, which starts 6 months after day 1."
    ]


@pytest.mark.parametrize("day_1", ["2025-08-31", "2026-01-31", "2027-11-29", "2024-02-29", "2026-12-30"])
def test_no_repeat_drifts_from_its_visit_whatever_day_1_is(day_1: str) -> None:
    calendar = plan(
        parse_protocol(case("month_drift.toml")).protocol, first_injection=date.fromisoformat(day_1)
    )
    doses = [row.date for row in calendar.injections[2:]]
    assert doses == [calendar.visit(code).date for code in ("M6", "M9", "M12")]


def test_a_chain_of_courses_is_added_up_as_well() -> None:
    """Three courses, each three months after the one before, and a visit from the last."""
    chained = (
        "offset = { months = 3 }\ndays = [1]\nrepeats = 4\nevery = { months = 3 }\n",
        "offset = { months = 3 }\ndays = [1]\n"
        + "".join(
            f'[[courses]]\ncode = "{code}"\nlabel = {{ en = "{code}", fr = "{code}" }}\ndrug = "D1"\n'
            f'anchor = {{ course = "{anchor}" }}\noffset = {{ months = 3 }}\ndays = [1]\n'
            for code, anchor in (("C2", "MNT"), ("C3", "C2"))
        )
        + '[[visits]]\ncode = "LAST"\nlabel = { en = "L", fr = "L" }\n'
        'anchor = { course = "C3" }\noffset = { months = 3 }\n',
    )
    rules = parse_protocol(case("month_drift.toml", chained)).protocol
    calendar = plan(rules, first_injection=date(2025, 11, 30))
    days = [str(row.date) for row in calendar.injections]
    assert days == ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"]
    assert calendar.visit("LAST").date == date(2026, 11, 30)


def test_a_distance_of_days_ends_the_run_of_months() -> None:
    """28 February and a day is 1 March; a month from there is 1 April, not 31 March."""
    spot = Spot(date(2026, 1, 31)).later(Interval(1, Unit.MONTH)).later(Interval(1))
    assert spot.later(Interval(1, Unit.MONTH)).day == date(2026, 4, 1)


def test_both_files_pass_but_for_what_is_planted_in_them() -> None:
    assert faults_in(case("month_drift.toml")) == ()
    assert len(faults_in(case("collide.toml"))) == 1
