"""Today: late first, then what is due, what is done, and who waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import time_machine

from dosing.models import Readiness
from dosing.pages.agenda import agenda
from dosing.pages.calendar_presenters import injection_card
from dosing.reading.queries import due_list
from dosing.services.status import withdraw
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Status


def test_nobody_to_see_says_what_will_stand_here(nurse: Browser) -> None:
    assert "Nobody to see today" in nurse.read("/today/")


def test_late_things_come_first_and_say_how_late(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-14 07:30"), tick=False):
        ward.inject(person, 1)
        page = nurse.read("/today/")
    assert page.index("late by 1 day") < page.index('id="due"')
    assert "Record what happened" in page


def test_what_is_recorded_moves_to_done_with_its_time(ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    ward.inject(person, 1)
    today = agenda(ward.nurse, at=paris("2015-10-12 12:00"))
    assert [(line.what, line.state, line.state_label) for line in today.done] == [
        ("Course 1, day 1", "done", "09:00")
    ]


def test_a_held_participant_has_nothing_to_do(
    nurse: Browser, investigator: Browser, ward: SiteFixture
) -> None:
    person = ward.booked(MONDAY)
    investigator.send(f"/participants/{person.number}/hold/", reason="Fever")
    today = agenda(ward.nurse, at=paris("2015-10-12 12:00"))
    assert not [card for card in [*today.late, *today.due] if "Course" in card.what]


def test_whoever_waits_for_a_step_is_named_with_the_step(ward: SiteFixture) -> None:
    consented, eligible, randomized = ward.consented(), ward.eligible(), ward.randomized()
    today = agenda(ward.nurse, at=paris("2015-10-05 12:00"))
    assert {line.number: line.what for line in today.waiting} == {
        consented.number: "finish screening",
        eligible.number: "randomise",
        randomized.number: "book day 1",
    }


def test_another_sites_participants_are_not_here(ward: SiteFixture) -> None:
    there = ward.booked(MONDAY, site=ward.second_site())
    here = ward.worker(role=ward.nurse.role, name="only-here", site=ward.site)
    today = agenda(here, at=paris("2015-10-12 12:00"))
    assert there.number not in str(today)


def test_ready_syringes_stand_before_visits_and_those_before_syringes_still_to_come(
    ward: SiteFixture,
) -> None:
    waiting, ready = ward.booked(MONDAY), ward.booked(MONDAY)
    at = paris("2015-10-12 09:00")
    Readiness.objects.create(participant=ready, number=1, date=MONDAY, visible_from=paris("2015-10-12 07:00"))
    due = agenda(ward.nurse, at=at).due
    assert [(card.number, card.injection, card.action_kind) for card in due] == [
        (ready.number, True, ""),
        (waiting.number, False, "second"),
        (ready.number, False, "second"),
        (waiting.number, True, "second"),
    ]


def test_a_course_too_long_for_squares_says_its_day_alone(ward: SiteFixture) -> None:
    ward.booked(MONDAY)
    item = due_list([ward.site], on=MONDAY, at=paris("2015-10-12 09:00")).injections[0]
    assert injection_card(item, today=MONDAY, last_sites={}).strip
    long = replace(item, course=("given",) * 14)
    assert injection_card(long, today=MONDAY, last_sites={}).strip is None


def test_the_page_of_somebody_who_is_through_offers_what_today_asks_for(
    nurse: Browser, ward: SiteFixture
) -> None:
    """Treatment ended early with a dose that nobody recorded; then the last visit was done."""
    who = ward.booked()
    ward.inject(who, 1)
    said = {"scope": "treatment", "reason": "Fever.", "by": ward.nurse, "day": MONDAY + timedelta(days=1)}
    withdraw(participant=ward.again(who), at=paris("2015-10-14 12:00"), **said)
    for number in range(1, 8):
        ward.visit(who, f"V{number}", **({"at": paris("2015-10-14 12:00")} if number == 1 else {}))
    assert ward.status(who) == Status.COMPLETED
    with time_machine.travel(paris("2016-05-01 12:00"), tick=False):
        todo = f"/participants/{who.number}/injections/2/"
        step = nurse.get(f"/participants/{who.number}/").context["step"]
        assert todo in nurse.read("/today/") and todo in dict(step.others).values()
        nurse.send(f"{todo}?outcome=missed", cause="ill", reason="Fever.")
        assert todo not in nurse.read("/today/")
