"""The story of a participant: one order, whatever the order in which rows lie in the database."""

from __future__ import annotations

import uuid

from dosing.models import Reminder, ReminderState
from dosing.reading.history import story
from tests.site_fixture import SiteFixture, paris

SENT = paris("2015-10-11 18:00")


def test_what_was_sent_at_one_moment_stands_in_the_order_of_days_and_recipients(ward: SiteFixture) -> None:
    """A database may give rows of one moment in any order; how rows lie follows from who wrote when."""
    participant = ward.booked(email="a@home.example")
    rows = list(participant.reminders.order_by("event_date", "recipient")[:6])
    participant.reminders.all().delete()
    for row in reversed(rows):
        row.pk, row.state, row.sent_at = uuid.uuid4(), ReminderState.SENT, SENT
    Reminder.objects.bulk_create(reversed(rows))
    told = [event.what for event in story(participant, None) if event.at == SENT]

    participant.reminders.all().delete()
    Reminder.objects.bulk_create(rows)
    assert [event.what for event in story(participant, None) if event.at == SENT] == told
    assert len(told) > 2


def test_no_reminder_stands_between_what_was_done(ward: SiteFixture) -> None:
    participant = ward.booked(email="a@home.example")
    participant.reminders.update(state=ReminderState.SENT, sent_at=SENT)
    told = story(participant, None)
    assert any(event.reminder for event in told)
    assert [("reminded of" in event.what) == event.reminder for event in told] == [True] * len(told)
