"""Reading calendars: what is due at a site, and how one participant's plan stands.

The number of queries does not grow with the number of participants or days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dosing.core.day_state import DayState, Expected, is_recorded, state_of
from dosing.core.stops import NO_STOPS, Stop, Stops, Treatment
from dosing.models import (
    Appointment,
    InjectionOutcome,
    InjectionRecord,
    LeftOpen,
    Plan,
    PlannedInjection,
    PlannedVisit,
    Readiness,
    VisitOutcome,
    VisitRecord,
)
from dosing.reading.latest_records import latest_records
from dosing.reading.treatment import stops_of, treatment_of
from trial.models import DataLock, Delegation, Participant, ParticipantStatus, Site, Status
from trial.queries import NotFound, everybody, not_locked
from trial.wording.clock import day_at

Day = date
"""Within the classes below `date` names a field."""


@dataclass(frozen=True)
class InjectionDay:
    """One injection as it stands: `state` is one of `DayState`, never done.

    `happened_on` is the site's day on which it was given. Of a day that is stopped or held, `stopped_by` says
    by what (`hold`, or the scope of an end) and `stopped_since` after which day. `only_asked` is an open day
    from before a stop: nothing can be done on it any more.
    """

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
    happened_on: Day | None = None
    stopped_by: str = ""
    stopped_since: Day | None = None
    only_asked: bool = False
    place: str = ""
    body_site: str = ""
    given_by: str = ""
    reason: str = ""
    cause: str = ""
    without_release: bool | None = None
    hour: time | None = None

    @property
    def code(self) -> str:
        """`C2D5`: fifth day of course 2."""
        return f"C{self.course_number}D{self.day_in_course}"

    @property
    def last_day(self) -> Day:
        """The last day on which it was to be given."""
        return self.date

    @property
    def recorded(self) -> bool:
        """Whether it is known what became of it."""
        return is_recorded(self.state)


@dataclass(frozen=True)
class VisitDay:
    """One visit as it stands: `state` is done, missed, not_applicable, late, due, planned or stopped.

    `date` is the day it is expected on: the target, or the day to which it was moved. `hour` is that of
    the appointment by the site's clock, if one is set. `stopped_by` and
    `stopped_since` say what stops it, and after which day.
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
    stopped_by: str = ""
    stopped_since: Day | None = None
    only_asked: bool = False
    reason: str = ""
    cause: str = ""
    hour: time | None = None

    @property
    def happened_on(self) -> Day | None:
        """The day on which it was done."""
        return self.done_on

    @property
    def last_day(self) -> Day:
        """The last day on which it was to be done: of its window, or the day to which it was moved."""
        return self.date if self.moved else self.latest

    @property
    def recorded(self) -> bool:
        """Whether it is known what became of it."""
        return is_recorded(self.state)


@dataclass(frozen=True)
class CalendarView:
    """A participant's current calendar. Provisional until the first injection is given."""

    plan: Plan
    first_injection: date
    provisional: bool
    injections: tuple[InjectionDay, ...]
    visits: tuple[VisitDay, ...]

    @property
    def days(self) -> tuple[InjectionDay | VisitDay, ...]:
        """Injections and visits together."""
        return (*self.injections, *self.visits)

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
    """The calendars of these participants; who has none is not there.

    Three queries for all, and one more where treatment of somebody is held or has ended.
    """
    sites = {person.pk: person.site for person in people}
    current = Plan.objects.filter(participant__in=list(sites), superseded_at=None)
    plans = {plan.participant_id: plan for plan in current.select_related("protocol_version")}
    if not plans:
        return {}
    injections: dict[UUID, list[InjectionDay]] = {key: [] for key in plans}
    visits: dict[UUID, list[VisitDay]] = {key: [] for key in plans}
    doses = list(_injections(at).filter(plan__in=plans.values()).order_by("date", "number"))
    seen = list(_visits().filter(plan__in=plans.values()).order_by("date", "code"))
    stops = _stops(doses, seen)
    for row in doses:
        key = row.plan.participant_id
        injections[key].append(_injection_day(row, sites[key], day_at(sites[key], at), stops))
    for row in seen:
        key = row.plan.participant_id
        visits[key].append(_visit_day(row, day_at(sites[key], at), stops))
    return {key: _calendar(plan, injections[key], visits[key]) for key, plan in plans.items()}


def _stops(*kinds: Iterable[Any]) -> Mapping[UUID, Stops]:
    """What stops the days of those to whom these rows belong."""
    return stops_of({(row.plan.participant_id, row.status) for rows in kinds for row in rows})


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
    site = participant.site
    return _injection_day(row, site, day_at(site, at), _stops([row]))


def visit_day(participant: Participant, code: str, *, at: datetime) -> VisitDay:
    """One visit of the current calendar. Raises NotFound."""
    row = _visits().filter(plan__participant=participant, code=code).first()
    if row is None:
        raise NotFound(
            _("%(participant)s has no visit %(code)s in the calendar. Book day 1, or check the code.")
            % {"participant": participant.number, "code": code}
        )
    return _visit_day(row, day_at(participant.site, at), _stops([row]))


def every_day(
    sites: Iterable[Site], *, at: datetime
) -> tuple[tuple[InjectionDay, ...], tuple[VisitDay, ...]]:
    """Every injection and visit of the current calendars of these sites, each by its own site's day.

    Two queries, however many there are, and one more where something is stopped.
    """
    reached = {site.pk: site for site in sites}
    today = {key: day_at(site, at) for key, site in reached.items()}
    reach = {"plan__participant__site__in": list(reached)}
    injections = list(_injections(at).filter(**reach).order_by("plan__participant__number", "number"))
    visits = list(_visits().filter(**reach).order_by("plan__participant__number", "date", "code"))
    stops, where = _stops(injections, visits), attrgetter("plan.participant.site_id")
    return (
        tuple(_injection_day(row, reached[where(row)], today[where(row)], stops) for row in injections),
        tuple(_visit_day(row, today[where(row)], stops) for row in visits),
    )


def injections_between(
    people: Iterable[UUID], first: date, last: date, *, at: datetime
) -> dict[tuple[UUID, int, date], InjectionDay]:
    """The injections of these days, by participant, number and day; for who prepares them."""
    rows = list(
        _injections(at)
        .filter(plan__participant__in=list(people), date__range=(first, last))
        .select_related("plan__participant__site")
    )
    stops, sites = _stops(rows), [row.plan.participant.site for row in rows]
    days = [_injection_day(row, site, day_at(site, at), stops) for row, site in zip(rows, sites, strict=True)]
    return {(day.participant_id, day.number, day.date): day for day in days}


def due_list(sites: Iterable[Site], *, on: date, at: datetime) -> DueList:
    """What those sites have to do on a day, what is late by then, and what has been done that day.

    What was never recorded is asked for also of those who have left since. Not in a trial whose data are
    locked; and of days that an earlier version took for stopped, see `days_left_open`.
    """
    reached = {site.pk: site for site in sites}
    doses, visits = list(_due_injections(list(reached), on, at)), list(_due_visits(list(reached), on))
    stops = _stops(doses, visits)
    seen = [_visit_day(row, on, stops) for row in visits]
    wanted = [day for row, day in zip(visits, seen, strict=True) if _is_wanted(row, day)]
    return DueList(on, _by_course(doses, on, stops, reached), tuple(sorted(wanted, key=_urgency)))


def _due_visits(site_ids: list[UUID], on: date) -> QuerySet[Any]:
    """Visits that are due, late or done; of those who have left only what lay before the end."""
    last = ParticipantStatus.objects.filter(participant=OuterRef("plan__participant")).order_by("-sequence")
    ended = Coalesce(Subquery(last.values("ended_on")[:1]), Value(on), output_field=DateField())
    return _asked(
        _visits()
        .filter(plan__participant__site__in=site_ids)
        .filter(
            Q(earliest__lte=on, last_outcome=None)
            | Q(last_outcome=VisitOutcome.MOVED, last_day__lte=on)
            | Q(last_outcome=VisitOutcome.DONE, last_day=on)
        )
        .annotate(ended=ended)
        .filter(~Q(status=Status.WITHDRAWN) | Q(last_outcome__isnull=False) | Q(date__lte=F("ended")))
        .exclude(status=Status.COMPLETED, last_outcome=None)
    )


def _due_injections(site_ids: list[UUID], on: date, at: datetime) -> QuerySet[Any]:
    """Due, late or done injections, read together with the rest of their courses."""
    recorded = latest_records().filter(participant=OuterRef("plan__participant"), number=OuterRef("number"))
    relevant = PlannedInjection.objects.filter(
        Q(date=on) | Q(Q(date__lt=on), ~Exists(recorded)),
        plan=OuterRef("plan"),
        course_number=OuterRef("course_number"),
    )
    rows = _injections(at).filter(Exists(relevant), plan__participant__site__in=site_ids)
    return _asked(rows.order_by("plan__participant__number", "number"))


def _by_course(
    rows: Iterable[Any], on: date, stops: Mapping[UUID, Stops], sites: Mapping[UUID, Site]
) -> tuple[DueInjection, ...]:
    """The injections of these rows that belong on the list of a day, each with the states of its course."""
    days = [(row, _injection_day(row, sites[row.plan.participant.site_id], on, stops)) for row in rows]
    due = []
    for _course, group in groupby(days, key=lambda pair: (pair[1].participant, pair[1].course_number)):
        course = list(group)
        states = tuple(day.state for _row, day in course)
        due += [DueInjection(day, states) for row, day in course if _on_the_list(row, day, on)]
    return tuple(sorted(due, key=lambda item: _urgency(item.day)))


def _asked(rows: QuerySet[Any]) -> QuerySet[Any]:
    """These days, each with what keeps from asking about it: locked data, and what an upgrade left open."""
    person = OuterRef("plan__participant")
    left_open = LeftOpen.objects.filter(participant=person).values("through")
    return rows.annotate(
        locked=Exists(DataLock.objects.filter(trial=OuterRef("plan__participant__trial"))),
        left_open=Subquery(left_open[:1]),
    )


def _on_the_list(row: Any, day: InjectionDay, on: date) -> bool:
    return _is_wanted(row, day) and (not day.recorded or day.date == on)


def _is_wanted(row: Any, day: InjectionDay | VisitDay) -> bool:
    """Whether the day belongs on a list: what is done, and what somebody is asked about."""
    if day.recorded:
        return day.state == DayState.DONE or isinstance(day, InjectionDay)
    if day.state not in {DayState.LATE, DayState.DUE} or row.locked:
        return False
    return not _was_left_open(row, day)


def _was_left_open(row: Any, day: InjectionDay | VisitDay) -> bool:
    """Whether an earlier version took the day for stopped, and what stopped it is still in force."""
    return row.left_open is not None and day.only_asked and day.date <= row.left_open


def days_left_open(by: Delegation, *, at: datetime) -> tuple[InjectionDay | VisitDay, ...]:
    """The days that nobody recorded and that an earlier version took for stopped, by participant and day.

    Nobody was asked about them then. They are shown as one list, and not asked in locked data. One query
    where there are none.
    """
    people = LeftOpen.objects.filter(not_locked("participant__trial"), participant__trial=by.trial_id)
    if by.site_id is not None:
        people = people.filter(participant__site=by.site_id)
    through = dict(people.values_list("participant", "through"))
    if not through:
        return ()
    views = calendars_of(everybody().filter(pk__in=through), at=at)
    found = [
        day for key, view in views.items() for day in view.days if day.only_asked and day.date <= through[key]
    ]
    return tuple(sorted(found, key=lambda day: (day.participant, day.date, day.code)))


def _urgency(day: InjectionDay | VisitDay) -> tuple[int, date, time, str]:
    """Late first, then what is due; of one day by the hour of the appointment, those without one last."""
    state = 0 if day.state == "late" else 1 if day.state == "due" else 2
    return state, day.date, day.hour or time.max, day.participant


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
            last_without_release=Subquery(latest.values("without_release")[:1]),
            hour=_hour("number"),
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
            hour=_hour("code"),
        )
    )


def _hour(name: str) -> Subquery:
    """The hour of the appointment that counts, by the number of an injection or the code of a visit."""
    rows = Appointment.objects.filter(
        **{"participant": OuterRef("plan__participant"), name: OuterRef(name)}
    ).order_by("-sequence")
    return Subquery(rows.values("hour")[:1])


def _injection_day(row: Any, site: Site, today: date, stops: Mapping[UUID, Stops]) -> InjectionDay:
    """The injection of a row of `_injections` as it stands."""
    participant, outcome = row.plan.participant, None if _is_open(row) else DayState(row.last_outcome)
    stopped = stops.get(participant.pk, NO_STOPS)
    expected = Expected(row.date, row.date, row.date)
    state = state_of(expected, outcome, today=today, stop=stopped.injections, held=stopped.held)
    by, since = _stopped(state, stopped.injections)
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
        state=state,
        ready=row.is_ready and treatment_of(row.status) is Treatment.GOES_ON,
        happened_at=row.last_at,
        happened_on=day_at(site, row.last_at) if row.last_at else None,
        stopped_by=by,
        stopped_since=since,
        only_asked=state is DayState.LATE and stopped.injections is not None,
        place=row.last_place or "",
        body_site=row.last_body_site or "",
        given_by=row.last_given_by or "",
        reason="" if outcome is None else row.last_reason or "",
        cause="" if outcome is None else row.last_cause or "",
        without_release=row.last_without_release,
        hour=row.hour,
    )


def _is_open(row: Any) -> bool:
    """Whether nothing is recorded of it that still counts."""
    return row.last_outcome in {None, InjectionOutcome.REOPENED}


def _stopped(state: DayState, stop: Stop | None) -> tuple[str, date | None]:
    """By what a day is stopped, and after which day; nothing where it is not."""
    if stop is None or state not in {DayState.HOLD, DayState.STOPPED}:
        return "", None
    return stop.what, stop.since


def _visit_day(row: Any, today: date, stops: Mapping[UUID, Stops]) -> VisitDay:
    """The visit of a row of `_visits` as it stands."""
    participant, moved = row.plan.participant, row.last_outcome == VisitOutcome.MOVED
    on = row.last_day if moved and row.last_day else row.date
    expected = Expected(on, on, on) if moved else Expected(on, row.earliest, row.latest)
    outcome = None if row.last_outcome is None or moved else DayState(row.last_outcome)
    stop = stops.get(participant.pk, NO_STOPS).of_visit(stands=not row.falls_away)
    state = state_of(expected, outcome, today=today, stop=stop)
    by, since = _stopped(state, stop)
    return VisitDay(
        participant_id=participant.pk,
        participant=participant.number,
        site_id=participant.site_id,
        code=row.code,
        trial_day=row.trial_day,
        target=row.date,
        date=on,
        earliest=row.earliest,
        latest=row.latest,
        state=state,
        moved=moved,
        done_on=row.last_day if row.last_outcome == VisitOutcome.DONE else None,
        stopped_by=by,
        stopped_since=since,
        only_asked=state is DayState.LATE and stop is not None,
        reason=row.last_reason or "",
        cause=row.last_cause or "",
        hour=row.hour,
    )
