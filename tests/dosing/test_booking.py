"""Booking day 1: when it may lie, what is proposed, and what a new booking replaces."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from dosing.core.notes import NoteKind
from dosing.models import InjectionRecord, Plan, Reminder
from dosing.pages.forms import proposal_label
from dosing.reading.queries import injection_day
from dosing.services import booking
from dosing.services.booking import (
    CannotBook,
    FirstInjectionGiven,
    NotRandomized,
    book_first_injection,
    propose_first_injection,
)
from dosing.services.status import hold, withdraw
from tests.at_once import Meeting, at_once, kinds, without_lock
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START, new_trial
from trial.models import AuditEntry, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.queries import with_status
from trial.refusals import InvalidInput
from trial.screening.services import WrongStatus

TUESDAY = date(2015, 10, 6)


def test_booking_writes_fifteen_injections_and_seven_visits(ward: SiteFixture) -> None:
    plan = Plan.objects.get(participant=ward.booked(date(2015, 10, 6)))
    days = [row.date for row in plan.injections.all()]
    assert [(day - days[0]).days + 1 for day in days] == [*range(1, 6), *range(29, 34), *range(57, 62)]
    assert [(row.code, row.trial_day) for row in plan.visits.all()] == list(
        zip(["V1", "V2", "V3", "V4", "V5", "V6", "V7"], [1, 8, 29, 57, 64, 85, 169], strict=True)
    )


def test_nothing_is_booked_before_the_draw(ward: SiteFixture) -> None:
    participant = ward.eligible()
    with pytest.raises(NotRandomized):
        ward.book(participant, TUESDAY)
    with pytest.raises(NotRandomized):
        propose_first_injection(participant=participant, at=START)
    assert not Plan.objects.exists()


LIMITS = [("2015-10-06", True), ("2015-10-12", True), ("2015-10-13", False), ("2015-10-04", False)]


@pytest.mark.parametrize(("day", "possible"), LIMITS)
def test_day_1_lies_at_most_seven_days_after_the_draw_and_not_before_it(
    ward: SiteFixture, day: str, possible: bool
) -> None:
    participant = ward.randomized()
    if possible:
        assert ward.book(participant, date.fromisoformat(day)).first_injection == date.fromisoformat(day)
        return
    with pytest.raises(CannotBook) as refusal:
        ward.book(participant, date.fromisoformat(day))
    assert list(refusal.value.errors) == ["day"]
    assert not Plan.objects.exists()


def test_a_day_that_has_passed_is_not_booked(ward: SiteFixture) -> None:
    participant = ward.randomized()
    with pytest.raises(CannotBook, match="passed"):
        ward.book(participant, TUESDAY, at=paris("2015-10-07 08:00"))


def test_the_day_of_the_consent_is_no_day_1(ward: SiteFixture) -> None:
    with pytest.raises(CannotBook):
        ward.book(ward.randomized(), START.date())


def test_today_is_the_day_of_the_site(ward: SiteFixture) -> None:
    participant = ward.randomized()
    with pytest.raises(CannotBook, match="passed"):
        ward.book(participant, TUESDAY, at=paris("2015-10-07 00:05"))
    assert ward.book(participant, TUESDAY, at=paris("2015-10-06 23:55"))


def test_proposals_are_possible_days_with_the_fewest_conflicts_first(ward: SiteFixture) -> None:
    participant = ward.randomized()
    proposals = propose_first_injection(participant=participant, at=START)
    assert sorted(row.date for row in proposals) == [TUESDAY + timedelta(days=n) for n in range(7)]
    assert proposals[0].rank <= proposals[-1].rank
    for row in proposals:
        with transaction.atomic():
            ward.book(participant, row.date)


def test_a_proposal_says_which_holidays_and_weekends_it_meets(ward: SiteFixture) -> None:
    proposals = {row.date: row for row in propose_first_injection(participant=ward.randomized(), at=START)}
    monday, saturday = proposals[MONDAY], proposals[date(2015, 10, 10)]
    holidays = [note for note in monday.conflicts if note.kind is NoteKind.HOLIDAY]
    assert [note.date for note in holidays] == [date(2015, 11, 11), date(2016, 3, 28)]
    assert NoteKind.WEEKEND in {note.kind for note in saturday.injection_conflicts}


def test_a_proposal_says_in_words_how_many_events_meet_a_closed_day(ward: SiteFixture) -> None:
    proposals = {row.date: row for row in propose_first_injection(participant=ward.randomized(), at=START)}
    monday, saturday = proposals[MONDAY], proposals[date(2015, 10, 10)]
    met = [row for row in saturday.conflicts if row.kind is NoteKind.WEEKEND]
    assert monday.events_met < saturday.events_met
    assert saturday.events_met >= len(met)
    count = f"{saturday.events_met} injections and visits would fall on a holiday, a closed day or a weekend."
    assert count in proposal_label(saturday)


def test_when_the_time_for_day_1_has_run_out_nothing_is_proposed(ward: SiteFixture) -> None:
    participant = ward.randomized()
    assert propose_first_injection(participant=participant, at=START + timedelta(days=8)) == ()


def test_a_weekend_may_be_booked_after_all(ward: SiteFixture) -> None:
    assert ward.book(ward.randomized(), date(2015, 10, 10))


def test_a_new_booking_replaces_the_plan_and_its_reminders(ward: SiteFixture) -> None:
    participant = ward.booked(TUESDAY)
    ward.book(participant, MONDAY)
    plan = Plan.objects.get(participant=participant, superseded_at=None)
    assert plan.first_injection == MONDAY
    planned = {row.date for row in [*plan.injections.all(), *plan.visits.all()]}
    assert {row.event_date for row in Reminder.objects.filter(state="open")} == planned
    assert Plan.objects.count() == 2


def test_booking_to_and_fro_leaves_each_reminder_once(ward: SiteFixture) -> None:
    participant = ward.booked(TUESDAY)
    first = set(Reminder.objects.filter(state="open").values_list("key", flat=True))
    ward.book(participant, MONDAY)
    ward.book(participant, TUESDAY)
    assert set(Reminder.objects.filter(state="open").values_list("key", flat=True)) == first


def test_after_the_first_injection_day_1_stays(ward: SiteFixture) -> None:
    participant = ward.booked(TUESDAY)
    ward.inject(participant, 1)
    with pytest.raises(FirstInjectionGiven):
        ward.book(participant, MONDAY, at=paris("2015-10-06 12:00"))
    assert Plan.objects.get().first_injection == TUESDAY


def test_on_hold_and_after_the_end_nothing_is_booked(ward: SiteFixture) -> None:
    held, gone = ward.randomized(), ward.randomized()
    hold(participant=held, reason="Fever.", until=None, by=ward.investigator, at=START)
    withdraw(participant=gone, scope="trial", reason="Moves away.", by=ward.nurse, at=START)
    for participant in (held, gone):
        with pytest.raises(WrongStatus):
            ward.book(participant, MONDAY)


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TRIAL_MANAGER, Role.PHARMACIST])
def test_whoever_does_not_care_for_participants_books_nothing(ward: SiteFixture, role: Role) -> None:
    participant, by = ward.randomized(), ward.world.person(role)
    entries = AuditEntry.objects.count()
    with pytest.raises(NotPermitted):
        book_first_injection(participant=participant, day=MONDAY, by=by, at=START)
    assert (Plan.objects.count(), AuditEntry.objects.count()) == (0, entries)


# --- At the same moment --------------------------------------------------------------------------


def two_bookings_at_once(
    ward: SiteFixture, participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    monkeypatch.setattr(booking, "check_can_book", Meeting().after(booking.check_can_book))
    acts = [lambda day=day: ward.book(participant, day) for day in (TUESDAY, MONDAY)]
    return kinds(at_once(*acts))


@pytest.mark.django_db(transaction=True)
def test_of_two_bookings_at_once_the_later_counts_with_its_reminders(monkeypatch: pytest.MonkeyPatch) -> None:
    ward = SiteFixture(new_trial())
    participant = ward.randomized()
    assert two_bookings_at_once(ward, participant, monkeypatch) == ["Plan", "Plan"]
    plan = Plan.objects.get(superseded_at=None)
    first = Reminder.objects.filter(state="open").order_by("event_date").first()
    assert (Reminder.objects.filter(state="open").count(), first.event_date) == (25 + 7, plan.first_injection)


def read(participant: Participant) -> Participant:
    """What `locked` does, without the lock."""
    rows = with_status(Participant.objects.all()).select_related("site", "trial")
    return rows.get(pk=participant.pk)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_participant_a_booking_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    ward = SiteFixture(new_trial())
    participant = ward.randomized()
    without_lock(monkeypatch, booking, "locked", read)
    assert two_bookings_at_once(ward, participant, monkeypatch) != ["Plan", "Plan"]


# --- Day 1 is the day of the first injection given -----------------------------------------------


def missed(ward: SiteFixture, participant: Participant, number: int = 1) -> None:
    ward.inject(participant, number, outcome="missed", reason="Fever.")


def test_a_first_injection_that_was_missed_leaves_day_1_open(ward: SiteFixture) -> None:
    participant = ward.booked(date(2015, 10, 6))
    missed(ward, participant)
    at = paris("2015-10-06 12:00")
    assert ward.status(participant) == "randomized"
    with pytest.raises(InvalidInput, match="Enter the reason"):
        ward.book(participant, MONDAY, at=at)
    book_first_injection(participant=participant, day=MONDAY, by=ward.nurse, at=at, reason="Fever.")
    first = injection_day(participant, 1, at=at)
    assert (first.date, first.state, first.reason) == (MONDAY, "planned", "")


def test_what_was_missed_before_day_1_moved_is_recorded_anew_without_a_correction(ward: SiteFixture) -> None:
    participant = ward.booked(date(2015, 10, 6))
    missed(ward, participant)
    at = paris("2015-10-06 12:00")
    book_first_injection(participant=participant, day=MONDAY, by=ward.nurse, at=at, reason="Fever.")
    ward.inject(participant, 1)
    rows = InjectionRecord.objects.filter(number=1).order_by("sequence")
    assert list(rows.values_list("outcome", flat=True)) == ["missed", "reopened", "given"]
    assert ward.status(participant) == "on_treatment"


def test_if_the_only_injection_was_not_given_after_all_day_1_can_be_moved(ward: SiteFixture) -> None:
    participant = ward.booked(date(2015, 10, 6))
    ward.inject(participant, 1)
    at = paris("2015-10-06 12:00")
    ward.inject(participant, 1, outcome="missed", reason="Another participant's.", correction=True, at=at)
    assert ward.status(participant) == "randomized"
    book_first_injection(participant=participant, day=MONDAY, by=ward.nurse, at=at, reason="Fever.")
    assert injection_day(participant, 1, at=at).state == "planned"


def test_nobody_records_that_an_injection_was_reopened(ward: SiteFixture) -> None:
    with pytest.raises(InvalidInput):
        ward.inject(ward.booked(), 1, outcome="reopened", reason="By hand.")


def test_a_visit_before_day_1_was_moved_is_not_reminded_of_again(ward: SiteFixture) -> None:
    """And one that was moved by hand goes with its window, and its reminders with it."""
    participant = ward.booked(TUESDAY)
    ward.visit(participant, "V1")
    later = {"outcome": "moved", "day": date(2015, 10, 15), "reason": "Train"}
    ward.visit(participant, "V2", at=paris("2015-10-06 10:30"), **later)
    ward.book(participant, MONDAY, at=paris("2015-10-06 11:00"))
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert not waiting.filter(event="visit:V1").exists()
    assert {row.event_date for row in waiting.filter(event="visit:V2")} == {date(2015, 10, 21)}
