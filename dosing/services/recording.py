"""Recording what happened: injections and visits. Corrections are new rows; nothing shifts.

`judging` says what follows from what is said; here is what it has to know, and what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.events import Event
from dosing.core.stops import Stop
from dosing.models import (
    Deviation,
    InjectionOutcome,
    InjectionRecord,
    PlannedInjection,
    PlannedVisit,
    VisitOutcome,
    VisitRecord,
)
from dosing.reading.latest_records import IN_PART, latest_visits, outcomes_of
from dosing.reading.treatment import stops_by
from dosing.reminders.planning import close_reminders, move_reminders
from dosing.services.dose_guards import other_that_day
from dosing.services.drafting import draft_injection, draft_visit, numbers
from dosing.services.judging import (
    KnownOfInjection,
    KnownOfVisit,
    SaidOfInjection,
    SaidOfVisit,
    check_can_record_injection,
    check_can_record_visit,
    judge_injection,
    judge_visit,
)
from dosing.services.releases import made_by_pharmacy, showed_ready, told_by
from dosing.services.stops import SAID, stop_at
from randomization.queries import envelope_of
from trial.audit import record_about
from trial.core.dates import add_months
from trial.models import CurrentParticipant, Delegation, Participant, Status
from trial.permissions import Permission
from trial.policies import require
from trial.queries import standing_rows
from trial.refusals import Refusal, can, kept_far_day
from trial.screening.services import add_status, locked
from trial.wording.clock import day_at


class NothingPlanned(Refusal):
    """There is no such injection or visit in the participant's calendar."""

    code = "nothing_planned"
    status = 404


@transaction.atomic
def record_injection(
    *, participant: Participant, number: int, said: SaidOfInjection, by: Delegation, at: datetime
) -> InjectionRecord:
    """Record that injection `number` was given, partly given or not given, as `judging` judges what is said.

    A second record of one injection is a correction, with a reason. Raises NothingPlanned, and what
    `judge_injection` raises.
    """
    participant = locked(participant)
    require(by, Permission.RECORD, trial=participant.trial_id, site=participant.site)
    planned = _planned_injection(participant, number)
    said = replace(said, given_by=said.given_by or by.user.shown_name)
    known = _known_of_injection(participant, planned, said, at)
    judged = judge_injection(said, known)
    row = InjectionRecord.objects.create(
        participant=participant, number=number, recorded_by=by, recorded_at=at, **vars(judged)
    )
    stopped = row.happened_at is not None and stop_at(known.stands, row.happened_at, known.zone) is not None
    drafts = draft_injection(planned, row, participant, stopped=stopped, by=by, at=at)
    close_reminders(participant=participant, event=Event.injection(number))
    close_reminders(participant=participant, event=Event.course(planned.course_number))
    move_on(participant, by, at)
    action = "injection.corrected" if said.correction else "injection.recorded"
    record_about(participant, action, by=by, at=at, body=_body_of_injection(row, drafts))
    return row


@transaction.atomic
def record_visit(
    *, participant: Participant, code: str, said: SaidOfVisit, by: Delegation, at: datetime
) -> VisitRecord:
    """Record that a visit was done, missed, or moved to a day (which may lie ahead), as `judging` judges it.

    Raises NothingPlanned, and what `judge_visit` raises.
    """
    participant = locked(participant)
    require(by, Permission.RECORD, trial=participant.trial_id, site=participant.site)
    planned = _planned_visit(participant, code)
    judged = judge_visit(said, _known_of_visit(participant, planned, at))
    kept = _confirmed_move(said, planned, participant, at)
    row = VisitRecord.objects.create(
        participant=participant, code=code, recorded_by=by, recorded_at=at, **vars(judged)
    )
    drafts = draft_visit(planned, row, participant, by=by, at=at)
    close_reminders(participant=participant, event=Event.visit(code))
    if row.outcome == VisitOutcome.MOVED and row.day is not None:
        move_reminders(participant=participant, code=code, day=row.day, at=at)
    move_on(participant, by, at)
    action = "visit.corrected" if said.correction else "visit.recorded"
    record_about(participant, action, by=by, at=at, body=_body_of_visit(row, drafts) | kept)
    return row


def _confirmed_move(
    said: SaidOfVisit, planned: PlannedVisit, participant: Participant, at: datetime
) -> dict[str, object]:
    """What the entry says of a far day to which a visit is moved. Raises NotConfirmed."""
    today = day_at(participant.site, at)
    last = add_months(max(planned.date, today), 6)
    day = said.day if said.outcome == VisitOutcome.MOVED and said.day else today
    return kept_far_day("day", day, min(planned.date, today), last, said.confirmed)


def injection_outcomes_left(
    participant: CurrentParticipant, number: int, *, at: datetime
) -> frozenset[InjectionOutcome]:
    """What can be said of an injection now. Raises NothingPlanned."""
    planned = _planned_injection(participant, number)
    known = _known_of_injection(participant, planned, SaidOfInjection(outcome=InjectionOutcome.MISSED), at)
    return frozenset(one for one in InjectionOutcome if can(check_can_record_injection, one, known))


def visit_outcomes_left(
    participant: CurrentParticipant, code: str, *, at: datetime
) -> frozenset[VisitOutcome]:
    """What can be said of a visit now. Raises NothingPlanned."""
    known = _known_of_visit(participant, _planned_visit(participant, code), at)
    return frozenset(one for one in VisitOutcome if can(check_can_record_visit, one, known))


def _known_of_injection(
    participant: Participant, planned: PlannedInjection, said: SaidOfInjection, at: datetime
) -> KnownOfInjection:
    """What there is to know before an injection is recorded. Of a missed one neither draw nor day."""
    records = InjectionRecord.objects.filter(participant=participant, number=planned.number)
    moment = said.happened_at if said.outcome != InjectionOutcome.MISSED else None
    envelope = envelope_of(participant) if moment else None
    asks = moment if not said.deviation_reason.strip() else None
    then = now = None
    if moment and made_by_pharmacy(planned):
        now = showed_ready(planned, participant, by=at)
        then = now and showed_ready(planned, participant, by=told_by(planned, participant, moment))
    return KnownOfInjection(
        participant=participant.number,
        number=planned.number,
        planned=planned,
        day_1=planned.plan.first_injection,
        latest=records.order_by("-sequence").first(),
        stands=standing_rows(participant),
        drawn_at=envelope.drawn_at if envelope else None,
        other_that_day=other_that_day(planned, participant, asks) if asks else None,
        released_then=then,
        released_now=now,
        zone=participant.site.tzinfo,
        at=at,
    )


def _known_of_visit(participant: CurrentParticipant, planned: PlannedVisit, at: datetime) -> KnownOfVisit:
    """What there is to know before a visit is recorded."""
    rows = VisitRecord.objects.filter(participant=participant, code=planned.code)
    stop = _stop_of(participant, planned)
    return KnownOfVisit(
        participant=participant.number,
        code=planned.code,
        planned=planned,
        day_1=planned.plan.first_injection,
        latest=rows.order_by("-sequence").first(),
        left_on=_left_on(participant),
        stopped_on=stop.since if stop else None,
        today=day_at(participant.site, at),
    )


def _stop_of(participant: CurrentParticipant, planned: PlannedVisit) -> Stop | None:
    """What stops the visit, if anything can: the participant has left, or it ends with the treatment."""
    if participant.current_status != Status.WITHDRAWN and not planned.falls_away:
        return None
    return stops_by(standing_rows(participant)).of_visit(stands=not planned.falls_away)


def _left_on(participant: CurrentParticipant) -> date | None:
    """The last day of somebody who has left, at the site; of a withdrawal the day it became known."""
    if participant.current_status != Status.WITHDRAWN:
        return None
    latest = participant.statuses.order_by("-sequence")[0]
    recorded = day_at(participant.site, latest.at)
    return recorded if latest.scope in SAID else latest.ended_on or recorded


def _body_of_injection(row: InjectionRecord, drafts: list[Deviation]) -> dict[str, object]:
    """What the trail keeps of the record of an injection."""
    return {
        "body_site": row.body_site,
        "cause": row.cause,
        "deviations": numbers(drafts),
        "given_by": row.given_by,
        "happened_at": row.happened_at.isoformat() if row.happened_at else None,
        "injection": row.number,
        "outcome": row.outcome,
        "place": row.place,
        "reason": row.reason,
        "sequence": row.sequence,
        "timing": row.timing,
        "without_release": row.without_release,
    }


def _body_of_visit(row: VisitRecord, drafts: list[Deviation]) -> dict[str, object]:
    """What the trail keeps of the record of a visit."""
    return {
        "day": row.day.isoformat() if row.day else None,
        "cause": row.cause,
        "deviations": numbers(drafts),
        "outcome": row.outcome,
        "reason": row.reason,
        "sequence": row.sequence,
        "timing": row.timing,
        "visit": row.code,
    }


def _planned_injection(participant: Participant, number: int) -> PlannedInjection:
    planned = (
        PlannedInjection.objects.select_related("plan__protocol_version")
        .filter(plan__participant=participant, plan__superseded_at=None, number=number)
        .first()
    )
    if planned is None:
        raise NothingPlanned(
            _("%(participant)s has no injection %(number)s in the calendar. Book day 1, or check the number.")
            % {"participant": participant.number, "number": number}
        )
    return planned


def _planned_visit(participant: Participant, code: str) -> PlannedVisit:
    planned = (
        PlannedVisit.objects.select_related("plan")
        .filter(plan__participant=participant, plan__superseded_at=None, code=code)
        .first()
    )
    if planned is None:
        raise NothingPlanned(
            _("%(participant)s has no visit %(code)s in the calendar. Book day 1, or check the code.")
            % {"participant": participant.number, "code": code}
        )
    return planned


def move_on(participant: CurrentParticipant, by: Delegation, at: datetime) -> None:
    """Let the status follow the facts: first injection given, last one recorded, last visit.

    Treatment begins with an injection that was given, in full or in part; if the only one turns out not
    to have been given, it has not begun. Without a calendar nothing is complete.
    """
    planned = set(
        PlannedInjection.objects.filter(plan__participant=participant, plan__superseded_at=None).values_list(
            "number", flat=True
        )
    )
    status, outcomes = Status(participant.current_status), outcomes_of(participant)
    after = _by_injections(status, planned, outcomes)
    if after != status:
        add_status(participant=participant, status=after, by=by, at=at)
    if after == Status.FOLLOW_UP and planned and not _open_visits(participant):
        add_status(participant=participant, status=Status.COMPLETED, by=by, at=at)


def _by_injections(status: Status, planned: set[int], outcomes: dict[int, str]) -> Status:
    if status not in {Status.RANDOMIZED, Status.ON_TREATMENT}:
        return status
    if planned and planned <= set(outcomes):
        return Status.FOLLOW_UP
    begun = any(outcome in IN_PART for outcome in outcomes.values())
    return Status.ON_TREATMENT if begun else Status.RANDOMIZED


def _open_visits(participant: Participant) -> bool:
    """Whether a visit that stands has no record, or by its latest one is still to come."""
    rows = latest_visits(participant)
    over = [code for code, row in rows.items() if row.outcome != VisitOutcome.MOVED]
    planned = PlannedVisit.objects.filter(plan__participant=participant, plan__superseded_at=None)
    waiting = list(planned.exclude(code__in=over))
    if all(visit.falls_away for visit in waiting):
        early = stops_by(standing_rows(participant)).early if waiting else None
        waiting = [visit for visit in waiting if not (early and early.stops(_expected(visit, rows)))]
    return bool(waiting)


def _expected(visit: PlannedVisit, rows: Mapping[str, VisitRecord]) -> date:
    """The day to which a visit was moved, else its planned one."""
    row = rows.get(visit.code)
    return row.day if row and row.day else visit.date
