"""Data that are still missing: how much, how old, and whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dosing.core.charts import Bar, bars
from dosing.progress.counting import State
from dosing.progress.facts import Facts
from dosing.progress.figure import Cell, Figure
from trial.models import Status

WEEK, MONTH = 7, 30
"""Days after which something missing is old, and very old."""


@dataclass(frozen=True)
class Gap:
    """Something that should be known by now: of whom, what, and since when it is missing."""

    kind: str
    number: str
    what: str
    since: date

    def days(self, today: date) -> int:
        """How long it has been missing."""
        return (today - self.since).days


def gaps(facts: Facts) -> list[Gap]:
    """Everything that is missing, oldest first."""
    found = [*_of_people(facts), *_of_days(facts), *_of_deviations(facts)]
    return sorted(found, key=lambda gap: (gap.since, gap.number, gap.what))


def _of_people(facts: Facts) -> Iterator[Gap]:
    for person in facts.people:
        if not person.consented:
            yield Gap(_("Consent"), person.number, _("consent not recorded"), person.screened)
        elif person.status == Status.SCREENING:
            yield Gap(_("Screening"), person.number, _("eligibility not judged"), person.screened)
        if person.status == Status.RANDOMIZED and person.randomized and not person.booked:
            yield Gap(_("Day 1"), person.number, _("day 1 not booked"), person.randomized)


def _of_days(facts: Facts) -> Iterator[Gap]:
    for day in facts.injections:
        if day.state == "late":
            yield Gap(
                _("Injections"), day.participant, _("injection %(code)s") % {"code": day.code}, day.date
            )
    for visit in facts.visits:
        if visit.state == "late":
            since = min(visit.last_day, facts.today)
            yield Gap(_("Visits"), visit.participant, _("visit %(code)s") % {"code": visit.code}, since)


def _of_deviations(facts: Facts) -> Iterator[Gap]:
    for row in facts.deviations:
        if row.state == "draft":
            words = _("deviation %(n)s not judged") % {"n": row.number}
            yield Gap(_("Deviations"), row.participant, words, row.drafted_at.date())


def missing(facts: Facts) -> Figure:
    """How many things are missing, by kind and age."""
    found = gaps(facts)
    ages = [
        State("new", _("up to a week"), _("%(n)d up to a week"), "planned"),
        State("old", _("up to 30 days"), _("%(n)d up to 30 days"), "hold"),
        State("older", _("longer"), _("%(n)d longer"), "late"),
    ]
    counts = {
        kind: Counter(_age(gap.days(facts.today)) for gap in found if gap.kind == kind)
        for kind in dict.fromkeys(gap.kind for gap in found)
    }
    drawn = [Bar(kind, tuple(age.part(row[age.key]) for age in ages)) for kind, row in counts.items()]
    rows: list[tuple[Cell, ...]] = [(kind, *(row[age.key] for age in ages)) for kind, row in counts.items()]
    empty = _("Nothing is missing.")
    return Figure(
        key="missing",
        title=_("Data still missing"),
        sentence=ngettext(
            "%(n)s thing that should be known by now is not recorded.",
            "%(n)s things that should be known by now are not recorded.",
            len(found),
        )
        % {"n": len(found)},
        columns=(_("What"), *(age.heading for age in ages)),
        rows=rows,
        drawing=bars(drawn, empty=empty),
        empty=empty,
    )


def _age(days: int) -> str:
    return "new" if days <= WEEK else "old" if days <= MONTH else "older"


def missing_list(facts: Facts) -> Figure:
    """What is missing, one by one."""
    found = gaps(facts)
    return Figure(
        key="missing-list",
        title=_("What is missing, one by one"),
        sentence=_("Oldest first. Days are counted to today."),
        columns=(_("Participant"), _("What"), _("Since"), _("Days")),
        rows=[(gap.number, gap.what, gap.since, gap.days(facts.today)) for gap in found],
        empty=_("Nothing is missing."),
        about=1,
    )
