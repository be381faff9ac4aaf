"""Drafting deviations inside the transaction of the act that departed. The caller writes the audit entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from dosing.core.deviations import (
    Departure,
    InjectionFacts,
    hold_departures,
    injection_departures,
    visit_departures,
)
from dosing.core.events import DeviationEvent
from dosing.models import (
    Deviation,
    DeviationKind,
    InjectionOutcome,
    InjectionRecord,
    Plan,
    PlannedInjection,
    PlannedVisit,
    VisitOutcome,
    VisitRecord,
)
from dosing.reading.latest_records import latest_records
from dosing.reading.versions import version_of
from dosing.services.plans import waits_of
from randomization.queries import envelope_of, randomized_at
from trial.models import CurrentParticipant, Delegation, Participant, ParticipantStatus, ProtocolVersion
from trial.wording.clock import day_at


def draft_injection(
    planned: PlannedInjection,
    row: InjectionRecord,
    participant: CurrentParticipant,
    *,
    stopped: bool,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """A draft for each way in which the recorded injection departs from its plan."""
    day = day_at(participant.site, row.happened_at) if row.happened_at else None
    first = day is not None and _is_first(row)
    facts = InjectionFacts(
        planned=planned,
        day=day,
        in_full=row.outcome == InjectionOutcome.GIVEN,
        stopped=stopped,
        same_drug_days=_other_days(planned, row) if day else (),
        last_day_1=_last_day_1(planned.plan, participant) if first else None,
        waited_until=_waited_until(participant) if first else None,
        consented_on=participant.signed_on,
    )
    departures, event = injection_departures(facts), DeviationEvent.INJECTION.named(row.number)
    return _drafts(row, event, departures, planned, day, by, at)


def draft_visit(
    planned: PlannedVisit, row: VisitRecord, participant: CurrentParticipant, *, by: Delegation, at: datetime
) -> list[Deviation]:
    """A draft for each way in which the recorded visit departs; one that is only moved has not yet."""
    if row.outcome == VisitOutcome.MOVED:
        return []
    departures = visit_departures(planned, row.day, participant.signed_on)
    return _drafts(row, DeviationEvent.VISIT.named(row.code), departures, planned, row.day, by, at)


def draft_hold(
    hold: ParticipantStatus, participant: Participant, *, by: Delegation | None, at: datetime
) -> list[Deviation]:
    """A draft if the hold has lasted beyond its last day and none has been drafted for it."""
    event, today = DeviationEvent.HOLD.named(hold.sequence), day_at(participant.site, at)
    if Deviation.objects.filter(participant=participant, event=event).exists():
        return []
    version = version_of(participant)
    return [
        draft(
            participant,
            departure,
            event,
            hold.sequence,
            version,
            by,
            at,
            latest=hold.until,
            happened_on=today,
        )
        for departure in hold_departures(hold.until, today)
    ]


def draft_longer_hold(
    hold: ParticipantStatus,
    participant: Participant,
    last: date | None,
    reason: str,
    *,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """A draft where a hold is meant from the first to last longer than the protocol allows."""
    version = version_of(participant)
    return [
        draft(
            participant,
            departure,
            DeviationEvent.HOLD.named(hold.sequence),
            hold.sequence,
            version,
            by,
            at,
            latest=last,
            happened_on=hold.until,
            reason=reason,
        )
        for departure in (hold_departures(last, hold.until) if hold.until else ())
    ]


def numbers(drafts: Iterable[Deviation]) -> list[int]:
    """The numbers of drafts, as an audit entry names them."""
    return [draft.number for draft in drafts]


def _drafts(
    row: InjectionRecord | VisitRecord,
    event: str,
    departures: Iterable[Departure],
    planned: PlannedInjection | PlannedVisit,
    day: date | None,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    return [
        draft(
            row.participant,
            departure,
            event,
            row.sequence,
            planned.plan.protocol_version,
            by,
            at,
            planned=planned.date,
            earliest=planned.earliest,
            latest=planned.latest,
            happened_on=day,
            reason=row.reason,
        )
        for departure in departures
    ]


def draft(
    participant: Participant,
    departure: Departure,
    event: str,
    record: int,
    version: ProtocolVersion,
    by: Delegation | None,
    at: datetime,
    **facts: date | str | None,
) -> Deviation:
    """Write one draft, with the next number of the participant. The caller holds the participant's lock."""
    return Deviation.objects.create(
        participant=participant,
        number=Deviation.objects.filter(participant=participant).count() + 1,
        kind=DeviationKind(departure.value),
        event=event,
        record=record,
        protocol_version=version,
        drafted_by=by,
        drafted_at=at,
        **facts,  # type: ignore[misc]
    )


def _other_days(planned: PlannedInjection, row: InjectionRecord) -> tuple[date, ...]:
    """The site's days on which other injections of the same drug were given, by their latest records."""
    same = planned.plan.injections.filter(drug=planned.drug).exclude(number=row.number).values("number")
    rows = InjectionRecord.objects.filter(participant=row.participant, number__in=same).order_by("sequence")
    latest = {other.number: other.happened_at for other in rows}
    return tuple(day_at(row.participant.site, moment) for moment in latest.values() if moment)


def _is_first(row: InjectionRecord) -> bool:
    """Whether it is the first injection: the planned first one, or the one after those that were missed."""
    if row.number == 1:
        return True
    before = latest_records().filter(participant=row.participant, number__lt=row.number)
    return before.filter(outcome=InjectionOutcome.MISSED).count() == row.number - 1


def _waited_until(participant: Participant) -> date | None:
    """The day after which day 1 may lie, by what happened before it: a vaccination, say."""
    return max((wait.over for wait in waits_of(participant)), default=None)


def _last_day_1(plan: Plan, participant: Participant) -> date | None:
    envelope = envelope_of(participant)
    drawn_at = randomized_at(envelope) if envelope else None
    if drawn_at is None:
        return None
    longest = plan.protocol_version.protocol.limits.max_days_to_first_injection
    return day_at(participant.site, drawn_at) + timedelta(days=longest)
