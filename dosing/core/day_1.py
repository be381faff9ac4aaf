"""Day 1 is the day of the first injection (CDISC SDTMIG 4.4.4), also after planned ones that were missed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dosing.core.days import Day
from dosing.core.facts import Facts
from dosing.core.planned import Calendar, PlannedInjection


@dataclass(frozen=True)
class FirstInjection:
    """The first injection after those that were missed. `happened` tells one that was given from the next."""

    row: PlannedInjection
    day: Day
    happened: bool


def first_after_missed(
    calendar: Calendar, recorded: Collection[int], given: Mapping[int, Day]
) -> FirstInjection | None:
    """Where day 1 lies if the planned first injections were recorded as missed; None where none was.

    As long as one before it is not recorded nobody knows which was the first.
    """
    rows = list(calendar.injections)
    missed = 0
    while missed < len(rows) and rows[missed].number in recorded and rows[missed].number not in given:
        missed += 1
    if not missed or missed == len(rows):
        return None
    row = rows[missed]
    if row.number in given:
        return FirstInjection(row, given[row.number], happened=True)
    return None if given else FirstInjection(row, row.date, happened=False)


def counted_from_first(facts: Facts, calendar: Calendar, first: FirstInjection) -> Facts:
    """The facts with day 1 on the first injection. What was missed lies before it and is not made up.

    Within the course of the planned day 1 later courses and visits are counted from the new day 1. Where a
    whole course was missed, every course stays in its place beside the others.
    """
    first_course, own = calendar.injections[0].course_number, calendar.course(first.row.course_number)
    late = first.day - first.row.date
    if first.row.course_number == first_course:
        key = (own[0].course, own[0].repeat)
        placed, followed = {key: own[0].date + late}, {**facts.followed, key: first.day}
        return Facts(first.day, facts.randomized, followed=followed, placed=placed, ended=facts.ended)
    courses = (calendar.course(number)[0] for number in calendar.course_numbers)
    placed = {(row.course, row.repeat): row.date + late for row in courses}
    return Facts(first.day, facts.randomized, followed=facts.followed, placed=placed, ended=facts.ended)
