"""Two doses of one drug on one day: found for every start day, before anybody is planned by the file."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from dosing.core.notes import NoteKind
from dosing.core.planning import plan
from dosing.core.starts import propose_starts
from tests.core.protocols import RANDOMIZATION, after_course, course, months, protocol, weeks
from trial.core.judges.doses_apart import FIRST, STARTS, judge_doses_apart
from trial.core.judging import judge
from trial.core.kept_days import KeptDays
from trial.core.protocol import Interval, Limits, Protocol

ONE = (0,)
FORTNIGHTS = course("A", days=ONE, repeats=14, every=Interval(14))
WEEKS = course("A", days=ONE, repeats=60, every=weeks(1))
EVERY_28 = course("A", days=(0, 1, 2, 3, 4), repeats=13, every=Interval(28))


def drawn(offset: Interval, wait: int = 2) -> dict[str, object]:
    late = course("B", RANDOMIZATION, offset, days=ONE)
    return {"courses": (course("A", days=ONE, repeats=3, every=weeks(4)), late), "limits": Limits(wait)}


CASES: list[dict[str, object]] = [
    {"courses": (FORTNIGHTS, course("B", offset=months(6), days=ONE))},
    {"courses": (FORTNIGHTS, course("B", offset=months(5), days=ONE))},
    {"courses": (WEEKS, course("B", offset=months(1), days=ONE, repeats=12, every=months(1)))},
    {"courses": (EVERY_28, course("B", after_course("A", 2), months(2), days=(0, 1)))},
    {
        "courses": (
            FORTNIGHTS,
            course("B", after_course("A", 3), months(3), days=ONE),
            course("C", after_course("B"), months(3), days=ONE),
        )
    },
    {"courses": (FORTNIGHTS, course("B", after_course("A", 14), months(-1), days=ONE))},
    drawn(weeks(5)),
    drawn(months(1)),
    drawn(weeks(1), wait=0),
    drawn(Interval(40), wait=3),
]


def faults(trial: Protocol) -> list[str]:
    rows: list[dict[str, object]] = [{} for _ in trial.courses]
    return [str(fault.message) for fault in judge({"courses": rows}, trial, [judge_doses_apart])]


def starts_that_meet(trial: Protocol) -> dict[tuple[str, str], list[date]]:
    """The same by planning everybody who could be planned, one by one."""
    from_draw = any(row.anchor == RANDOMIZATION for row in trial.courses)
    waits = range(trial.limits.max_days_to_first_injection + 1) if from_draw else (0,)
    found: dict[tuple[str, str], list[date]] = {}
    for start, wait in product(range(STARTS), waits):
        day = FIRST + timedelta(days=start)
        given = plan(trial, first_injection=day, randomized=day - timedelta(days=wait)).injections
        by_day: dict[date, list[str]] = {}
        for row in given:
            by_day.setdefault(row.date, []).append(row.course)
        for pair in {tuple(sorted(rows)) for rows in by_day.values() if len(rows) > 1}:
            days = found.setdefault(pair, [])  # type: ignore[arg-type]
            if day not in days:
                days.append(day)
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_judge_finds_what_planning_every_start_day_finds(case: dict[str, object]) -> None:
    trial = protocol(**case)  # type: ignore[arg-type]
    said = faults(trial)
    meet = starts_that_meet(trial)
    assert len(said) == len(meet)
    for (earlier, _later), days in meet.items():
        words = f"course {earlier} does, for {len(days):,} of 1,461 start days; the first is {days[0]}"
        assert [row for row in said if words in row], (words, said)


def test_some_of_the_cases_meet_and_some_do_not() -> None:
    assert {bool(faults(protocol(**case))) for case in CASES} == {True, False}  # type: ignore[arg-type]


def test_another_drug_meets_nobody() -> None:
    other = course("B", offset=months(6), days=ONE, drug="other-drug")
    assert faults(protocol((FORTNIGHTS, other))) == []


def test_a_plan_beyond_the_calendar_is_no_crash() -> None:
    assert faults(protocol((FORTNIGHTS, course("B", offset=months(100_000), days=ONE)))) == []


def test_both_injections_of_such_a_day_say_so() -> None:
    trial = protocol((FORTNIGHTS, course("B", offset=months(6), days=ONE)))
    calendar = plan(trial, first_injection=date(2026, 8, 30))
    noted = [row for row in calendar.injections if NoteKind.SAME_DAY in {note.kind for note in row.notes}]
    assert [(row.course, row.date) for row in noted] == [("A", date(2027, 2, 28)), ("B", date(2027, 2, 28))]
    assert str(noted[0].notes[-1].text) == (
        "More than one dose of study drug is planned for Sunday 28 February 2027: courses of the protocol "
        "meet. Ask the investigator which one is given."
    )
    assert not [
        note
        for row in plan(trial, first_injection=date(2026, 8, 29)).injections
        for note in row.notes
        if note.kind is NoteKind.SAME_DAY
    ]


def test_a_start_without_such_a_day_is_proposed_first() -> None:
    trial = protocol((FORTNIGHTS, course("B", offset=months(6), days=ONE)))
    first, last = date(2026, 8, 28), date(2026, 9, 1)
    proposals = propose_starts(trial, earliest=first, latest=last, holidays=KeptDays())
    assert [bool(row.doubled) for row in proposals] == sorted(bool(row.doubled) for row in proposals)
    assert {row.date.isoformat() for row in proposals if row.doubled} == {"2026-08-30"}
