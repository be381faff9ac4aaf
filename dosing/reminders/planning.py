"""Reminders as rows: planned with a calendar, moved, closed, cancelled and opened again with it.

All of it runs inside the transaction of the act that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import assert_never

from django.db.models import Q, QuerySet

from dosing.core.events import FOLLOW_UP, Event, prefix
from dosing.core.planned import Calendar
from dosing.core.reminders import DueReminder, due_at, due_reminders
from dosing.core.stops import Treatment
from dosing.models import Plan, Reminder, ReminderState, VisitOutcome, VisitRecord
from dosing.reading.latest_records import latest_visits, outcomes_of
from dosing.reading.treatment import stops_by, treatment_of
from trial.core.protocol import Protocol, ReminderEvent, ReminderFor, ReminderRule
from trial.models import ContactDetails, CurrentParticipant, Participant, Trial
from trial.queries import standing_rows
from trial.wording.clock import day_at


def kinds_open(status: str) -> tuple[ReminderEvent, ...]:
    """What somebody in that status is reminded of; the rest waits, or is over."""
    match treatment := treatment_of(status):
        case Treatment.GOES_ON:
            return tuple(ReminderEvent)
        case Treatment.HELD | Treatment.OVER:
            return FOLLOW_UP
        case Treatment.LEFT:
            return ()
        case _:
            assert_never(treatment)


def plan_reminders(
    *, participant: CurrentParticipant, calendar: Calendar, protocol: Protocol, at: datetime
) -> None:
    """Write a row for each reminder of the calendar, and cancel the open ones of an earlier plan.

    Where the moment has passed and the event still lies ahead, the reminder is due at once; of today's
    events nobody is reminded any more. Of what is recorded nobody is reminded; of a visit that was
    moved by hand on the day to which it was moved; while treatment is held or has ended, what it concerns
    is written down but not opened. Runs inside the transaction that wrote the plan.
    """
    current, codes = _current_keys(participant), {rule.code for rule in protocol.reminders}
    gone = [
        row.pk
        for row in _open(participant)
        if (row.event, row.event_date) not in current or row.rule not in codes
    ]
    Reminder.objects.filter(pk__in=gone).update(state=ReminderState.CANCELLED)
    planned = due_reminders(protocol, calendar, zone=participant.site.zone)
    rules = (*planned, *_of_moved(participant, protocol))
    wanted = [due for due in rules if (str(due.event), due.event_date) in current]
    kinds = kinds_open(participant.current_status)
    open_ones = [due for due in wanted if due.event.kind in kinds]
    waiting = [due for due in wanted if due not in open_ones]
    _at_their_hour(participant, _ahead(participant, wanted, at), at)
    _write(participant, _ahead(participant, open_ones, at), ReminderState.OPEN, at)
    _write(participant, _ahead(participant, waiting, at), ReminderState.CANCELLED, at)


def _of_moved(participant: Participant, protocol: Protocol) -> Iterator[DueReminder]:
    """The reminders of visits that were moved by hand, on the days to which they were moved."""
    zone = participant.site.tzinfo
    moved = [row for row in latest_visits(participant).values() if row.outcome == VisitOutcome.MOVED]
    for row in moved:
        for rule in protocol.reminders:
            if rule.event is ReminderEvent.VISIT and row.day:
                yield DueReminder(rule, Event.visit(row.code), row.day, due_at(rule, row.day, zone))


def _at_their_hour(participant: Participant, wanted: Mapping[str, DueReminder], at: datetime) -> None:
    """What is not sent yet is due when the version of the protocol says that counts now."""
    unsent = Reminder.objects.filter(state__in=(ReminderState.OPEN, ReminderState.CANCELLED))
    moved = [
        row
        for row in unsent.filter(participant=participant, key__in=wanted)
        if row.due_at != wanted[row.key].due_at
    ]
    for row in moved:
        row.due_at = max(wanted[row.key].due_at, at)
    if moved:
        unsent.bulk_update(moved, ["due_at"])


def move_reminders(*, participant: CurrentParticipant, code: str, day: date, at: datetime) -> None:
    """Ask for reminders of a visit on the day to which it was moved."""
    zone, event = participant.site.tzinfo, Event.visit(code)
    moved = [
        DueReminder(rule, event, day, due_at(rule, day, zone))
        for rule in _rules(participant)
        if rule.event is event.kind
    ]
    waits = event.kind not in kinds_open(participant.current_status)
    state = ReminderState.CANCELLED if waits else ReminderState.OPEN
    _write(participant, _ahead(participant, moved, at), state, at)


def _rules(participant: Participant) -> tuple[ReminderRule, ...]:
    """The rules of the protocol version that planned the calendar."""
    plan = participant.plans.filter(superseded_at=None).select_related("protocol_version").get()  # type: ignore[attr-defined]
    rules: tuple[ReminderRule, ...] = plan.protocol_version.protocol.reminders
    return rules


def _ahead(
    participant: Participant, reminders: Iterable[DueReminder], at: datetime
) -> dict[str, DueReminder]:
    """Those whose moment or whose event still lies ahead, by their key."""
    today = day_at(participant.site, at)
    return {
        f"{participant.trial_id}/{participant.number}/{due.key_suffix}": due
        for due in reminders
        if due.due_at > at or due.event_date > today
    }


def _write(
    participant: Participant, wanted: Mapping[str, DueReminder], state: ReminderState, at: datetime
) -> None:
    """A row for each; one that was cancelled before is taken up again.

    A row that asks for what the participant has taken back the consent to is written down cancelled.
    """
    unwanted = set()
    if state == ReminderState.OPEN and not _may_be_written_to(participant):
        unwanted = {key for key, due in wanted.items() if due.rule.to is ReminderFor.PARTICIPANT}
    rows = Reminder.objects.filter(participant=participant, key__in=wanted)
    rows.filter(state=ReminderState.CANCELLED).exclude(key__in=unwanted).update(state=state)
    Reminder.objects.bulk_create(
        [
            Reminder(
                key=key,
                participant=participant,
                rule=due.rule.code,
                recipient=due.rule.to.value,
                event=str(due.event),
                event_date=due.event_date,
                due_at=max(due.due_at, at),
                state=ReminderState.CANCELLED if key in unwanted else state,
            )
            for key, due in wanted.items()
        ],
        ignore_conflicts=True,
    )


def _may_be_written_to(participant: Participant) -> bool:
    """Whether the consent to reminders was not taken back; it need not have been given yet."""
    latest = ContactDetails.objects.filter(participant=participant).order_by("-id").first()
    return latest is None or latest.withdrawn_at is None


def close_reminders(*, participant: Participant, event: Event) -> None:
    """Nobody is reminded of what has happened."""
    _open(participant).filter(event=str(event)).update(state=ReminderState.CANCELLED)


def cancel_reminders(
    *,
    participant: Participant,
    recipient: ReminderFor | None = None,
    kinds: Sequence[ReminderEvent] | None = None,
) -> None:
    """Cancel the participant's open reminders: all, or those of one recipient or of some kinds of event."""
    rows = _open(participant)
    if recipient is not None:
        rows = rows.filter(recipient=recipient)
    if kinds is not None:
        rows = rows.filter(_of(kinds))
    rows.update(state=ReminderState.CANCELLED)


def cancel_reminders_of(trial: Trial) -> None:
    """Cancel every open reminder of a trial, as its data are locked."""
    rows = Reminder.objects.filter(participant__trial=trial, state=ReminderState.OPEN)
    rows.update(state=ReminderState.CANCELLED)


def reopen_reminders(
    *, participant: Participant, at: datetime, kinds: Sequence[ReminderEvent] | None = None
) -> None:
    """Open again what was cancelled, as far as it lies ahead and belongs to the current plan.

    Where the moment has passed and the event still lies ahead, the reminder is due at once. Whoever
    has taken back the consent to reminders gets none.
    """
    ahead = Q(due_at__gt=at) | Q(event_date__gt=day_at(participant.site, at))
    rows = Reminder.objects.filter(ahead, participant=participant, state=ReminderState.CANCELLED)
    if kinds is not None:
        rows = rows.filter(_of(kinds))
    if not _may_be_written_to(participant):
        rows = rows.exclude(recipient=ReminderFor.PARTICIPANT)
    current = _current_keys(participant)
    rules = {rule.code for rule in _rules(participant)} if current else set()
    keep = [row.pk for row in rows if (row.event, row.event_date) in current and row.rule in rules]
    Reminder.objects.filter(pk__in=keep).update(state=ReminderState.OPEN)


def _current_keys(participant: Participant) -> set[tuple[str, object]]:
    """The (event, date) pairs that the present plan still expects; a visit on the day it was moved to."""
    plan = participant.plans.filter(superseded_at=None).prefetch_related("injections", "visits").first()
    if plan is None:
        return set()
    done, visited = outcomes_of(participant), latest_visits(participant)
    fallen = {str(Event.visit(code)) for code in _fallen(participant, plan, visited)}
    return {
        (str(event), day)
        for kind in ReminderEvent
        for event, day in _expected(kind, plan, done, visited)
        if str(event) not in fallen
    }


def _fallen(participant: Participant, plan: Plan, visited: Mapping[str, VisitRecord]) -> set[str]:
    """The visits that fell away with a treatment that was ended early."""
    ending = [visit for visit in plan.visits.all() if visit.falls_away]
    early = stops_by(standing_rows(participant)).early if ending else None
    moved = {code: row.day for code, row in visited.items() if row.day}
    return {visit.code for visit in ending if early and early.stops(moved.get(visit.code, visit.date))}


def cancel_fallen(participant: Participant) -> None:
    """Nobody is reminded of visits that fell away with the treatment."""
    plan = participant.plans.filter(superseded_at=None).prefetch_related("visits").first()  # type: ignore[attr-defined]
    if plan is None or not any(visit.falls_away for visit in plan.visits.all()):
        return
    fallen = _fallen(participant, plan, latest_visits(participant))
    events = [str(Event.visit(code)) for code in fallen]
    _open(participant).filter(event__in=events).update(state=ReminderState.CANCELLED)


def _expected(
    kind: ReminderEvent, plan: Plan, done: Mapping[int, str], visited: Mapping[str, VisitRecord]
) -> Iterator[tuple[Event, date]]:
    """The events of one kind that are still expected: none that is recorded, no course that has begun."""
    injections = list(plan.injections.all())
    match kind:
        case ReminderEvent.INJECTION:
            yield from (
                (Event.injection(row.number), row.date) for row in injections if row.number not in done
            )
        case ReminderEvent.COURSE:
            firsts = {row.course_number: row for row in reversed(injections)}
            begun = {row.course_number for row in injections if row.number in done}
            yield from ((Event.course(n), row.date) for n, row in firsts.items() if n not in begun)
        case ReminderEvent.VISIT:
            for visit in plan.visits.all():
                record = visited.get(visit.code)
                if record is None or record.outcome == VisitOutcome.MOVED:
                    yield Event.visit(visit.code), record.day if record and record.day else visit.date
        case _:
            assert_never(kind)


def _of(kinds: Sequence[ReminderEvent]) -> Q:
    condition = Q(pk__in=[])
    for kind in kinds:
        condition |= Q(event__startswith=prefix(kind))
    return condition


def _open(participant: Participant) -> QuerySet[Reminder]:
    return Reminder.objects.filter(participant=participant, state=ReminderState.OPEN)
