"""Whoever takes the consent to reminders back and agrees again is reminded of what then lies ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from dosing.models import Reminder
from dosing.reminders.sending import send_due
from dosing.services.status import hold, release, withdraw
from tests.dosing.letterbox import Letterbox
from tests.dosing.test_reminders_planned import COURSES, VISITS, open_events
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant


@pytest.fixture
def silent(ward: SiteFixture) -> Participant:
    """Somebody booked who agreed to reminders and took that back."""
    participant = ward.booked(email="anne@example.org")
    withdraw(participant=participant, scope="reminders", reason="Enough.", by=ward.nurse, at=START)
    return ward.again(participant)


def agree(ward: SiteFixture, participant: Participant, at: datetime = START) -> None:
    ward.contact(ward.again(participant), "anne@example.org", at=at)


def mine() -> set[str]:
    return open_events(recipient="participant")


def test_what_lies_ahead_opens_again_with_the_new_address(ward: SiteFixture, silent: Participant) -> None:
    assert mine() == set()
    agree(ward, silent)
    assert mine() == COURSES | VISITS


def test_the_address_and_the_reminders_come_together_or_not_at_all(
    ward: SiteFixture, silent: Participant
) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        agree(ward, silent)
        raise ZeroDivisionError
    assert mine() == set()


def test_what_has_happened_meanwhile_stays_closed(ward: SiteFixture, silent: Participant) -> None:
    ward.inject(silent, 1)
    ward.visit(silent, "V1")
    agree(ward, silent, paris(f"{MONDAY} 20:00"))
    assert mine() == (COURSES | VISITS) - {"course:1", "visit:V1"}


def test_what_is_due_by_then_is_due_at_once(ward: SiteFixture, silent: Participant) -> None:
    late = paris("2015-10-11 21:00")
    agree(ward, silent, late)
    due = Reminder.objects.filter(recipient="participant", state="open", due_at__lte=late)
    assert set(due.values_list("event", flat=True)) == {"course:1", "visit:V1"}


def test_a_calendar_that_changed_meanwhile_is_the_one_reminded_of(
    ward: SiteFixture, silent: Participant
) -> None:
    ward.book(silent, START.date() + timedelta(days=1))
    agree(ward, silent)
    plan = silent.plans.get(superseded_at=None)
    visit = Reminder.objects.get(recipient="participant", state="open", event="visit:V2")
    assert visit.event_date == plan.visits.get(code="V2").date


def test_a_hold_keeps_those_of_injections_closed_until_its_release(
    ward: SiteFixture, silent: Participant
) -> None:
    hold(participant=silent, reason="Fever.", until=None, by=ward.investigator, at=START)
    agree(ward, silent)
    assert mine() == VISITS
    release(participant=silent, reason="Well.", by=ward.investigator, at=START)
    assert mine() == COURSES | VISITS


def test_after_the_treatment_only_the_visits_are_reminded_of(ward: SiteFixture, silent: Participant) -> None:
    withdraw(participant=silent, scope="treatment", reason="Tired.", by=ward.nurse, at=START)
    agree(ward, silent)
    assert mine() == VISITS


def test_the_message_reaches_the_new_address(ward: SiteFixture, silent: Participant, post: Letterbox) -> None:
    ward.contact(ward.again(silent), "anne@example.net")
    send_due(at=paris("2015-10-11 18:00"))
    assert post.to() == ["anne@example.net"] * 2


def test_who_agrees_twice_is_reminded_once(ward: SiteFixture, silent: Participant) -> None:
    agree(ward, silent)
    before = Reminder.objects.count()
    agree(ward, silent)
    assert (mine(), Reminder.objects.count()) == (COURSES | VISITS, before)
