"""Somebody tries again and again: a person is told by mail, once, and sees it on a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from dosing.tick import tick
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import Alarm
from trial.people.tries.alarms import TOGETHER, alarm_line, send_alarms
from trial.people.tries.folding import count_failure
from trial.permissions import Role


def guess(ward: SiteFixture, times: int = 10) -> None:
    for _time in range(times):
        count_failure("log_in", user=ward.nurse.user, address="192.0.2.7", at=START)


def administrator(ward: SiteFixture, email: str = "admin@hospital.example") -> None:
    ward.worker(Role.ADMINISTRATOR, email.partition("@")[0], None, email)


def test_the_tenth_failure_is_mailed_to_administrators_and_operator(ward: SiteFixture, settings: Any) -> None:
    settings.VELUM_ALARM_MAIL = ["operator@hospital.example"]
    administrator(ward)
    guess(ward)
    tick(at=START)
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "admin@hospital.example",
        "operator@hospital.example",
    ]
    assert f"Log-in failed ({ward.nurse.user.username}): 10 times within an hour" in mail.outbox[0].body
    assert Alarm.objects.get().sent_at == START


def test_nobody_gets_it_twice_and_what_comes_soon_after_comes_together(ward: SiteFixture) -> None:
    administrator(ward)
    guess(ward)
    tick(at=START)
    guess(ward, 990)
    tick(at=START + timedelta(minutes=5))
    assert len(mail.outbox) == 1
    tick(at=START + TOGETHER)
    assert len(mail.outbox) == 2
    assert "100 times" in mail.outbox[1].body and "1000 times" in mail.outbox[1].body


def test_an_alarm_waits_until_somebody_has_an_address(ward: SiteFixture) -> None:
    guess(ward)
    assert send_alarms(at=START) == 0
    administrator(ward)
    assert send_alarms(at=START + timedelta(minutes=2)) == 1


def test_whoever_could_not_be_reached_gets_it_later_and_the_other_not_again(
    ward: SiteFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator(ward)
    administrator(ward, "other@hospital.example")
    guess(ward)
    send, down = EmailBackend.send_messages, ["other@hospital.example"]

    def sometimes(self: EmailBackend, messages: Any) -> int:
        if next(iter(messages)).to == down:
            raise OSError("down")
        return int(send(self, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", sometimes)
    assert send_alarms(at=START) == 0
    down.clear()
    assert send_alarms(at=START + timedelta(minutes=2)) == 1
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "admin@hospital.example",
        "other@hospital.example",
    ]


def test_the_administrator_sees_it_on_every_page_for_a_day_and_others_do_not(ward: SiteFixture) -> None:
    guess(ward)
    line = alarm_line(Role.ADMINISTRATOR, at=START)
    assert line.startswith("Somebody tries again and again to get in. Log-in failed")
    assert alarm_line(Role.STUDY_NURSE, at=START) == ""
    assert alarm_line(Role.ADMINISTRATOR, at=START + timedelta(days=1)) == ""
