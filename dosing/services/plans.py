"""Writing a plan down, in place of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dosing.core.planned import Calendar
from dosing.core.windows import carried, judge
from dosing.models import Plan, PlannedInjection, PlannedVisit, VisitOutcome, VisitRecord
from dosing.reading.latest_records import latest_visits
from trial.audit import note_rows
from trial.core.waits import Wait, waits
from trial.models import Delegation, Participant, ProtocolVersion
from trial.queries import latest_check


def first_injection(participant: Participant) -> date | None:
    """Day 1 of the plan that counts now; None while none is booked."""
    plan = Plan.objects.filter(participant=participant, superseded_at=None).first()
    return plan.first_injection if plan else None


def waits_of(participant: Participant) -> tuple[Wait, ...]:
    """What the first dose waits for, by the check that let the participant in and the version it asked by."""
    check = latest_check(participant)
    return waits(check.protocol_version.protocol.criteria, check.answers) if check else ()


@dataclass(frozen=True)
class Replanned:
    """A plan that was written, and the visits moved by hand that went with it: from which day to which."""

    plan: Plan
    carried: Mapping[str, tuple[date, date]]

    @property
    def facts(self) -> dict[str, object]:
        """What the entry says of those visits."""
        days = {code: [day.isoformat() for day in pair] for code, pair in self.carried.items()}
        return {"visits": days} if days else {}


def replace_plan(
    participant: Participant,
    version: ProtocolVersion,
    calendar: Calendar,
    by: Delegation,
    at: datetime,
    reason: str,
) -> Replanned:
    """Supersede the present plan, if there is one, and write the calendar as the new one.

    A visit that was moved by hand and is still to come goes with its window. The caller holds the
    participant's lock, sees to the reminders and writes the audit entry.
    """
    present = Plan.objects.filter(participant=participant, superseded_at=None)
    old: dict[str, PlannedVisit] = {}
    for before in present.select_related("made_by__user", "protocol_version"):
        old = {visit.code: visit for visit in before.visits.all()}
        before.participant, before.superseded_at = participant, at
        before.save(update_fields=["superseded_at"])
    written = Plan.objects.create(
        participant=participant,
        first_injection=calendar.first_injection,
        protocol_version=version,
        made_by=by,
        made_at=at,
        reason=reason,
    )
    injections = PlannedInjection.objects.bulk_create(
        PlannedInjection(
            plan=written,
            number=row.number,
            course=row.course,
            repeat=row.repeat,
            course_number=row.course_number,
            day_in_course=row.day_in_course,
            drug=row.drug,
            trial_day=row.trial_day,
            date=row.date,
            earliest=row.earliest,
            latest=row.latest,
        )
        for row in calendar.injections
    )
    stay = version.protocol.standing_codes
    visits = PlannedVisit.objects.bulk_create(
        PlannedVisit(
            plan=written,
            code=row.code,
            trial_day=row.trial_day,
            date=row.date,
            earliest=row.earliest,
            latest=row.latest,
            falls_away=None if row.code in stay else True,
        )
        for row in calendar.visits
    )
    note_rows([*injections, *visits])
    return Replanned(written, _carry(participant, old, visits, by, at))


def _carry(
    participant: Participant,
    old: Mapping[str, PlannedVisit],
    visits: Iterable[PlannedVisit],
    by: Delegation,
    at: datetime,
) -> dict[str, tuple[date, date]]:
    """Move on what was moved by hand, as its window moved. Returns the days by code."""
    moved = {code: row for code, row in latest_visits(participant).items() if _is_moved(row)}
    rows, days = [], {}
    for visit in visits:
        before, row = old.get(visit.code), moved.get(visit.code)
        if before is None or row is None or row.day is None:
            continue
        first = visit.plan.first_injection if visit.trial_day > 0 else visit.earliest
        day = carried(before, visit, row.day, first)
        if day != row.day:
            rows.append(_on_another_day(row, participant, visit, day, by, at))
            days[visit.code] = (row.day, day)
    note_rows(VisitRecord.objects.bulk_create(rows))
    return days


def _is_moved(row: VisitRecord) -> bool:
    return row.outcome == VisitOutcome.MOVED


def _on_another_day(
    row: VisitRecord, participant: Participant, visit: PlannedVisit, day: date, by: Delegation, at: datetime
) -> VisitRecord:
    """The record of a visit that goes with its window, with the words of who moved it first."""
    return VisitRecord(
        participant=participant,
        code=row.code,
        sequence=row.sequence + 1,
        outcome=row.outcome,
        day=day,
        timing=judge(visit, day).value,
        reason=row.reason,
        recorded_by=by,
        recorded_at=at,
    )
