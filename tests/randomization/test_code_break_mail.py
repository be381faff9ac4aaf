"""The notice that a code was broken: sent by a worker, without the arm, until a mail server takes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction

from dosing.tick import tick
from randomization.code_break_mail import MOST_ATTEMPTS, send_notices
from randomization.models import CodeBreakNotice
from tests.trial_fixture import LEFT, TrialFixture, leave
from trial.permissions import Role


@pytest.fixture
def notice(world: TrialFixture, at: datetime) -> CodeBreakNotice:
    """A code of somebody was broken; the trial has a manager with an address."""
    manager = world.person(Role.TRIAL_MANAGER, "manager").user
    manager.email = "manager@sponsor.example"
    manager.save()
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    return CodeBreakNotice.objects.create(participant=world.participant(), by=doctor, at=at)


def test_the_trial_manager_is_told_of_whom_by_whom_and_when(notice: CodeBreakNotice, at: datetime) -> None:
    assert send_notices(at=at) == 1
    (message,) = mail.outbox
    assert message.to == ["manager@sponsor.example"]
    assert f"participant {notice.participant.number} was broken on 2015-10-05 09:30" in message.body
    assert "doctor entered it" in message.body


def test_the_message_names_no_arm_and_no_drug(notice: CodeBreakNotice, at: datetime) -> None:
    send_notices(at=at)
    arms = notice.participant.trial.protocol_version.protocol.arms
    words = {arm.label.en for arm in arms} | {made.product for arm in arms for made in arm.preparations}
    assert words
    assert not [word for word in words if word in mail.outbox[0].body + mail.outbox[0].subject]


def test_it_is_sent_once(notice: CodeBreakNotice, at: datetime) -> None:
    assert [send_notices(at=at), send_notices(at=at + timedelta(hours=1))] == [1, 0]
    assert len(mail.outbox) == 1


def test_a_dead_mail_server_is_tried_again_when_the_lease_is_over(
    notice: CodeBreakNotice, at: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(self: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", dead)
        assert send_notices(at=at) == 0
    assert send_notices(at=at + timedelta(seconds=30)) == 0
    assert send_notices(at=at + timedelta(seconds=60)) == 1


def test_the_tick_sends_it(notice: CodeBreakNotice, at: datetime) -> None:
    tick(at=at)
    assert len(mail.outbox) == 1


def test_without_an_address_it_waits_until_somebody_has_one(
    notice: CodeBreakNotice, at: datetime, world: TrialFixture
) -> None:
    everybody = type(world.people["manager"].user).objects
    everybody.update(email="")
    assert (send_notices(at=at), mail.outbox) == (0, [])
    everybody.filter(username="manager").update(email="found@sponsor.example")
    assert send_notices(at=at + timedelta(days=40)) == 1
    assert [message.to for message in mail.outbox] == [["found@sponsor.example"]]


@pytest.mark.parametrize("how", LEFT)
def test_who_has_left_is_not_told_and_keeps_the_notice_from_nobody(
    notice: CodeBreakNotice, at: datetime, world: TrialFixture, how: str
) -> None:
    left = world.person(Role.TRIAL_MANAGER, "left")
    type(left.user).objects.filter(pk=left.user.pk).update(email="left@sponsor.example")
    leave(left, how)
    assert send_notices(at=at) == 1
    assert [message.to for message in mail.outbox] == [["manager@sponsor.example"]]


def test_one_refused_address_keeps_nobody_else_waiting_and_nobody_gets_two(
    notice: CodeBreakNotice, at: datetime, world: TrialFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.person(Role.TRIAL_MANAGER, "other").user
    type(other).objects.filter(pk=other.pk).update(email="gone@sponsor.example")
    send = EmailMessage.send

    def refusing(message: EmailMessage) -> int:
        if message.to == ["gone@sponsor.example"]:
            raise SMTPRecipientsRefused({})
        return send(message)

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refusing)
        assert [send_notices(at=at + timedelta(hours=n)) for n in range(5)] == [0] * 5
    assert send_notices(at=at + timedelta(hours=5)) == 1
    assert sorted(message.to[0] for message in mail.outbox) == [
        "gone@sponsor.example",
        "manager@sponsor.example",
    ]


def test_attempts_are_counted_no_further_than_the_column_goes(notice: CodeBreakNotice, at: datetime) -> None:
    CodeBreakNotice.objects.update(attempts=MOST_ATTEMPTS)
    assert send_notices(at=at) == 1
    assert CodeBreakNotice.objects.get().attempts == MOST_ATTEMPTS


def test_a_sent_notice_stays_as_it_is(notice: CodeBreakNotice, at: datetime) -> None:
    send_notices(at=at)
    with pytest.raises(DatabaseError, match="sent once"), transaction.atomic():
        CodeBreakNotice.objects.update(sent_at=None)
