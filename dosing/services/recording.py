"""Recording what happened: injections and visits. Corrections are new rows; nothing shifts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dosing.core.events import Event
from dosing.core.windows import judge
from dosing.models import (
    RECORDABLE,
    Cause,
    InjectionOutcome,
    InjectionRecord,
    PlannedInjection,
    PlannedVisit,
    Timing,
    VisitOutcome,
    VisitRecord,
)
from dosing.reading.latest_records import IN_PART, latest_visits, outcomes_of
from dosing.reminders.planning import close_reminders, move_reminders
from dosing.services.common import require_reason
from dosing.services.day_guards import refuse_injection_before_day_1, refuse_visit_before_day_1
from dosing.services.dose_guards import refuse_before_the_draw, refuse_second_that_day
from dosing.services.drafting import draft_injection, draft_visit, numbers
from dosing.services.stops import stop_at, treatment_ended_on
from trial.audit import record_about
from trial.clock import day_at, local
from trial.models import CurrentParticipant, Delegation, Participant, Status, WithdrawalScope
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal
from trial.screening.services import add_status, locked
from trial.wording import medium_day


class NothingPlanned(Refusal):
    """There is no such injection or visit in the participant's calendar."""

    code = "nothing_planned"
    status = 404


class AlreadyRecorded(Refusal):
    """It is recorded; only a correction with a reason may follow."""

    code = "already_recorded"


class OutOfWindow(Refusal):
    """The day lies outside the window; it can be recorded with the reason for the departure."""

    code = "out_of_window"
    status = 422


class OnHold(Refusal):
    """Treatment is on hold."""

    code = "on_hold"


class TreatmentEnded(Refusal):
    """Treatment, or the whole trial, has ended for this participant."""

    code = "treatment_ended"


@transaction.atomic
def record_injection(
    *,
    participant: Participant,
    number: int,
    outcome: str,
    by: Delegation,
    at: datetime,
    happened_at: datetime | None = None,
    place: str = "",
    body_site: str = "",
    given_by: str = "",
    reason: str = "",
    cause: str = "",
    deviation_reason: str = "",
    correction: bool = False,
) -> InjectionRecord:
    """Record that injection `number` was given, partly given or not given.

    `happened_at` is the moment of the injection (empty for a missed one). An injection outside its
    window is refused as OutOfWindow unless `deviation_reason` says why: what really happened is
    never kept out of the record; the same holds for a second injection on one day. A second record
    of one injection needs `correction` and a reason.
    Raises NothingPlanned, AlreadyRecorded, OutOfWindow, BeforeDay1, SecondThatDay, OnHold, TreatmentEnded or
    InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.RECORD, trial=participant.trial_id, site=participant.site)
    planned = _planned_injection(participant, number)
    _refuse_outcome(outcome, [value for value, _label in RECORDABLE])
    records = InjectionRecord.objects.filter(participant=participant, number=number)
    latest = records.order_by("-sequence").first()
    reopened = latest is not None and latest.outcome == InjectionOutcome.REOPENED
    sequence = latest.sequence + 1 if reopened and latest else _next_sequence(records, correction, reason)
    missed = outcome == InjectionOutcome.MISSED
    if missed:
        happened_at = None
        _refuse_missed_early(planned, participant, at)
    else:
        _refuse_moment(happened_at, participant, at)
    coded = _coded(cause, allowed=outcome != InjectionOutcome.GIVEN)
    if outcome != InjectionOutcome.GIVEN:
        reason = require_reason(reason)
    if happened_at is not None:
        refuse_before_the_draw(participant, happened_at)
        refuse_injection_before_day_1(planned, day_at(participant.site, happened_at))
        _refuse_stopped(participant, happened_at, deviation_reason or (reason if correction else ""))
        refuse_second_that_day(planned, participant, happened_at, deviation_reason)
    timing = (
        ""
        if happened_at is None
        else _timing(planned, day_at(participant.site, happened_at), deviation_reason)
    )
    row = InjectionRecord.objects.create(
        participant=participant,
        number=number,
        sequence=sequence,
        outcome=InjectionOutcome(outcome),
        happened_at=happened_at,
        timing=timing,
        place="" if missed else place,
        body_site="" if missed else body_site,
        given_by="" if missed else given_by or by.user.shown_name,
        reason=" · ".join(filter(None, [reason, deviation_reason.strip()])),
        cause=coded,
        recorded_by=by,
        recorded_at=at,
    )
    stopped = happened_at is not None and stop_at(participant, happened_at) is not None
    drafts = draft_injection(planned, row, participant, stopped=stopped, by=by, at=at)
    close_reminders(participant=participant, event=Event.injection(number))
    close_reminders(participant=participant, event=Event.course(planned.course_number))
    move_on(participant, by, at)
    body = {
        "body_site": row.body_site,
        "cause": row.cause,
        "deviations": numbers(drafts),
        "given_by": row.given_by,
        "happened_at": happened_at.isoformat() if happened_at else None,
        "injection": number,
        "outcome": outcome,
        "place": row.place,
        "reason": row.reason,
        "sequence": sequence,
        "timing": row.timing,
    }
    record_about(
        participant, "injection.corrected" if correction else "injection.recorded", by=by, at=at, body=body
    )
    return row


@transaction.atomic
def record_visit(
    *,
    participant: Participant,
    code: str,
    outcome: str,
    by: Delegation,
    at: datetime,
    day: date | None = None,
    reason: str = "",
    cause: str = "",
    deviation_reason: str = "",
    correction: bool = False,
) -> VisitRecord:
    """Record that a visit was done on `day`, missed, or moved to `day` (which may lie ahead).

    A moved visit may be recorded again without being called a correction. A day outside the
    window needs `deviation_reason`. Raises what `record_injection` raises.
    """
    participant = locked(participant)
    require(by, Permission.RECORD, trial=participant.trial_id, site=participant.site)
    planned = _planned_visit(participant, code)
    _refuse_visit_after_the_end(participant, VisitOutcome(outcome), day)
    rows = VisitRecord.objects.filter(participant=participant, code=code)
    latest = rows.order_by("-sequence").first()
    moved = latest is not None and latest.outcome == VisitOutcome.MOVED
    sequence = latest.sequence + 1 if moved and latest else _next_sequence(rows, correction, reason)
    expected = latest.day if moved and latest and latest.day else planned.date
    timing = _visit_timing(planned, expected, participant, VisitOutcome(outcome), day, deviation_reason, at)
    coded = _coded(cause, allowed=outcome != VisitOutcome.DONE)
    if outcome != VisitOutcome.DONE:
        reason = require_reason(reason)
    row = VisitRecord.objects.create(
        participant=participant,
        code=code,
        sequence=sequence,
        outcome=VisitOutcome(outcome),
        day=None if outcome == VisitOutcome.MISSED else day,
        timing=timing,
        reason=" · ".join(filter(None, [reason, deviation_reason.strip()])),
        cause=coded,
        recorded_by=by,
        recorded_at=at,
    )
    drafts = draft_visit(planned, row, participant, by=by, at=at)
    close_reminders(participant=participant, event=Event.visit(code))
    if outcome == VisitOutcome.MOVED and day is not None:
        move_reminders(participant=participant, code=code, day=day, at=at)
    move_on(participant, by, at)
    body = {
        "day": row.day.isoformat() if row.day else None,
        "cause": row.cause,
        "deviations": numbers(drafts),
        "outcome": outcome,
        "reason": row.reason,
        "sequence": sequence,
        "timing": timing,
        "visit": code,
    }
    record_about(participant, "visit.corrected" if correction else "visit.recorded", by=by, at=at, body=body)
    return row


def _coded(cause: str, *, allowed: bool) -> str | None:
    """The coded reason, if there is one; what was done in full has none."""
    if cause and (not allowed or cause not in Cause.values):
        sentence = _("What was done has no such reason; take it out, or correct the outcome.")
        raise InvalidInput(sentence, {"cause": sentence})
    return cause or None


def _planned_injection(participant: Participant, number: int) -> PlannedInjection:
    planned = PlannedInjection.objects.filter(
        plan__participant=participant, plan__superseded_at=None, number=number
    ).first()
    if planned is None:
        raise NothingPlanned(
            _("%(participant)s has no injection %(number)s in the calendar. Book day 1, or check the number.")
            % {"participant": participant.number, "number": number}
        )
    return planned


def _planned_visit(participant: Participant, code: str) -> PlannedVisit:
    planned = PlannedVisit.objects.filter(
        plan__participant=participant, plan__superseded_at=None, code=code
    ).first()
    if planned is None:
        raise NothingPlanned(
            _("%(participant)s has no visit %(code)s in the calendar. Book day 1, or check the code.")
            % {"participant": participant.number, "code": code}
        )
    return planned


def _next_sequence(rows, correction: bool, reason: str) -> int:  # type: ignore[no-untyped-def]
    last = rows.aggregate(last=Max("sequence"))["last"]
    if last is None:
        if correction:
            raise InvalidInput(_("There is nothing to correct yet. Record it first."))
        return 1
    if not correction:
        raise AlreadyRecorded(
            _("This is recorded already. Record a correction and say why; the first entry stays.")
        )
    require_reason(reason)
    return int(last) + 1


def _refuse_moment(happened_at: datetime | None, participant: Participant, at: datetime) -> None:
    if happened_at is None:
        sentence = _("Say when the injection was given.")
        raise InvalidInput(sentence, {"happened_at": sentence})
    if happened_at > at:
        sentence = _("%(moment)s is in the future. Record an injection when it has been given.") % {
            "moment": local(happened_at, participant.site).strftime("%Y-%m-%d %H:%M")
        }
        raise InvalidInput(sentence, {"happened_at": sentence})


def _refuse_outcome(outcome: str, known: list[str]) -> None:
    if outcome not in known:
        sentence = _("Say whether it was given, partly given or not given.")
        raise InvalidInput(sentence, {"outcome": sentence})


def _refuse_missed_early(planned: PlannedInjection, participant: Participant, at: datetime) -> None:
    """Refuse what cannot be missed yet, and what was not missed but fell away with the treatment."""
    end = treatment_ended_on(participant)
    if end is not None and planned.date > end:
        raise TreatmentEnded(
            _(
                "Treatment of %(number)s had ended by then; an injection that falls away is not missed. "
                "Record nothing."
            )
            % {"number": participant.number}
        )
    if day_at(participant.site, at) < planned.date:
        sentence = _("Injection %(number)s is planned for %(day)s; it cannot be missed before that day.") % {
            "number": planned.number,
            "day": medium_day(planned.date),
        }
        raise InvalidInput(sentence, {"outcome": sentence})


def _refuse_stopped(participant: CurrentParticipant, happened_at: datetime, deviation_reason: str) -> None:
    """Refuse an injection given while treatment was stopped; one given before the stop is a late entry.

    On hold or after the end of treatment a reason lets the truth in; after leaving the trial nothing does.
    """
    _refuse_after_death(participant, happened_at)
    stop = stop_at(participant, happened_at)
    if stop is None:
        return
    left = participant.current_status == Status.WITHDRAWN and stop.status != Status.ON_HOLD
    if left or not deviation_reason.strip():
        raise _stop_reason(participant, Status(stop.status))


def _refuse_after_death(participant: Participant, happened_at: datetime) -> None:
    row = participant.statuses.filter(scope=WithdrawalScope.DEATH).first()
    if row and row.ended_on and day_at(participant.site, happened_at) > row.ended_on:
        raise TreatmentEnded(
            _("%(number)s died before that day. Check the participant and the day.")
            % {"number": participant.number}
        )


def _refuse_visit_after_the_end(
    participant: CurrentParticipant, outcome: VisitOutcome, day: date | None
) -> None:
    """Of somebody who has left, only a visit that was done before is entered, late."""
    if participant.current_status != Status.WITHDRAWN:
        return
    latest = participant.statuses.order_by("-sequence")[0]
    last = latest.ended_on or day_at(participant.site, latest.at)
    if outcome != VisitOutcome.DONE or day is None or day > last:
        raise TreatmentEnded(
            _("%(number)s has left the trial. Only a visit that was done before can be entered.")
            % {"number": participant.number}
        )


def _stop_reason(participant: Participant, status: Status) -> Refusal:
    if status == Status.ON_HOLD:
        return OnHold(
            _("Treatment of %(number)s is on hold. Ask the investigator to release it first.")
            % {"number": participant.number}
        )
    return TreatmentEnded(
        _("Treatment of %(number)s has ended. Call the investigator before injecting.")
        % {"number": participant.number}
    )


def _timing(planned: PlannedInjection | PlannedVisit, day: date, deviation_reason: str) -> str:
    timing = Timing(judge(planned, day).value)
    if timing in {Timing.EARLY, Timing.LATE} and not deviation_reason.strip():
        sentence = _(
            "It is planned for %(planned)s (%(earliest)s to %(latest)s), not for %(day)s. "
            "Check the day; if it is right, say why it differs."
        ) % {
            "planned": medium_day(planned.date),
            "earliest": medium_day(planned.earliest),
            "latest": medium_day(planned.latest),
            "day": medium_day(day),
        }
        raise OutOfWindow(sentence, {"deviation_reason": sentence})
    return timing.value


def _visit_timing(
    planned: PlannedVisit,
    expected: date,
    participant: Participant,
    outcome: VisitOutcome,
    day: date | None,
    deviation_reason: str,
    at: datetime,
) -> str:
    today = day_at(participant.site, at)
    if outcome == VisitOutcome.MISSED:
        _refuse_visit_missed_early(planned, expected, today)
        return ""
    if day is None:
        sentence = _("Say on which day.")
        raise InvalidInput(sentence, {"day": sentence})
    refuse_visit_before_day_1(planned, day)
    if outcome == VisitOutcome.DONE and day > today:
        sentence = _("%(day)s is in the future. Give a day that has come.") % {"day": medium_day(day)}
        raise InvalidInput(sentence, {"day": sentence})
    if outcome == VisitOutcome.MOVED and day < today:
        sentence = _("%(day)s has passed. A visit is moved to a day that lies ahead.") % {
            "day": medium_day(day)
        }
        raise InvalidInput(sentence, {"day": sentence})
    return _timing(planned, day, deviation_reason)


def _refuse_visit_missed_early(planned: PlannedVisit, expected: date, today: date) -> None:
    if today < expected:
        sentence = _(
            "Visit %(code)s is expected on %(day)s; it cannot be missed before that day. Move it instead."
        ) % {"code": planned.code, "day": medium_day(expected)}
        raise InvalidInput(sentence, {"outcome": sentence})


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
    """Whether a visit has no record, or by its latest one is still to come."""
    rows = latest_visits(participant)
    over = [code for code, row in rows.items() if row.outcome != VisitOutcome.MOVED]
    planned = PlannedVisit.objects.filter(plan__participant=participant, plan__superseded_at=None)
    return planned.exclude(code__in=over).exists()
