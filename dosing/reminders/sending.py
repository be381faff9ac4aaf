"""Sending reminders: claimed with a lease, sent, and accounted for.

The row decides. A tick may come twice, late or from three beats at once: a row is taken by one
conditional UPDATE, its message is checked against the present once more, and the outcome is
written only by whoever still holds the claim. A crash between the mail server's yes and our note
of it can send a message twice; both then carry the same Message-ID.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import assert_never

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from dosing.models import Heartbeat, Reminder, ReminderState
from dosing.reading.appointments import hour_of_event
from dosing.reminders.planning import kinds_open
from trial.audit import note_rows, record_about
from trial.core.protocol import ReminderEvent, ReminderFor
from trial.models import Delegation, Participant
from trial.permissions import Role
from trial.queries import contact_of, not_locked, with_status
from trial.wording.clock import day_at
from trial.wording.words import full_day

LEASE = timedelta(seconds=60)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
ENDS_THE_TICK = (DatabaseError, SoftTimeLimitExceeded)
"""Faults that say nothing about one message; the lease gives the rows to the next tick."""


Clock = Callable[[], datetime]


def send_due(*, at: datetime, batch: int = 50, clock: Clock | None = None) -> int:
    """Send every reminder that is due at `at`, over one mail connection a batch. Returns how many.

    What fell due on a day that has passed is marked and shown, not sent in the night after. A slow mail
    server takes minutes: each letter is entered with the moment that `clock` tells then. What could not be
    sent waits for another tick, also if its time comes during this one: else a tick might never end.
    """
    now = clock or (lambda: at)
    sent, connection = 0, get_connection()
    try:
        while claimed := _claim(at, batch, until=now() + LEASE):
            sent += _send_all(claimed, connection, now)
    finally:
        _hang_up(connection)
    return sent


def leave_heartbeat(*, at: datetime) -> None:
    """Note that a tick came to its end at this moment."""
    Heartbeat.objects.update_or_create(name="reminders", defaults={"at": at})


def _send_all(claimed: Sequence[Reminder], connection: BaseEmailBackend, now: Clock) -> int:
    """Send the claimed reminders. Where no mail server answers, all of them wait for a while."""
    sent = 0
    for place, reminder in enumerate(claimed):
        try:
            connection.open()
        except (SMTPException, OSError) as fault:
            for waiting in claimed[place:]:
                _wait(waiting, fault, now() + BACKOFF[0])
            break
        sent += _send(reminder, connection, now)
    return sent


def _hang_up(connection: BaseEmailBackend) -> None:
    """Leave nothing of this conversation to the next message, whatever state it is in."""
    with suppress(SMTPException, OSError):
        connection.close()


def _claim(at: datetime, batch: int, *, until: datetime | None = None) -> list[Reminder]:
    """Take up to `batch` rows that were due and held by nobody at that moment, until the lease ends."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    open_ = Reminder.objects.filter(not_locked("participant__trial"), free, state=ReminderState.OPEN)
    due = open_.filter(due_at__lte=at).order_by("due_at", "id")
    claim = uuid.uuid4()
    with transaction.atomic():
        ids = list(
            due.select_for_update(of=("self",), skip_locked=True, no_key=True).values_list("pk", flat=True)[
                :batch
            ]
        )
        Reminder.objects.filter(free, pk__in=ids, state=ReminderState.OPEN).update(
            claim=claim, claimed_until=until or at + LEASE, attempts=F("attempts") + 1
        )
    return list(
        Reminder.objects.filter(claim=claim, state=ReminderState.OPEN)
        .select_related("participant__site", "participant__trial")
        .order_by("due_at", "id")
    )


def _send(reminder: Reminder, connection: BaseEmailBackend, now: Clock) -> bool:
    """Send one claimed reminder; True when a message left.

    A row that cannot be sent must not stop the others, whatever is wrong with it.
    """
    state = None
    try:
        state = _present(reminder, now())
        messages = _messages(reminder) if state is None else []
        _deliver(messages, connection)
    except ENDS_THE_TICK:
        raise
    except Exception as fault:
        _failed(reminder, fault, now())
        return False
    outcome = ReminderState.SENT if messages else state or ReminderState.SKIPPED
    _settle(reminder, outcome, now())
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
    open_ = Participant.objects.filter(not_locked("trial"), pk=reminder.participant_id)
    if (participant := with_status(open_).first()) is None:  # the data were locked meanwhile
        return ReminderState.CANCELLED
    fresh = Reminder.objects.filter(pk=reminder.pk, claim=reminder.claim, state=ReminderState.OPEN)
    if reminder.announces.kind not in kinds_open(participant.current_status) or not fresh.exists():
        return ReminderState.CANCELLED
    if day_at(reminder.participant.site, at) > reminder.event_date:
        return ReminderState.OVERDUE
    return None


def _messages(reminder: Reminder) -> list[EmailMessage]:
    """One message for each recipient: the participant, or each study nurse of the site."""
    match recipient := ReminderFor(reminder.recipient):
        case ReminderFor.PARTICIPANT:
            contact = contact_of(reminder.participant)
            return [_message(reminder, contact.email, contact.language)] if contact else []
        case ReminderFor.SITE:
            return [_message(reminder, email, language) for email, language in _nurses(reminder)]
        case _:
            assert_never(recipient)


def _nurses(reminder: Reminder) -> list[tuple[str, str]]:
    """Address and language of each study nurse who works at the site now."""
    nurses = (
        Delegation.objects.running()
        .filter(
            Q(site=reminder.participant.site_id) | Q(site=None),
            trial=reminder.participant.trial_id,
            role=Role.STUDY_NURSE,
        )
        .exclude(user__email="")
    )
    people = nurses.order_by("user__email").values_list("user__email", "user__language").distinct()
    return [(email, language or "fr") for email, language in people]


def _message(reminder: Reminder, address: str, language: str) -> EmailMessage:
    """A message that says a code, a day with its hour, and a place: no trial, drug, disease or arm."""
    with translation.override(language):
        said = {
            "participant_number": reminder.participant.number,
            "day": _when(reminder),
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


def _when(reminder: Reminder) -> str:
    """The day, and the hour of the appointment as it stands when the letter leaves."""
    hour = hour_of_event(reminder.participant, reminder.announces)
    day = full_day(reminder.event_date)
    return f"{day}, {hour:%H:%M}" if hour else day


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
        sent_at = at if state == ReminderState.SENT else None
        if mine.update(state=state, claimed_until=None, sent_at=sent_at):
            reminder.state, reminder.sent_at = state, sent_at
            note_rows([reminder])
            person, body = reminder.participant, {"reminder": reminder.key}
            record_about(person, f"reminder.{state.value}", by=None, at=at, body=body)


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
