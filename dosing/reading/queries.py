"""Reading calendars: what is due at a site, and how one participant's plan stands.

The number of queries does not grow with the number of participants or days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, assert_never
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from dosing.core.day_state import DayState, is_recorded
from dosing.models import (
    InjectionOutcome,
    InjectionRecord,
    Plan,
    PlannedInjection,
    PlannedVisit,
    Readiness,
    VisitOutcome,
    VisitRecord,
)
from dosing.reading.latest_records import latest_records
from dosing.reading.treatment import Treatment, treatment_of
from trial.models import Participant, ParticipantStatus, Site, Status
from trial.queries import NotFound
from trial.wording.clock import day_at

Day = date
"""Within the classes below `date` names a field."""


@dataclass(frozen=True)
class InjectionDay:
    """One injection as it stands: `state` is given, partial, missed, late, due, planned, hold or stopped."""

    participant_id: UUID
    participant: str
    site_id: UUID
    number: int
    drug: str
    course_number: int
    day_in_course: int
    trial_day: int
    date: Day
    earliest: Day
    latest: Day
    state: DayState
    ready: bool
    happened_at: datetime | None = None
    place: str = ""
    body_site: str = ""
    given_by: str = ""
    reason: str = ""
    cause: str = ""

    @property
    def code(self) -> str:
        """`C2D5`: fifth day of course 2."""
        return f"C{self.course_number}D{self.day_in_course}"

    @property
    def recorded(self) -> bool:
        """Whether it is known what became of it."""
        return is_recorded(self.state)


@dataclass(frozen=True)
class VisitDay:
    """One visit as it stands: `state` is done, missed, late, due, planned or stopped.

    `date` is the day it is expected on: the target, or the day to which it was moved.
    """

    participant_id: UUID
    participant: str
    site_id: UUID
    code: str
    trial_day: int
    target: Day
    date: Day
    earliest: Day
    latest: Day
    state: DayState
    moved: bool = False
    done_on: Day | None = None
    reason: str = ""
    cause: str = ""

    @property
    def recorded(self) -> bool:
        """Whether it is known what became of it."""
        return self.state in {"done", "missed"}


@dataclass(frozen=True)
class CalendarView:
    """A participant's current calendar. Provisional until the first injection is given."""

    plan: Plan
    first_injection: date
    provisional: bool
    injections: tuple[InjectionDay, ...]
    visits: tuple[VisitDay, ...]

    @property
    def courses(self) -> tuple[tuple[int, tuple[InjectionDay, ...]], ...]:
        """The injections grouped by course number."""
        groups = groupby(self.injections, key=attrgetter("course_number"))
        return tuple((number, tuple(days)) for number, days in groups)


@dataclass(frozen=True)
class DueInjection:
    """An injection on the list of a day, with the states of its whole course."""

    day: InjectionDay
    course: tuple[str, ...]


@dataclass(frozen=True)
class DueList:
    """What a site has to do on a day. Late things come first, oldest first."""

    on: date
    injections: tuple[DueInjection, ...]
    visits: tuple[VisitDay, ...]


def current_plan(participant: Participant) -> Plan | None:
    """The plan that counts now, if day 1 is booked."""
    plans = Plan.objects.filter(participant=participant, superseded_at=None)
    return plans.select_related("protocol_version").first()


def calendar_of(participant: Participant, *, at: datetime) -> CalendarView | None:
    """The participant's calendar as it stands at that moment; None before day 1 is booked."""
    return calendars_of([participant], at=at).get(participant.pk)


def calendars_of(people: Iterable[Participant], *, at: datetime) -> dict[UUID, CalendarView]:
    """The calendars of these participants, three queries for all; who has none is not there."""
    today = {person.pk: day_at(person.site, at) for person in people}
    current = Plan.objects.filter(participant__in=list(today), superseded_at=None)
    plans = {plan.participant_id: plan for plan in current.select_related("protocol_version")}
    if not plans:
        return {}
    injections: dict[UUID, list[InjectionDay]] = {key: [] for key in plans}
    visits: dict[UUID, list[VisitDay]] = {key: [] for key in plans}
    for row in _injections(at).filter(plan__in=plans.values()).order_by("date", "number"):
        key = row.plan.participant_id
        injections[key].append(_injection_day(row, today[key]))
    for row in _visits().filter(plan__in=plans.values()).order_by("date", "code"):
        key = row.plan.participant_id
        visits[key].append(_visit_day(row, today[key]))
    return {key: _calendar(plan, injections[key], visits[key]) for key, plan in plans.items()}


def _calendar(plan: Plan, injections: Iterable[InjectionDay], visits: Iterable[VisitDay]) -> CalendarView:
    days = tuple(injections)
    begun = any(day.state in {"given", "partial"} for day in days)
    return CalendarView(plan, plan.first_injection, not begun, days, tuple(visits))


def injection_day(participant: Participant, number: int, *, at: datetime) -> InjectionDay:
    """One injection of the current calendar. Raises NotFound."""
    row = _injections(at).filter(plan__participant=participant, number=number).first()
    if row is None:
        raise NotFound(
            _("%(participant)s has no injection %(number)s in the calendar. Book day 1, or check the number.")
            % {"participant": participant.number, "number": number}
        )
    return _injection_day(row, day_at(participant.site, at))


def visit_day(participant: Participant, code: str, *, at: datetime) -> VisitDay:
    """One visit of the current calendar. Raises NotFound."""
    row = _visits().filter(plan__participant=participant, code=code).first()
    if row is None:
        raise NotFound(
            _("%(participant)s has no visit %(code)s in the calendar. Book day 1, or check the code.")
            % {"participant": participant.number, "code": code}
        )
    return _visit_day(row, day_at(participant.site, at))


def every_day(
    sites: Iterable[Site], *, at: datetime
) -> tuple[tuple[InjectionDay, ...], tuple[VisitDay, ...]]:
    """Every injection and visit of the current calendars of these sites, each by its own site's day.

    Two queries, however many there are.
    """
    today = {site.pk: day_at(site, at) for site in sites}
    reach = {"plan__participant__site__in": list(today)}
    injections = _injections(at).filter(**reach).order_by("plan__participant__number", "number")
    visits = _visits().filter(**reach).order_by("plan__participant__number", "date", "code")
    return (
        tuple(_injection_day(row, today[row.plan.participant.site_id]) for row in injections),
        tuple(_visit_day(row, today[row.plan.participant.site_id]) for row in visits),
    )


def due_list(sites: Iterable[Site], *, on: date, at: datetime) -> DueList:
    """What those sites have to do on a day, what is late by then, and what has been done that day."""
    site_ids = [site.pk for site in sites]
    injections = _due_injections(site_ids, on, at)
    visits = [
        _visit_day(row, on)
        for row in _visits()
        .filter(plan__participant__site__in=site_ids)
        .filter(
            Q(earliest__lte=on, last_outcome=None)
            | Q(last_outcome=VisitOutcome.MOVED, last_day__lte=on)
            | Q(last_outcome=VisitOutcome.DONE, last_day=on)
        )
        .exclude(status__in=(Status.WITHDRAWN, Status.COMPLETED), last_outcome=None)
    ]
    wanted = [day for day in visits if day.state in {"late", "due", "done"}]
    return DueList(on, tuple(injections), tuple(sorted(wanted, key=_urgency)))


def _due_injections(site_ids: list[UUID], on: date, at: datetime) -> list[DueInjection]:
    """Due, late or done injections, read together with the rest of their courses."""
    recorded = latest_records().filter(participant=OuterRef("plan__participant"), number=OuterRef("number"))
    relevant = PlannedInjection.objects.filter(
        Q(date=on) | Q(Q(date__lt=on), ~Exists(recorded)),
        plan=OuterRef("plan"),
        course_number=OuterRef("course_number"),
    )
    rows = _injections(at).filter(Exists(relevant), plan__participant__site__in=site_ids)
    days = [_injection_day(row, on) for row in rows.order_by("plan__participant__number", "number")]
    due = []
    for _course, group in groupby(days, key=attrgetter("participant", "course_number")):
        course = list(group)
        states = tuple(day.state for day in course)
        due += [DueInjection(day, states) for day in course if _on_the_list(day, on)]
    return sorted(due, key=lambda item: _urgency(item.day))


def _on_the_list(day: InjectionDay, on: date) -> bool:
    return day.state in {"late", "due"} or (day.recorded and day.date == on)


def _urgency(day: InjectionDay | VisitDay) -> tuple[int, date, str]:
    return (0 if day.state == "late" else 1 if day.state == "due" else 2, day.date, day.participant)


def _status() -> Subquery:
    rows = ParticipantStatus.objects.filter(participant=OuterRef("plan__participant"))
    return Subquery(rows.order_by("-sequence").values("status")[:1])


def _injections(at: datetime) -> QuerySet[PlannedInjection]:
    """Injections of current plans, each with its latest record, readiness and participant's status."""
    latest = InjectionRecord.objects.filter(
        participant=OuterRef("plan__participant"), number=OuterRef("number")
    ).order_by("-sequence")
    ready = Readiness.objects.filter(
        participant=OuterRef("plan__participant"),
        number=OuterRef("number"),
        date=OuterRef("date"),
        visible_from__lte=at,
    )
    return (
        PlannedInjection.objects.filter(plan__superseded_at=None)
        .select_related("plan__participant")
        .annotate(
            status=_status(),
            last_outcome=Subquery(latest.values("outcome")[:1]),
            last_at=Subquery(latest.values("happened_at")[:1]),
            last_place=Subquery(latest.values("place")[:1]),
            last_body_site=Subquery(latest.values("body_site")[:1]),
            last_given_by=Subquery(latest.values("given_by")[:1]),
            last_reason=Subquery(latest.values("reason")[:1]),
            last_cause=Subquery(latest.values("cause")[:1]),
            is_ready=Exists(ready),
        )
    )


def _visits() -> QuerySet[Any]:
    """Visits of current plans, each with its latest record and the participant's status."""
    latest = VisitRecord.objects.filter(
        participant=OuterRef("plan__participant"), code=OuterRef("code")
    ).order_by("-sequence")
    return (
        PlannedVisit.objects.filter(plan__superseded_at=None)
        .select_related("plan__participant")
        .annotate(
            status=_status(),
            last_outcome=Subquery(latest.values("outcome")[:1]),
            last_day=Subquery(latest.values("day")[:1]),
            last_reason=Subquery(latest.values("reason")[:1]),
            last_cause=Subquery(latest.values("cause")[:1]),
        )
    )


def _injection_day(row: PlannedInjection, today: date) -> InjectionDay:
    facts = row  # annotated by `_injections`
    participant = row.plan.participant
    return InjectionDay(
        participant_id=participant.pk,
        participant=participant.number,
        site_id=participant.site_id,
        number=row.number,
        drug=row.drug,
        course_number=row.course_number,
        day_in_course=row.day_in_course,
        trial_day=row.trial_day,
        date=row.date,
        earliest=row.earliest,
        latest=row.latest,
        state=_injection_state(row, today),
        ready=facts.is_ready and treatment_of(facts.status) is Treatment.GOES_ON,  # type: ignore[attr-defined]
        happened_at=facts.last_at,  # type: ignore[attr-defined]
        place=facts.last_place or "",  # type: ignore[attr-defined]
        body_site=facts.last_body_site or "",  # type: ignore[attr-defined]
        given_by=facts.last_given_by or "",  # type: ignore[attr-defined]
        reason="" if _is_open(row) else facts.last_reason or "",  # type: ignore[attr-defined]
        cause="" if _is_open(row) else facts.last_cause or "",  # type: ignore[attr-defined]
    )


def _is_open(row: PlannedInjection) -> bool:
    """Whether nothing is recorded of it that still counts."""
    return row.last_outcome in {None, InjectionOutcome.REOPENED}  # type: ignore[attr-defined]


def _injection_state(row: PlannedInjection, today: date) -> DayState:
    outcome: str | None = row.last_outcome  # type: ignore[attr-defined]
    if outcome and not _is_open(row):
        return DayState(outcome)
    match treatment := treatment_of(row.status):  # type: ignore[attr-defined]
        case Treatment.GOES_ON:
            return _by_day(row.date, row.date, today)
        case Treatment.HELD:
            return DayState.HOLD
        case Treatment.OVER | Treatment.LEFT:
            return DayState.STOPPED
        case _:
            assert_never(treatment)


def _by_day(opens: date, closes: date, today: date) -> DayState:
    """How a day stands of which nothing is recorded. Both ends belong to it."""
    if today > closes:
        return DayState.LATE
    return DayState.DUE if today >= opens else DayState.PLANNED


def _visit_day(row: PlannedVisit, today: date) -> VisitDay:
    outcome: str | None = row.last_outcome  # type: ignore[attr-defined]
    last_day: date | None = row.last_day  # type: ignore[attr-defined]
    participant = row.plan.participant
    moved = outcome == VisitOutcome.MOVED
    day = VisitDay(
        participant_id=participant.pk,
        participant=participant.number,
        site_id=participant.site_id,
        code=row.code,
        trial_day=row.trial_day,
        target=row.date,
        date=last_day if moved and last_day else row.date,
        earliest=row.earliest,
        latest=row.latest,
        state=DayState.PLANNED,
        moved=moved,
        done_on=last_day if outcome == VisitOutcome.DONE else None,
        reason=row.last_reason or "",  # type: ignore[attr-defined]
        cause=row.last_cause or "",  # type: ignore[attr-defined]
    )
    return replace(day, state=_visit_state(day, outcome, row.status, today))  # type: ignore[attr-defined]


def _visit_state(day: VisitDay, outcome: str | None, status: str, today: date) -> DayState:
    if outcome and outcome != VisitOutcome.MOVED:
        return DayState(outcome)
    match treatment := treatment_of(status):
        case Treatment.GOES_ON | Treatment.HELD | Treatment.OVER:
            opens, closes = (day.date, day.date) if day.moved else (day.earliest, day.latest)
            return _by_day(opens, closes, today)
        case Treatment.LEFT:
            return DayState.STOPPED
        case _:
            assert_never(treatment)
