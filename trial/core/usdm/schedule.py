"""The main timeline of a study design as a screening period, and visits counted from day 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trial.core.durations import Duration, NotADuration, parse_duration
from trial.core.usdm.timings import Positions, Way, positions
from trial.core.usdm.tree import Node, by_id
from trial.core.usdm.writing import numbered

DECISION = "ScheduledDecisionInstance"
Days = int | None
"""So many whole days; None where the document says it and a plan cannot hold it."""


@dataclass
class DraftVisit:
    """One or more scheduled instances of one day: where they lie from day 1, and what is done."""

    name: str
    label: str
    encounter: str
    at: Duration
    before: Days = 0
    after: Days = 0
    procedures: list[str] = field(default_factory=list)


@dataclass
class DraftScreening:
    """The days before day 1 on which somebody is examined: the first and last, None where not said."""

    from_day: Days = None
    to_day: Days = None
    why: str = "The document plans nothing before day 1."


@dataclass
class Schedule:
    """Visits and screening, and what of the timeline could not be said."""

    visits: list[DraftVisit]
    screening: DraftScreening
    lost: list[str]


def read_schedule(design: Node) -> Schedule:
    """The schedule of a study design. What a protocol file cannot say is listed, not guessed."""
    timelines = design.nodes("scheduleTimelines")
    main = next((row for row in timelines if row.flag("mainTimeline")), next(iter(timelines), Node({})))
    reader = _Reader(design, main)
    for timeline in timelines:
        if timeline is not main:
            reader.lost.append(f"the timeline “{timeline.name}”: only the main timeline is planned")
    if main and not main.flag("mainTimeline"):
        reader.lost.append(f"which timeline is the main one: “{main.name}”, the first, is planned")
    return reader.read()


class _Reader:
    def __init__(self, design: Node, main: Node) -> None:
        self.rows = main.nodes("instances")
        self.instances = by_id(self.rows, "instances of the main timeline")
        self.timings = main.nodes("timings")
        self.encounters = by_id(design.nodes("encounters"), "encounters")
        self.activities = by_id(design.nodes("activities"), "activities")
        self.lost: list[str] = []

    def read(self) -> Schedule:
        found = positions(self.timings, self.instances)
        self.lost += found.lost
        for row in self.rows:
            self._say(row, found)
        placed = [row for row in self.rows if row.text("id") in found.at and not is_decision(row)]
        visits = [self._visit(row, found) for row in placed]
        ahead = [visit for visit in visits if visit.at.is_negative and (visit.at.months or visit.at.days)]
        later = [visit for visit in visits if visit not in ahead]
        return Schedule(self._merged(later), self._screening(ahead), self.lost)

    def _say(self, row: Node, found: Positions) -> None:
        """What is lost of an instance."""
        key, name = row.text("id"), row.name
        if is_decision(row):
            self.lost.append(f"the decision “{name}”{self._branches(row)}: a plan has no branches")
        elif key not in found.at and key not in found.refused:
            self.lost.append(f"“{name}”: {self._why_nowhere(row)}")
        elif key in found.at and found.at[key].rest:
            self.lost.append(f"“{name}” {_rest_of(found.at[key])} are left out")
        if row.text("timelineId"):
            self.lost.append(f"the timeline that “{name}” runs through is not planned within it")

    def _why_nowhere(self, row: Node) -> str:
        ends = ("relativeFromScheduledInstanceId", "relativeToScheduledInstanceId")
        key = row.text("id")
        own = [one for one in self.timings if key in {one.text(end) for end in ends}]
        others = [self.instances.get(one.text(end)) for one in own for end in ends if one.text(end) != key]
        names = ", ".join(f"“{other.name}”" for other in others if other)
        if names:
            return f"it is timed from {names}, and from there no timing leads to the fixed reference"
        return "no timing leads from it to the fixed reference"

    def _branches(self, row: Node) -> str:
        """What a decision asks, and where each answer leads."""
        ways = []
        for way in row.nodes("conditionAssignments"):
            target = self.instances.get(way.text("conditionTargetId"))
            where = f" leads to “{target.name}”" if target else ""
            ways.append(f"“{way.text('condition') or '?'}”{where}")
        return f" ({'; '.join(ways)})" if ways else ""

    def _visit(self, row: Node, found: Positions) -> DraftVisit:
        at, way = found.at[row.text("id")], found.by[row.text("id")]
        encounter = self.encounters.get(row.text("encounterId"), Node({}))
        before, after = self._window(way, row.name)
        done = [self.activities[key].name for key in row.texts("activityIds") if key in self.activities]
        missing = [key for key in row.texts("activityIds") if key not in self.activities]
        if missing:
            self.lost.append(f"“{row.name}” names activities that the design does not have: {missing[0]}")
        label = encounter.name if encounter and not self._is_shared(row) else row.name
        name = row.text("name") or row.text("id") or "?"
        return DraftVisit(name, label, row.text("encounterId"), at, before, after, done)

    def _is_shared(self, row: Node) -> bool:
        """Whether another instance belongs to the same encounter, so that its name would stand twice."""
        return sum(one.text("encounterId") == row.text("encounterId") for one in self.rows) > 1

    def _window(self, way: Way, name: str) -> tuple[Days, Days]:
        """Days before and after. USDM gives the earlier end without a sign, some programs with one.

        Where the timing is read from its other end, its later end is the earlier one of this visit.
        """
        lower, upper = (self._end(way.timing.text(key), name) for key in ("windowLower", "windowUpper"))
        if upper and upper.is_negative:
            how = "begins after" if way.is_turned else "ends before"
            self.lost.append(f"the window of “{name}” {how} its day; give it by hand")
            return None, None
        ends = (upper, lower) if way.is_turned else (lower, upper)
        return self._days(ends[0], name), self._days(ends[1], name)

    def _end(self, text: str, name: str) -> Duration | None:
        try:
            return parse_duration(text) if text else Duration()
        except NotADuration as fault:
            self.lost.append(f"the window of “{name}”: {fault}")
            return None

    def _days(self, end: Duration | None, name: str) -> Days:
        if end is None:
            return None
        if end.months:
            self.lost.append(f"the window of “{name}” is counted in months; give it in days")
            return None
        if end.rest:
            self.lost.append(f"the window of “{name}”: {end.rest} beside whole days are left out")
        return abs(end.days)

    def _merged(self, visits: Iterable[DraftVisit]) -> list[DraftVisit]:
        """Instances of one encounter on one day are one visit, with the window of the first."""
        kept: list[DraftVisit] = []
        for visit in visits:
            same = next((one for one in kept if _is_same_visit(one, visit)), None)
            if same is None:
                kept.append(visit)
                continue
            same.procedures += [name for name in visit.procedures if name not in same.procedures]
            if (visit.before, visit.after) not in ((0, 0), (same.before, same.after)):
                self.lost.append(
                    f"the window of “{visit.label}” is another than that of “{same.label}”, the same visit; "
                    "that one counts here"
                )
        return kept

    def _screening(self, ahead: list[DraftVisit]) -> DraftScreening:
        """One period from the first to the last examination before day 1, each with its window."""
        if len(ahead) > 1:
            names = ", ".join(f"“{visit.label}”" for visit in ahead)
            self.lost.append(f"{len(ahead)} visits before day 1 ({names}): screening is one period here")
        done = [name for visit in ahead for name in visit.procedures]
        if done:
            self.lost.append(
                f"what is done before day 1, {numbered(len(set(done)), 'procedure')}: screening lists none"
            )
        if not ahead:
            return DraftScreening()
        if any(visit.at.months for visit in ahead):
            return DraftScreening(why="The document counts back in months, which have no length in days.")
        return _period(ahead)


def _period(ahead: list[DraftVisit]) -> DraftScreening:
    first = min(_sum(visit.at.days, visit.before, -1) for visit in ahead)
    last = max(_sum(visit.at.days, visit.after, 1) for visit in ahead)
    said = ", ".join(f"“{visit.label}” {-visit.at.days} days before day 1" for visit in ahead)
    if first == last:
        why = f"The document plans {said}, without a window; how long screening stays open is not said."
        return DraftScreening(first, None, why)
    return DraftScreening(first, min(last, -1), f"From the timings before day 1 and their windows: {said}.")


def _rest_of(at: Duration) -> str:
    """Where an instance stands that lies beside whole days, and how far beside."""
    if not at.is_negative:
        return f"is planned on its day; {at.rest} beside whole days"
    if at.days:
        return f"is counted as {numbered(-at.days, 'day')} before day 1; the {at.rest} before that"
    return f"is planned on day 1; the {at.rest} before it"


def _sum(day: int, end: Days, sign: int) -> int:
    return day + sign * (end or 0)


def _is_same_visit(one: DraftVisit, other: DraftVisit) -> bool:
    return bool(one.encounter) and (one.encounter, one.at.months, one.at.days) == (
        other.encounter,
        other.at.months,
        other.at.days,
    )


def is_decision(row: Node) -> bool:
    """A decision is no visit: nobody comes for it."""
    return row.text("instanceType") == DECISION or bool(row.nodes("conditionAssignments"))
