"""Reminders: planned as rows, claimed with a lease, sent, and accounted for.

The row decides. A tick may come twice, late or from three beats at once: a row is taken by one
conditional UPDATE, its message is checked against the present once more, and the outcome is
written only by whoever still holds the claim. A crash between the mail server's yes and our note
of it can send a message twice; both then carry the same Message-ID.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from dosing.core.calendar import Calendar
from dosing.core.reminders import due_reminders
from dosing.models import Reminder, ReminderState
from dosing.trail import enter_by_system
from trial.clock import day_at
from trial.core.protocol import Protocol, ReminderFor
from trial.models import Delegation, Participant, Status
from trial.permissions import Role
from trial.queries import contact_of, with_status

LEASE = timedelta(seconds=60)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
STOPPED = {Status.ON_HOLD, Status.WITHDRAWN, Status.COMPLETED}


# --- Planning ------------------------------------------------------------------------------------


def plan_reminders(*, participant: Participant, calendar: Calendar, protocol: Protocol, at: datetime) -> None:
    """Write a row for each reminder of the calendar, and cancel the open ones of an earlier plan.

    Runs inside the booking's transaction. Where the moment has passed and the event still lies
    ahead, the reminder is due at once; of today's events nobody is reminded any more.
    """
    today = day_at(participant.site, at)
    wanted = {
        f"{participant.trial_id}/{participant.number}/{due.key_suffix}": due
        for due in due_reminders(protocol, calendar, zone=participant.site.zone)
        if due.due_at > at or due.event_date > today
    }
    rows = Reminder.objects.filter(participant=participant)
    rows.filter(state=ReminderState.OPEN).exclude(key__in=wanted).update(state=ReminderState.CANCELLED)
    rows.filter(state=ReminderState.CANCELLED, key__in=wanted).update(state=ReminderState.OPEN)
    Reminder.objects.bulk_create(
        [
            Reminder(
                key=key,
                participant=participant,
                rule=due.rule.code,
                recipient=due.rule.to.value,
                event=due.event_code,
                event_date=due.event_date,
                due_at=max(due.due_at, at),
            )
            for key, due in wanted.items()
        ],
        ignore_conflicts=True,
    )


def close_reminders(*, participant: Participant, event: str) -> None:
    """Nobody is reminded of what has happened."""
    _open(participant).filter(event=event).update(state=ReminderState.CANCELLED)


def cancel_reminders(
    *, participant: Participant, recipient: str = "", events: Sequence[str] | None = None
) -> None:
    """Cancel the participant's open reminders: all, or those of one recipient or kind of event."""
    rows = _open(participant)
    if recipient:
        rows = rows.filter(recipient=recipient)
    if events is not None:
        rows = rows.filter(_starting(events))
    rows.update(state=ReminderState.CANCELLED)


def reopen_reminders(*, participant: Participant, at: datetime, events: Sequence[str] | None = None) -> None:
    """Open again what a hold cancelled, as far as it lies ahead and belongs to the current plan."""
    rows = Reminder.objects.filter(participant=participant, state=ReminderState.CANCELLED, due_at__gt=at)
    if events is not None:
        rows = rows.filter(_starting(events))
    current = _current_keys(participant)
    keep = [row.pk for row in rows if (row.event, row.event_date) in current]
    Reminder.objects.filter(pk__in=keep).update(state=ReminderState.OPEN)


def _current_keys(participant: Participant) -> set[tuple[str, object]]:
    """The (event, date) pairs of the participant's current plan that are not recorded yet."""
    plan = participant.plans.filter(superseded_at=None).first()  # type: ignore[attr-defined]
    if plan is None:
        return set()
    done = set(participant.injection_records.values_list("number", flat=True))  # type: ignore[attr-defined]
    seen = set(
        participant.visit_records.exclude(outcome="moved").values_list("code", flat=True)  # type: ignore[attr-defined]
    )
    injections = list(plan.injections.all())
    keys: set[tuple[str, object]] = {
        (f"injection:{row.number}", row.date) for row in injections if row.number not in done
    }
    firsts: dict[int, object] = {}
    for row in injections:
        firsts.setdefault(row.course_number, row.date)
    keys |= {(f"course:{number}", day) for number, day in firsts.items()}
    keys |= {(f"visit:{row.code}", row.date) for row in plan.visits.all() if row.code not in seen}
    return keys


def _starting(events: Sequence[str]) -> Q:
    condition = Q(pk__in=[])
    for prefix in events:
        condition |= Q(event__startswith=prefix)
    return condition


def _open(participant: Participant) -> QuerySet[Reminder]:
    return Reminder.objects.filter(participant=participant, state=ReminderState.OPEN)


# --- Sending -------------------------------------------------------------------------------------


def send_due(*, at: datetime, batch: int = 50) -> int:
    """Send every reminder that is due at `at`, over one mail connection a batch. Returns how many.

    What fell due on a day that has passed is marked and shown, not sent in the night after.
    """
    sent = 0
    while claimed := _claim(at, batch):
        with get_connection() as connection:
            sent += sum(_send(reminder, connection, at) for reminder in claimed)
    return sent


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
    """Send one claimed reminder; True when a message left."""
    state = _present(reminder, at)
    messages = _messages(reminder) if state is None else []
    if state is None and not messages:
        state = ReminderState.SKIPPED
    if state is not None:
        _settle(reminder, state, at)
        return False
    try:
        for message in messages:
            message.connection = connection
            message.send()
    except (SMTPException, OSError) as fault:
        _failed(reminder, fault, at)
        return False
    _settle(reminder, ReminderState.SENT, at)
    return True


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
        context = {
            "participant_number": reminder.participant.number,
            "kind": reminder.event.partition(":")[0],
            "day": date_format(reminder.event_date, "l j F Y"),
            "site_name": reminder.participant.site.name,
            "for_site": reminder.recipient == ReminderFor.SITE,
        }
        subject = render_to_string("emails/reminder_subject.txt", context).strip()
        body = render_to_string("emails/reminder.txt", context)
    mark = hashlib.sha256(f"{reminder.pk}/{address}".encode()).hexdigest()[:32]
    return EmailMessage(subject, body, to=[address], headers={"Message-ID": f"<{mark}@velum>"})


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
    """Try again later, or give up where the address is refused for good or the tries are used up."""
    final = _is_final(fault) or reminder.attempts > len(BACKOFF)
    failure = f"{type(fault).__name__}"
    if final:
        Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim).update(failure=failure)
        _settle(reminder, ReminderState.FAILED, at)
        return
    later = at + BACKOFF[min(reminder.attempts, len(BACKOFF)) - 1]
    Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim).update(claimed_until=later, failure=failure)


def _is_final(fault: Exception) -> bool:
    """Whether the mail server said no for good (5xx)."""
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in fault.recipients.values())
    return isinstance(fault, SMTPResponseException) and fault.smtp_code >= 500
