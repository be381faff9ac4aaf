"""The main timeline of a USDM 4.0 study design as visits counted from its fixed reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trial.core.durations import Duration, parse_duration
from trial.core.protocol import Interval, Unit, Window

Json = Mapping[str, Any]


@dataclass(frozen=True)
class DraftVisit:
    """One scheduled instance: where it lies from day 1, with its window and what is done."""

    name: str
    label: str
    offset: Interval
    window: Window
    procedures: tuple[str, ...]


@dataclass(frozen=True)
class Schedule:
    """The visits from day 1 on, the day on which screening begins, and what could not be said."""

    visits: tuple[DraftVisit, ...]
    screening_from: int
    lost: tuple[str, ...]


def read_schedule(design: Json) -> Schedule:
    """The schedule of a study design. What a protocol file cannot say is listed, not guessed."""
    return _Reader(design).read()


class _Reader:
    def __init__(self, design: Json) -> None:
        timelines = design.get("scheduleTimelines") or []
        main = [row for row in timelines if row.get("mainTimeline")] or list(timelines[:1])
        self.main: Json = main[0] if main else {}
        self.others = [row for row in timelines if row is not self.main]
        self.instances = {row["id"]: row for row in self.main.get("instances") or []}
        self.timings = self.main.get("timings") or []
        self.encounters = {row["id"]: row for row in design.get("encounters") or []}
        self.activities = {row["id"]: row for row in design.get("activities") or []}
        self.lost: list[str] = []
        self.offsets: dict[str, Interval] = {}

    def read(self) -> Schedule:
        for timeline in self.others:
            self.lost.append(f"the timeline “{named(timeline)}”: only the main timeline is planned")
        for row in self.instances.values():
            if row.get("instanceType") == "ScheduledDecisionInstance":
                self.lost.append(f"the decision “{named(row)}”: a plan has no branches")
        self._resolve()
        placed = [(row, self.offsets[key]) for key, row in self.instances.items() if key in self.offsets]
        before = [offset.value for _, offset in placed if offset.value < 0]
        visits = [self._visit(row, offset) for row, offset in placed if offset.value >= 0]
        unplaced = [row for key, row in self.instances.items() if key not in self.offsets]
        for row in unplaced:
            if row.get("instanceType") != "ScheduledDecisionInstance":
                self.lost.append(f"“{named(row)}”: no timing leads from it to the fixed reference")
        if len(before) > 1:
            self.lost.append(f"{len(before)} visits before day 1: screening is one period here")
        return Schedule(tuple(visits), min(before, default=-28), tuple(self.lost))

    def _resolve(self) -> None:
        """Follow the timings outwards from the fixed reference until nothing more is reached."""
        for timing in self.timings:
            if _kind(timing) == "Fixed Reference":
                self.offsets[timing["relativeFromScheduledInstanceId"]] = Interval(0)
        waiting = [timing for timing in self.timings if _kind(timing) != "Fixed Reference"]
        while waiting:
            ready = [row for row in waiting if row.get("relativeToScheduledInstanceId") in self.offsets]
            if not ready:
                return
            for timing in ready:
                self._place(timing)
            waiting = [timing for timing in waiting if timing not in ready]

    def _place(self, timing: Json) -> None:
        key = timing["relativeFromScheduledInstanceId"]
        base = self.offsets[timing["relativeToScheduledInstanceId"]]
        name = named(self.instances.get(key, timing))
        offset = _sum(base, self._duration(timing, name), -1 if _kind(timing) == "Before" else 1)
        if offset is None:
            self.lost.append(f"“{name}”: months are mixed with days; give its day by hand")
        elif key in self.instances:
            self.offsets.setdefault(key, offset)
        how = (timing.get("relativeToFrom") or {}).get("decode", "Start to Start")
        if how != "Start to Start":
            self.lost.append(f"“{name}” is timed {how.lower()}; it is counted from start to start here")

    def _duration(self, timing: Json, name: str) -> Duration:
        try:
            found = parse_duration(timing.get("value") or "P0D")
        except ValueError as fault:
            self.lost.append(f"“{name}”: {fault}")
            return Duration(0, 0)
        if found.rest:
            self.lost.append(f"“{name}”: {timing['value']} is counted in whole days, the hours are left out")
        return found

    def _visit(self, row: Json, offset: Interval) -> DraftVisit:
        encounter = self.encounters.get(row.get("encounterId") or "", {})
        done = [self.activities.get(key, {}) for key in row.get("activityIds") or []]
        return DraftVisit(
            name=row.get("name") or row["id"],
            label=named(encounter) if encounter and not self._shares(row) else named(row),
            offset=offset,
            window=self._window(row),
            procedures=tuple(named(activity) for activity in done if activity),
        )

    def _shares(self, row: Json) -> bool:
        """Whether another instance belongs to the same encounter, so that its name would stand twice."""
        same = [other for other in self.instances.values() if other.get("encounterId") == row["encounterId"]]
        return len(same) > 1

    def _window(self, row: Json) -> Window:
        own = [one for one in self.timings if one.get("relativeFromScheduledInstanceId") == row["id"]]
        timing: Json = own[0] if own else {}
        return Window(*(self._end(timing, end, row) for end in ("windowLower", "windowUpper")))

    def _end(self, timing: Json, end: str, row: Json) -> int:
        if not timing.get(end):
            return 0
        try:
            found = parse_duration(timing[end])
        except ValueError as fault:
            self.lost.append(f"the window of “{named(row)}”: {fault}")
            return 0
        if found.rest or found.months:
            self.lost.append(f"the window of “{named(row)}”, {timing[end]}: only whole days are kept")
        return abs(found.days)


def named(row: Json) -> str:
    """What a thing is called: its label, its name, or its id."""
    return str(row.get("label") or row.get("name") or row.get("id") or "?").strip()


def _kind(timing: Json) -> str:
    return str((timing.get("type") or {}).get("decode", "After"))


def _sum(base: Interval, step: Duration, sign: int) -> Interval | None:
    """Two steps as one interval; None where calendar months and days would be mixed."""
    interval = step.interval
    if interval is None:
        return None
    if not base.value:
        return Interval(sign * interval.value, interval.unit)
    if not interval.value:
        return base
    same = Unit.MONTH not in (base.unit, interval.unit) or base.unit is interval.unit
    return Interval(base.value + sign * interval.value, base.unit) if same else None
