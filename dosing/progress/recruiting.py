"""Recruitment against plan."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dosing.core.charts import Axis, Curve, curves
from dosing.core.drawing import Drawing
from dosing.core.recruitment import counted_by, months_between, planned_by
from dosing.progress.facts import Facts
from dosing.progress.figure import Cell, Figure
from trial.core.dates import add_months
from trial.wording.words import full_day, month_of

DAY = timedelta(days=1)
TICKS = 5


def recruitment(facts: Facts) -> Figure:
    """Who was screened and randomised, month by month, and beside it the protocol's plan."""
    drawn = [person.randomized for person in facts.people if person.randomized]
    start = _start(facts)
    return Figure(
        key="recruitment",
        title=_("Recruitment"),
        sentence=" ".join([_sentence(facts, len(drawn)), *facts.notices]),
        columns=_columns(facts),
        rows=_rows(facts, start, drawn),
        drawing=_chart(facts, start, drawn),
        note=_note(facts),
    )


def _start(facts: Facts) -> date:
    known = [facts.opened, *(person.screened for person in facts.people)]
    return min((day for day in known if day), default=facts.today)


def _planned(facts: Facts, day: date) -> int | None:
    """The plan at the end of a day; None where there is no plan for what is within reach."""
    months = facts.protocol.recruitment_months
    if not (months and facts.whole and facts.opened):
        return None
    return planned_by(day, opened=facts.opened, months=months, target=facts.protocol.target)


def _sentence(facts: Facts, drawn: int) -> str:
    planned = _planned(facts, facts.today)
    said: dict[str, object] = {"n": drawn, "target": facts.protocol.target, "planned": planned}
    if planned is not None:
        return _("%(n)s of %(target)s are randomised; the plan has %(planned)s by today.") % said
    if facts.whole:
        return _("%(n)s of %(target)s are randomised.") % said
    return _("%(n)s are randomised here; the trial as a whole needs %(target)s.") % said


def _note(facts: Facts) -> str:
    if not facts.whole:
        return _("The plan is one for the whole trial, so a single site is not compared with it.")
    if not facts.protocol.recruitment_months:
        return _("The protocol file names no plan of recruitment (trial.recruitment_months).")
    if not facts.opened:
        return _("The plan counts from the opening of the first site, and none is open.")
    said = {"months": facts.protocol.recruitment_months, "day": full_day(facts.opened)}
    plan = _("The plan is even: %(months)s months from %(day)s, when the first site opened.") % said
    assumed = any(row.field == _FIELD for row in facts.protocol.assumptions)
    return f"{plan} {_told_assumed()}" if assumed else plan


def _told_assumed() -> str:
    return _("It is an assumption of the protocol file, marked so there.")


_FIELD = "trial.recruitment_months"


def _columns(facts: Facts) -> tuple[str, ...]:
    columns = (
        _("Month"),
        pgettext("count", "Screened"),
        pgettext("count", "Randomised"),
        _("Randomised so far"),
    )
    return (*columns, _("Planned so far")) if _planned(facts, facts.today) is not None else columns


def _rows(facts: Facts, start: date, drawn: list[date]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    screened = [person.screened for person in facts.people]
    for month in months_between(start, facts.today):
        last = min(add_months(month, 1) - DAY, facts.today)
        before = month - DAY
        row: tuple[Cell, ...] = (
            month_of(month),
            counted_by(screened, last) - counted_by(screened, before),
            counted_by(drawn, last) - counted_by(drawn, before),
            counted_by(drawn, last),
        )
        planned = _planned(facts, last)
        rows.append(row if planned is None else (*row, planned))
    return rows


def _chart(facts: Facts, start: date, drawn: list[date]) -> Drawing:
    opened, months = facts.opened, facts.protocol.recruitment_months
    ends = add_months(opened, months) if opened and months and facts.whole else facts.today
    last = max(ends, facts.today, start + 30 * DAY)
    length = (last - start).days

    def place(day: date) -> float:
        return (day - start).days / length

    points = [(0.0, 0.0)]
    for count, day in enumerate(sorted(drawn)):
        points += [(place(day), float(count)), (place(day), count + 1.0)]
    points.append((place(facts.today), float(len(drawn))))
    lines = [Curve(tuple(points), _("randomised: %(n)s") % {"n": len(drawn)})]
    target = facts.protocol.target
    if opened and months and facts.whole:
        planned = ((place(opened), 0.0), (place(ends), float(target)), (1.0, float(target)))
        lines.insert(0, Curve(planned, _("plan: %(n)s") % {"n": target}, plan=True))
    highest = max(target if facts.whole else 0, len(drawn), 4)
    return curves(lines, Axis(highest, _ticks(start, last)))


def _ticks(start: date, last: date) -> tuple[tuple[float, str], ...]:
    months = [month for month in months_between(start, last) if month >= start] or [start]
    every = -(-len(months) // TICKS)
    length = (last - start).days
    return tuple(((month - start).days / length, month_of(month)) for month in months[::every])
