"""The hour of an appointment: set, changed, taken back, moved with its day, and the same on every surface."""

from __future__ import annotations

from datetime import date, time

import icalendar
import pytest
from django.core import mail

from dosing.exporting.exports import calendar_csv, calendar_ics
from dosing.exporting.paper import _row
from dosing.models import Appointment
from dosing.pages.agenda import agenda
from dosing.reading.history import story
from dosing.reading.queries import CalendarView, calendar_of, due_list
from dosing.services.appointments import set_hour
from dosing.services.judging import AlreadyRecorded, TreatmentEnded
from dosing.services.status import withdraw
from dosing.tick import tick
from tests.site_fixture import MONDAY, START, SiteFixture, paris
from trial.models import AuditEntry, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput

LATER = paris("2015-10-12 08:00")


def at_hour(ward: SiteFixture, who: Participant, hour: time | None, **which: object) -> None:
    said = {"by": ward.nurse, "at": START} | which
    set_hour(participant=who, hour=hour, **said)  # type: ignore[arg-type]


def seen(who: Participant) -> CalendarView:
    view = calendar_of(who, at=LATER)
    assert view
    return view


def events(who: Participant, language: str = "en") -> dict[str, icalendar.Event]:
    found = icalendar.Calendar.from_ical(calendar_ics(who, seen(who), language=language))
    return {str(row["uid"]).split("-", 3)[-1]: row for row in found.walk("VEVENT")}


def first(found: dict[str, icalendar.Event], end: str) -> icalendar.Event:
    return next(row for name, row in found.items() if name.endswith(end))


def test_the_hour_is_the_same_in_calendar_table_paper_and_story(ward: SiteFixture) -> None:
    who = ward.booked()
    at_hour(ward, who, time(9, 30), number=1)
    view, event = seen(who), first(events(who), "injection-1@velum")
    assert event["dtstart"].dt.isoformat() == "2015-10-12T09:30:00+02:00"
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert "dtend" not in event
    assert calendar_csv(who, view, language="en").splitlines()[1].endswith(b",09:30")
    assert _row(view.injections[0], 15, "en")[-1] == "09:30"
    assert "Injection 1: appointment at 09:30" in {row.what for row in story(who, None)}


def test_a_day_without_an_hour_stays_a_whole_day(ward: SiteFixture) -> None:
    event = first(events(ward.booked()), "injection-1@velum")
    assert (event["dtstart"].dt, event["dtend"].dt) == (MONDAY, date(2015, 10, 13))


def test_an_hour_moves_with_its_day(ward: SiteFixture) -> None:
    who = ward.booked(date(2015, 10, 6))
    at_hour(ward, who, time(9, 30), number=1)
    ward.book(who, MONDAY)
    assert (seen(who).injections[0].date, seen(who).injections[0].hour) == (MONDAY, time(9, 30))


def test_an_hour_is_changed_and_taken_back_and_the_sequence_grows(ward: SiteFixture) -> None:
    who = ward.booked()
    before = first(events(who), "visit-v1@velum")["sequence"]
    at_hour(ward, who, time(9), code="V1")
    at_hour(ward, who, time(10), code="V1")
    assert seen(who).visits[0].hour == time(10)
    at_hour(ward, who, None, code="V1")
    assert seen(who).visits[0].hour is None
    assert first(events(who), "visit-v1@velum")["sequence"] == before + 3
    assert [row.hour for row in Appointment.objects.all()] == [time(9), time(10), None]


def test_the_same_hour_again_writes_nothing(ward: SiteFixture) -> None:
    who = ward.booked()
    for _again in range(2):
        at_hour(ward, who, time(9), number=1)
    at_hour(ward, who, None, number=2)
    assert Appointment.objects.count() == AuditEntry.objects.filter(action="hour.set").count() == 1


def test_an_hour_that_the_clocks_leave_out_is_refused_and_says_so(ward: SiteFixture) -> None:
    """Visit V7 is moved to the night in which clocks are put forward."""
    who, night = ward.booked(), date(2016, 3, 27)
    ward.visit(who, "V7", outcome="moved", day=night, reason="Away.", at=LATER, deviation_reason="So it is.")
    with pytest.raises(InvalidInput) as refused:
        at_hour(ward, who, time(2, 30), code="V7")
    assert "the clocks were put forward, and 02:30 was left out" in str(refused.value.errors["hour"])
    at_hour(ward, who, time(3, 30), code="V7")
    assert not Appointment.objects.exclude(hour=time(3, 30)).exists()


def test_of_an_hour_that_comes_twice_the_first_is_meant(ward: SiteFixture) -> None:
    who, night = ward.booked(), date(2015, 10, 25)
    ward.visit(who, "V2", outcome="moved", day=night, reason="Away.", at=LATER, deviation_reason="So it is.")
    at_hour(ward, who, time(2, 30), code="V2")
    start = first(events(who), "visit-v2@velum")["dtstart"].dt
    assert start.utcoffset().total_seconds() == 7200


def test_what_is_recorded_or_over_needs_no_hour(ward: SiteFixture) -> None:
    who = ward.booked()
    ward.inject(who, 1)
    with pytest.raises(AlreadyRecorded):
        at_hour(ward, who, time(9), number=1)
    withdraw(participant=ward.again(who), scope="trial", reason="Moves.", by=ward.nurse, at=LATER)
    with pytest.raises(TreatmentEnded):
        at_hour(ward, ward.again(who), time(9), number=9, at=LATER)


def test_a_monitor_sets_no_hour(ward: SiteFixture) -> None:
    who = ward.booked()
    with pytest.raises(NotPermitted):
        at_hour(ward, who, time(9), number=1, by=ward.world.person(Role.MONITOR))


def test_today_is_sorted_by_the_hour(ward: SiteFixture) -> None:
    early, late, none = ward.booked(), ward.booked(), ward.booked()
    at_hour(ward, late, time(15), number=1)
    at_hour(ward, early, time(8), number=1)
    due = due_list([ward.site], on=MONDAY, at=LATER)
    wanted = [early.number, late.number, none.number]
    assert [row.day.participant for row in due.injections] == wanted
    cards = [card for card in agenda(ward.nurse, at=LATER).due if card.injection]
    assert [(card.number, card.place[:5]) for card in cards[:2]] == [
        (early.number, "08:00"),
        (late.number, "15:00"),
    ]
    assert [card.number for card in cards] == wanted


def test_a_reminder_says_the_hour_that_stands_when_it_leaves(ward: SiteFixture) -> None:
    who = ward.booked(email="anne@example.org")
    at_hour(ward, who, time(9), number=1)
    at_hour(ward, who, time(11, 15), number=1)
    tick(at=paris("2015-10-11 18:30"))
    letters = [letter.body for letter in mail.outbox if "anne@example.org" in letter.to]
    assert ["Monday 12 October 2015, 11:15" in body for body in letters].count(True) == 1, letters
    assert not any("09:00" in body for body in letters)
