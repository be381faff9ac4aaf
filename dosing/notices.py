"""Reminders: planned as rows, claimed with a lease, sent, and accounted for.

The row decides. A tick may come twice, late or from three beats at once: a row is taken by one
conditional UPDATE, its message is checked against the present once more, and the outcome is
written only by whoever still holds the claim. A crash between the mail server's yes and our note
of it can send a message twice; both then carry the same Message-ID.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import assert_never

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from dosing.core.calendar import Calendar
from dosing.core.events import FOLLOW_UP, Event, prefix
from dosing.core.reminders import DueReminder, due_at, due_reminders
from dosing.models import Plan, Reminder, ReminderState, VisitOutcome, VisitRecord
from dosing.reading.latest_records import latest_visits, outcomes_of
from dosing.trail import enter_by_system
from trial.clock import day_at
from trial.core.protocol import Protocol, ReminderEvent, ReminderFor, ReminderRule
from trial.models import ContactDetails, Delegation, Participant, Status
from trial.permissions import Role
from trial.queries import contact_of, with_status
from trial.wording import full_day

LEASE = timedelta(seconds=60)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
ENDS_THE_TICK = (DatabaseError, SoftTimeLimitExceeded)
"""Faults that say nothing about one message; the lease gives the rows to the next tick."""
STOPPED = {Status.ON_HOLD, Status.WITHDRAWN, Status.COMPLETED}


# --- Planning ------------------------------------------------------------------------------------


def plan_reminders(*, participant: Participant, calendar: Calendar, protocol: Protocol, at: datetime) -> None:
    """Write a row for each reminder of the calendar, and cancel the open ones of an earlier plan.

    Where the moment has passed and the event still lies ahead, the reminder is due at once; of today's
    events nobody is reminded any more. Of what is recorded nobody is reminded; a visit that was moved by
    hand keeps its reminders; while treatment is held or has ended, what it concerns is written down but
    not opened. Runs inside the transaction that wrote the plan.
    """
    current, codes = _current_keys(participant), {rule.code for rule in protocol.reminders}
    gone = [
        row.pk
        for row in _open(participant)
        if (row.event, row.event_date) not in current or row.rule not in codes
    ]
    Reminder.objects.filter(pk__in=gone).update(state=ReminderState.CANCELLED)
    rules = due_reminders(protocol, calendar, zone=participant.site.zone)
    wanted = [due for due in rules if (str(due.event), due.event_date) in current]
    after_treatment = [due for due in wanted if due.event.kind in FOLLOW_UP]
    status = participant.current_status  # type: ignore[attr-defined]
    open_ones = [] if status in STOPPED else after_treatment if status == Status.FOLLOW_UP else wanted
    waiting = [due for due in wanted if due not in open_ones]
    for key, due in _ahead(participant, wanted, at).items():
        unsent = Reminder.objects.filter(key=key, state__in=(ReminderState.OPEN, ReminderState.CANCELLED))
        unsent.exclude(due_at=due.due_at).update(
            due_at=max(due.due_at, at)
        )  # another hour, by another version
    _write(participant, _ahead(participant, open_ones, at), ReminderState.OPEN, at)
    _write(participant, _ahead(participant, waiting, at), ReminderState.CANCELLED, at)


def move_reminders(*, participant: Participant, code: str, day: date, at: datetime) -> None:
    """Ask for reminders of a visit on the day to which it was moved; during a hold they wait for its end."""
    zone, event = participant.site.tzinfo, Event.visit(code)
    moved = [
        DueReminder(rule, event, day, due_at(rule, day, zone))
        for rule in _rules(participant)
        if rule.event is event.kind
    ]
    stopped = participant.current_status in STOPPED  # type: ignore[attr-defined]
    state = ReminderState.CANCELLED if stopped else ReminderState.OPEN
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
    *, participant: Participant, recipient: str = "", kinds: Sequence[ReminderEvent] | None = None
) -> None:
    """Cancel the participant's open reminders: all, or those of one recipient or of some kinds of event."""
    rows = _open(participant)
    if recipient:
        rows = rows.filter(recipient=recipient)
    if kinds is not None:
        rows = rows.filter(_of(kinds))
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
    return {
        (str(event), day) for kind in ReminderEvent for event, day in _expected(kind, plan, done, visited)
    }


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


# --- Sending -------------------------------------------------------------------------------------


def send_due(*, at: datetime, batch: int = 50) -> int:
    """Send every reminder that is due at `at`, over one mail connection a batch. Returns how many.

    What fell due on a day that has passed is marked and shown, not sent in the night after.
    """
    sent, connection = 0, get_connection()
    try:
        while claimed := _claim(at, batch):
            sent += _send_all(claimed, connection, at)
    finally:
        _hang_up(connection)
    return sent


def _send_all(claimed: Sequence[Reminder], connection: BaseEmailBackend, at: datetime) -> int:
    """Send the claimed reminders. Where no mail server answers, all of them wait for a while."""
    sent = 0
    for place, reminder in enumerate(claimed):
        try:
            connection.open()
        except (SMTPException, OSError) as fault:
            for waiting in claimed[place:]:
                _wait(waiting, fault, at + BACKOFF[0])
            break
        sent += _send(reminder, connection, at)
    return sent


def _hang_up(connection: BaseEmailBackend) -> None:
    """Leave nothing of this conversation to the next message, whatever state it is in."""
    with suppress(SMTPException, OSError):
        connection.close()


def _claim(at: datetime, batch: int) -> list[Reminder]:
    """Take up to `batch` due rows that nobody holds, for the length of a lease."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    due = Reminder.objects.filter(free, state=ReminderState.OPEN, due_at__lte=at).order_by("due_at", "id")
    claim = uuid.uuid4()
    with transaction.atomic():
        ids = list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:batch])
        Reminder.objects.filter(free, pk__in=ids, state=ReminderState.OPEN).update(
            claim=claim, claimed_until=at + LEASE, attempts=F("attempts") + 1
        )
    return list(
        Reminder.objects.filter(claim=claim, state=ReminderState.OPEN)
        .select_related("participant__site", "participant__trial")
        .order_by("due_at", "id")
    )


def _send(reminder: Reminder, connection: BaseEmailBackend, at: datetime) -> bool:
    """Send one claimed reminder; True when a message left.

    A row that cannot be sent must not stop the others, whatever is wrong with it.
    """
    state = _present(reminder, at)
    try:
        messages = _messages(reminder) if state is None else []
        _deliver(messages, connection)
    except ENDS_THE_TICK:
        raise
    except Exception as fault:
        _failed(reminder, fault, at)
        return False
    outcome = ReminderState.SENT if messages else state or ReminderState.SKIPPED
    _settle(reminder, outcome, at)
    return outcome == ReminderState.SENT


def _deliver(messages: Sequence[EmailMessage], connection: BaseEmailBackend) -> None:
    """Send each message, and raise a fault only if none left: a full mailbox keeps no colleague waiting."""
    faults = []
    for message in messages:
        message.connection = connection
        try:
            message.send()
        except ENDS_THE_TICK:
            raise
        except Exception as fault:
            faults.append(fault)
            _hang_up(connection)
    if faults and len(faults) == len(messages):
        raise next((fault for fault in faults if not _is_final(fault)), faults[0])


def _present(reminder: Reminder, at: datetime) -> ReminderState | None:
    """What stands in the way now: read afresh, since much can happen between planning and sending."""
    participant = with_status(Participant.objects.filter(pk=reminder.participant_id)).get()
    fresh = Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim, state=ReminderState.OPEN)
    if participant.current_status in STOPPED or not fresh.exists():  # type: ignore[attr-defined]
        return ReminderState.CANCELLED
    if day_at(reminder.participant.site, at) > reminder.event_date:
        return ReminderState.OVERDUE
    return None


def _messages(reminder: Reminder) -> list[EmailMessage]:
    """One message for each recipient: the participant, or each study nurse of the site."""
    if reminder.recipient == ReminderFor.PARTICIPANT:
        contact = contact_of(reminder.participant)
        return [_message(reminder, contact.email, contact.language)] if contact else []
    nurses = Delegation.objects.filter(
        Q(site=reminder.participant.site_id) | Q(site=None),
        trial=reminder.participant.trial_id,
        role=Role.STUDY_NURSE,
        ended_at=None,
        user__is_active=True,
    ).exclude(user__email="")
    people = nurses.order_by("user__email").values_list("user__email", "user__language").distinct()
    return [_message(reminder, email, language or "fr") for email, language in people]


def _message(reminder: Reminder, address: str, language: str) -> EmailMessage:
    """A message that says a code, a day and a place: no trial, drug, disease or arm."""
    with translation.override(language):
        said = {
            "participant_number": reminder.participant.number,
            "day": full_day(reminder.event_date),
        }
        context = {
            "participant_number": reminder.participant.number,
            "announcement": _announcement(reminder.announces.kind) % said,
            "day": said["day"],
            "site_name": reminder.participant.site.name,
            "for_site": reminder.recipient == ReminderFor.SITE,
        }
        subject = render_to_string("emails/reminder_subject.txt", context).strip()
        body = render_to_string("emails/reminder.txt", context)
    mark = hashlib.sha256(f"{reminder.pk}/{address}".encode()).hexdigest()[:32]
    return EmailMessage(subject, body, to=[address], headers={"Message-ID": f"<{mark}@velum>"})


def _announcement(kind: ReminderEvent) -> str:
    """The sentence for the team at the site."""
    match kind:
        case ReminderEvent.INJECTION:
            return _("Participant %(participant_number)s has an appointment on %(day)s.")
        case ReminderEvent.COURSE:
            return _("A course of participant %(participant_number)s begins on %(day)s.")
        case ReminderEvent.VISIT:
            return _("Participant %(participant_number)s has a visit on %(day)s.")
        case _:
            assert_never(kind)


def _settle(reminder: Reminder, state: ReminderState, at: datetime) -> None:
    """Write the outcome, unless somebody else has taken the row over meanwhile."""
    with transaction.atomic():
        mine = Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim, state=ReminderState.OPEN)
        changed = mine.update(
            state=state, claimed_until=None, sent_at=at if state == ReminderState.SENT else None
        )
        if changed:
            enter_by_system(f"reminder.{state.value}", reminder.participant, at, {"reminder": reminder.key})


def _failed(reminder: Reminder, fault: Exception, at: datetime) -> None:
    """Give up where the address is refused for good; else try again until the event's day has passed."""
    if _is_final(fault):
        Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim).update(failure=type(fault).__name__)
        _settle(reminder, ReminderState.FAILED, at)
    else:
        _wait(reminder, fault, at + BACKOFF[min(reminder.attempts, len(BACKOFF)) - 1])


def _wait(reminder: Reminder, fault: Exception, until: datetime) -> None:
    """Leave the row alone until that moment, and note what went wrong."""
    mine = Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim)
    mine.update(claimed_until=until, failure=type(fault).__name__)


def _is_final(fault: Exception) -> bool:
    """Whether the mail server said no for good (5xx)."""
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in fault.recipients.values())
    return isinstance(fault, SMTPResponseException) and fault.smtp_code >= 500
