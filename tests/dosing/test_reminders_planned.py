"""Which reminders a calendar asks for, when by the site's clock, and what stops and starts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dosing.models import Reminder
from dosing.services.status import hold, release, withdraw
from tests.site_fixture import MONDAY, PARIS, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant


@pytest.fixture
def participant(ward: SiteFixture) -> Participant:
    return ward.booked(MONDAY, email="anne@example.org")


def open_events(**which: str) -> set[str]:
    return set(Reminder.objects.filter(state="open", **which).values_list("event", flat=True))


def injections(first: int, last: int = 15) -> set[str]:
    return {f"injection:{number}" for number in range(first, last + 1)}


VISITS = {f"visit:V{n}" for n in range(1, 8)}
COURSES = {f"course:{n}" for n in range(1, 4)}


def test_the_site_hears_of_each_injection_the_participant_of_each_course_and_both_of_visits(
    participant: Participant,
) -> None:
    assert open_events(recipient="site") == injections(1) | VISITS
    assert open_events(recipient="participant") == COURSES | VISITS


def test_what_would_have_been_due_already_is_due_at_once(ward: SiteFixture) -> None:
    at = paris("2015-10-05 20:30")
    ward.booked(date(2015, 10, 6), at=at)
    first = Reminder.objects.filter(event_date=date(2015, 10, 6))
    assert {row.due_at for row in first} == {at}


def test_of_todays_events_nobody_is_reminded(ward: SiteFixture) -> None:
    participant = ward.randomized()
    ward.book(participant, date(2015, 10, 6), at=paris("2015-10-06 08:00"))
    assert not Reminder.objects.filter(event_date=date(2015, 10, 6)).exists()


def test_a_second_reminder_of_the_same_thing_cannot_be_written(participant: Participant) -> None:
    row = Reminder.objects.filter(participant=participant).first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_has_happened_is_not_reminded_of(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    ward.visit(participant, "V1")
    assert open_events() == injections(2) | (VISITS - {"visit:V1"}) | (COURSES - {"course:1"})


def test_a_course_that_began_early_is_not_announced_any_more(
    ward: SiteFixture, participant: Participant
) -> None:
    for number in range(1, 6):
        ward.inject(participant, number)
    early = paris("2015-11-08 09:00")
    ward.inject(participant, 6, happened_at=early, at=early, deviation_reason="The nurse is away on Monday.")
    assert "course:2" not in open_events()


def test_a_hold_silences_the_injections_alone_in_its_own_transaction(
    ward: SiteFixture, participant: Participant
) -> None:
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    assert open_events() == VISITS


def test_a_hold_that_fails_leaves_the_reminders(ward: SiteFixture, participant: Participant) -> None:
    before = open_events()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
        raise ZeroDivisionError
    assert (open_events(), ward.status(participant)) == (before, "randomized")


def test_a_release_opens_what_lies_ahead_and_is_not_done(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    ward.visit(participant, "V1")
    hold(
        participant=participant,
        reason="Fever.",
        until=None,
        by=ward.investigator,
        at=paris("2015-10-12 12:00"),
    )
    release(participant=participant, reason="Well.", by=ward.investigator, at=paris("2015-10-13 12:00"))
    assert open_events() == injections(3) | (VISITS - {"visit:V1"}) | (COURSES - {"course:1"})


def test_a_release_in_the_evening_still_reminds_of_tomorrow(
    ward: SiteFixture, participant: Participant
) -> None:
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    late = paris("2015-10-11 21:00")
    release(participant=participant, reason="Well.", by=ward.investigator, at=late)
    due = Reminder.objects.filter(state="open", event_date=date(2015, 10, 12), due_at__lte=late)
    assert {row.event for row in due} == {"injection:1", "course:1", "visit:V1"}


def test_whoever_took_the_consent_back_is_not_reminded_after_a_hold(
    ward: SiteFixture, participant: Participant
) -> None:
    withdraw(participant=participant, scope="reminders", reason="Enough.", by=ward.nurse, at=START)
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    release(participant=participant, reason="Well.", by=ward.investigator, at=START)
    assert set(Reminder.objects.filter(state="open").values_list("recipient", flat=True)) == {"site"}


def test_a_release_opens_nothing_of_an_earlier_plan(ward: SiteFixture, participant: Participant) -> None:
    ward.book(participant, date(2015, 10, 8))
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    release(participant=participant, reason="Well.", by=ward.investigator, at=START)
    days = Reminder.objects.filter(state="open", event="injection:1").values_list("event_date", flat=True)
    assert list(days) == [date(2015, 10, 8)]


def test_after_the_end_of_treatment_only_visits_are_reminded_of(
    ward: SiteFixture, participant: Participant
) -> None:
    withdraw(participant=participant, scope="treatment", reason="Tired.", by=ward.nurse, at=START)
    assert open_events() == VISITS


def test_whoever_ends_treatment_on_hold_is_reminded_of_visits_again(
    ward: SiteFixture, participant: Participant
) -> None:
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    withdraw(participant=participant, scope="treatment", reason="Tired.", by=ward.nurse, at=START)
    assert open_events() == VISITS


def test_after_leaving_the_trial_nothing_is_sent(ward: SiteFixture, participant: Participant) -> None:
    withdraw(participant=participant, scope="trial", reason="Moves away.", by=ward.nurse, at=START)
    assert open_events() == set()


def test_without_consent_to_reminders_only_the_site_is_reminded(
    ward: SiteFixture, participant: Participant
) -> None:
    withdraw(participant=participant, scope="reminders", reason="Enough mail.", by=ward.nurse, at=START)
    assert open_events(recipient="participant") == set()
    assert open_events(recipient="site") == injections(1) | VISITS
    assert ward.status(participant) == "randomized"


# --- Clock changes -------------------------------------------------------------------------------


def due(event: str, recipient: str) -> datetime:
    return Reminder.objects.get(event=event, recipient=recipient, state="open").due_at


CHANGES = [
    # consent, day 1, and the UTC hour at which eight o'clock in Montpellier strikes before injections 1 to 5
    ("2026-03-23 09:00", date(2026, 3, 28), [7, 7, 6, 6, 6]),
    ("2026-10-19 09:00", date(2026, 10, 24), [6, 6, 7, 7, 7]),
]


@pytest.mark.parametrize(("consent", "day_1", "hours"), CHANGES)
def test_reminders_keep_the_clock_of_the_site_across_the_change(
    ward: SiteFixture, consent: str, day_1: date, hours: list[int]
) -> None:
    ward.booked(day_1, at=paris(consent))
    moments = [due(f"injection:{n}", "site") for n in range(1, 6)]
    assert [moment.hour for moment in moments] == hours
    assert {moment.astimezone(PARIS).strftime("%H:%M") for moment in moments} == {"08:00"}
    assert [moment.astimezone(PARIS).date() for moment in moments] == [
        day_1 + timedelta(days=n - 1) for n in range(5)
    ]


def test_on_the_day_of_each_change_the_evening_is_six_by_the_wall(ward: SiteFixture) -> None:
    ward.booked(date(2026, 3, 30), at=paris("2026-03-24 09:00"))
    assert due("course:1", "participant").isoformat() == "2026-03-29T16:00:00+00:00"
    Reminder.objects.update(state="cancelled")
    ward.booked(date(2026, 10, 26), at=paris("2026-10-20 09:00"))
    assert due("course:1", "participant").isoformat() == "2026-10-25T17:00:00+00:00"


def test_the_calendar_counts_days_not_hours_across_the_change(ward: SiteFixture) -> None:
    participant = ward.booked(date(2026, 10, 5), at=paris("2026-09-28 09:00"))
    days = [row.date for row in participant.plans.get().injections.filter(number__in=(1, 6, 11))]
    assert days == [date(2026, 10, 5), date(2026, 11, 2), date(2026, 11, 30)]
