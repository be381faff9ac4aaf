"""What a participant's plan rests on besides the protocol: a few dates, each chosen by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from operator import attrgetter
from types import MappingProxyType

from dosing.core.anchors import CourseKey
from dosing.core.days import trial_day
from dosing.core.notes import NONE, NOTHING, Closed, closed_notes
from dosing.core.outline import VisitSlot
from dosing.core.planned import Calendar, PlannedVisit
from dosing.core.planning import planner_of
from dosing.core.words import distance
from trial.core.dates import add
from trial.core.kept_days import KeptDays
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

NO_STARTS: Mapping[CourseKey, date] = MappingProxyType({})


@dataclass(frozen=True)
class Facts:
    """The dates from which one plan follows. The same facts, the same plan, in whatever order they came.

    `moved` says where whole courses were moved to. `followed` holds the real starts from which a
    person has let later days be counted; a start that nobody has accepted yet shifts nothing. `placed` says
    where courses lie that do not begin where they are counted: the first days of one were missed, and day 1
    is the day of the first injection. `ended` is the day on which treatment was ended early, for whoever
    comes to visits since.
    """

    first_injection: date
    randomized: date | None = None
    moved: Mapping[CourseKey, date] = field(default_factory=lambda: NO_STARTS)
    followed: Mapping[CourseKey, date] = field(default_factory=lambda: NO_STARTS)
    placed: Mapping[CourseKey, date] = field(default_factory=lambda: NO_STARTS)
    ended: date | None = None

    def moving(self, course: CourseKey, start: date) -> Facts:
        """These facts with a whole course moved."""
        return replace(self, moved={**self.moved, course: start})

    def following(self, course: CourseKey, start: date) -> Facts:
        """These facts with later days counted from where a course really began."""
        return replace(self, followed={**self.followed, course: start})


def plan_from(
    protocol: Protocol, facts: Facts, *, holidays: KeptDays = NOTHING, closed: Closed = NONE
) -> Calendar:
    """The calendar that follows from the facts. Raises CannotPlan."""
    found = planner_of(protocol).plan(
        first_injection=facts.first_injection,
        randomized=facts.randomized,
        holidays=holidays,
        closed=closed,
        actual_course_starts=facts.followed,
        moved_courses={**_still_placed(protocol, facts), **facts.moved} if facts.placed else facts.moved,
    )
    early = early_visits(protocol, facts, holidays, closed) if facts.ended else ()
    if not early:
        return found
    visits = sorted((*found.visits, *early), key=attrgetter("date"))
    return Calendar(found.first_injection, found.injections, tuple(visits))


def early_visits(
    protocol: Protocol, facts: Facts, holidays: KeptDays = NOTHING, closed: Closed = NONE
) -> tuple[PlannedVisit, ...]:
    """The visits that exist because treatment was ended early, counted from that day; none without an end."""
    if facts.ended is None:
        return ()
    rows = []
    for visit in protocol.early_visits:
        day = add(facts.ended, visit.offset)
        number = trial_day(day, facts.first_injection)
        event = Sentence("the end of treatment")
        when = distance(visit.offset, event) or Sentence("the day of %(event)s", event=event)
        slot = VisitSlot(
            visit.code,
            visit.label,
            number,
            Sentence("Day %(day)s: %(when)s.", day=number, when=when),
            day - facts.first_injection,
            min(timedelta(days=visit.window.before), day - facts.ended),
            timedelta(days=visit.window.after),
        )
        rows.append(PlannedVisit(slot, day, closed_notes(day, holidays, closed)))
    return tuple(rows)


def _still_placed(protocol: Protocol, facts: Facts) -> Mapping[CourseKey, date]:
    """Where courses lie beside the plan, but for those that are counted from another one since."""
    counted: set[CourseKey] = set()
    for course in protocol.courses:
        anchor = course.anchor
        from_another = anchor.actual and (anchor.course, anchor.repeat) in counted | facts.followed.keys()
        for repeat in range(1, course.repeats + 1):
            before = {(course.code, earlier) for earlier in range(1, repeat)}
            follows = course.follows_actual and before & (counted | facts.followed.keys())
            if from_another or follows:
                counted.add((course.code, repeat))
    return {key: day for key, day in facts.placed.items() if key not in counted}
