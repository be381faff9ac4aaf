"""Ticks at the same moment, from threads and from Celery workers: each message leaves once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone

from dosing.models import Reminder, ReminderState
from dosing.reminders import sending
from dosing.reminders.sending import send_due
from tests.at_once import Meeting, at_once
from tests.dosing.letterbox import Letterbox
from tests.servers.processes import wait_until
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import new_trial
from trial.models import AuditEntry

EVENING = paris("2015-10-11 18:00")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ward(transactional_db: None) -> SiteFixture:
    return SiteFixture(new_trial())


@pytest.mark.parametrize("workers", [2, 3])
def test_several_workers_send_each_message_once(ward: SiteFixture, post: Letterbox, workers: int) -> None:
    for name in "abcdef":
        ward.booked(MONDAY, email=f"{name}@example.org")
    outcomes = at_once(*[lambda: send_due(at=EVENING, batch=3)] * workers)
    assert sum(outcomes) == 12  # type: ignore[arg-type]
    assert Counter(post.to()) == {f"{name}@example.org": 2 for name in "abcdef"}
    assert AuditEntry.objects.filter(action="reminder.sent").count() == 12


def second_worker_while_the_first_sends(
    ward: SiteFixture, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> int:
    """One message is in the hands of a worker when another one ticks; how many letters arrive."""
    ward.booked(MONDAY, email="anne@example.org")
    Reminder.objects.exclude(event="visit:V1", recipient="participant").update(state="cancelled")
    in_hand, send = threading.Event(), Meeting().before(EmailMessage.send)

    def slowly(message: EmailMessage) -> int:
        in_hand.set()
        return int(send(message))

    monkeypatch.setattr(EmailMessage, "send", slowly)
    at_once(lambda: send_due(at=EVENING), lambda: in_hand.wait(10) and send_due(at=EVENING))
    return len(post.letters)


def test_what_one_worker_sends_no_other_one_takes(
    ward: SiteFixture, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert second_worker_while_the_first_sends(ward, post, monkeypatch) == 1


def claim_whatever_is_due(at: datetime, batch: int, until: datetime) -> list[Reminder]:
    """What `_claim` does, without the condition that nobody holds the row."""
    claim = uuid.uuid4()
    due = Reminder.objects.filter(state=ReminderState.OPEN, due_at__lte=at)
    due.update(claim=claim, claimed_until=until)
    return list(due.filter(claim=claim).select_related("participant__site", "participant__trial"))


def test_without_the_condition_of_the_claim_a_message_leaves_twice(
    ward: SiteFixture, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_claim", claim_whatever_is_due)
    assert second_worker_while_the_first_sends(ward, post, monkeypatch) > 1


# --- Celery --------------------------------------------------------------------------------------


def due_now(ward: SiteFixture) -> None:
    """Two participants whose reminders of tomorrow have just fallen due."""
    for name in ("anne", "bert"):
        ward.booked(MONDAY, email=f"{name}@example.org")
    now = timezone.now()
    rows = Reminder.objects.filter(due_at=EVENING)
    rows.update(due_at=now - timedelta(seconds=1), event_date=now.date() + timedelta(days=1))


@contextmanager
def worker(broker: str, settings: object) -> Iterator[Celery]:
    """A real Celery worker in a thread, with the installation's own settings but for the broker."""
    settings.CELERY_BROKER_URL = broker  # type: ignore[attr-defined]
    app = Celery("velum-at-test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.autodiscover_tasks(["dosing"], force=True)
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield app


@pytest.mark.parametrize("broker", ["redis", "memory"])
def test_a_celery_worker_sends_what_a_plain_tick_sends(
    ward: SiteFixture, post: Letterbox, settings: object, request: pytest.FixtureRequest, broker: str
) -> None:
    url = request.getfixturevalue("redis_server").url if broker == "redis" else "memory://"
    due_now(ward)
    call_command("tick")
    plain = {letter.said for letter in post.letters}
    Reminder.objects.filter(state="sent").update(state="open", claimed_until=None)
    post.letters.clear()
    with worker(url, settings) as app:
        app.send_task("dosing.tasks.send_due_reminders")
        wait_until(lambda: len(post.letters) == 4, seconds=15, what="the reminders")
    assert {letter.said for letter in post.letters} == plain
    assert len(plain) == 4


def test_three_bells_at_once_send_each_message_once(
    ward: SiteFixture, post: Letterbox, settings: object, request: pytest.FixtureRequest
) -> None:
    due_now(ward)
    with worker(request.getfixturevalue("redis_server").url, settings) as app:
        for _beat in range(3):
            app.send_task("dosing.tasks.send_due_reminders")
        wait_until(
            lambda: Reminder.objects.filter(state="sent").count() == 4, seconds=15, what="the reminders"
        )
    assert Counter(post.to()) == {"anne@example.org": 2, "bert@example.org": 2}
