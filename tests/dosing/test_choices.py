"""After a slip a person chooses: keep, move, follow or stop. Nothing else changes a planned day."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from dosing.core.facts import plan_from
from dosing.core.options import OptionKind
from dosing.models import CourseChoice, InjectionRecord, Plan, Reminder
from dosing.reading.queries import calendar_of
from dosing.reading.situation import facts_of, open_slips, situation_of
from dosing.services.booking import propose_first_injection
from dosing.services.choosing import (
    CannotMove,
    NoSlip,
    follow_actual,
    keep_days,
    move_course,
    present_options,
)
from dosing.services.closing import DayClosed, DayOpen, close_day, open_day
from dosing.services.recording import NothingPlanned
from dosing.services.status import hold, release, withdraw
from tests.month_trial import version_with
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput
from trial.screening.services import WrongStatus

COURSE_2 = MONDAY + timedelta(days=28)
ILL = paris("2015-11-09 08:00")


def treated(ward: SiteFixture, **more: object) -> Participant:
    """Somebody whose first course was given as planned."""
    participant = ward.booked(**more)  # type: ignore[arg-type]
    for number in range(1, 6):
        ward.inject(participant, number)
    return ward.again(participant)


def move(ward: SiteFixture, participant: Participant, start: date, **more: object) -> Plan:
    words = {"course": 2, "reason": "Fever.", "by": ward.nurse, "at": ILL} | more
    return move_course(participant=participant, start=start, **words)  # type: ignore[arg-type]


def days(participant: Participant) -> dict[str, date]:
    view = calendar_of(participant, at=ILL)
    assert view is not None
    return {day.code: day.date for day in (*view.injections, *view.visits)}


def test_moving_a_course_moves_its_five_days_and_no_other(ward: SiteFixture) -> None:
    participant = treated(ward)
    before = days(participant)
    move(ward, participant, COURSE_2 + timedelta(days=2))
    changed = {code for code, day in days(participant).items() if day != before[code]}
    assert changed == {"C2D1", "C2D2", "C2D3", "C2D4", "C2D5"}
    assert days(participant)["C2D1"] == COURSE_2 + timedelta(days=2)


def test_the_plan_in_the_database_is_the_plan_of_the_core(ward: SiteFixture) -> None:
    participant = treated(ward)
    plan = move(ward, participant, COURSE_2 + timedelta(days=2))
    calendar = plan_from(plan.protocol_version.protocol, facts_of(plan, participant))
    kept = [(row.number, row.date, row.earliest, row.latest) for row in plan.injections.all()]
    assert kept == [(row.number, row.date, row.earliest, row.latest) for row in calendar.injections]


def test_reminders_follow_the_moved_course_and_of_the_past_nobody_is_reminded(ward: SiteFixture) -> None:
    participant = treated(ward, email="anne@example.org")
    move(ward, participant, COURSE_2 + timedelta(days=2))
    waiting = Reminder.objects.filter(participant=participant, state="open", event__startswith="injection:")
    assert {row.event_date for row in waiting if row.event == "injection:6"} <= {COURSE_2 + timedelta(days=2)}
    assert not waiting.filter(event="injection:1").exists()
    numbers = {int(row.event.partition(":")[2]) for row in waiting}
    assert numbers <= set(range(6, 16))


def test_a_choice_is_entered_with_its_reason_and_every_changed_day(ward: SiteFixture) -> None:
    participant = treated(ward)
    move(ward, participant, COURSE_2 + timedelta(days=1))
    entry = AuditEntry.objects.get(action="course.moved")
    body = json.loads(entry.body)
    assert (body["reason"], body["start"]) == ("Fever.", "2015-11-10")
    assert body["changed"]["C2D5"] == ["2015-11-13", "2015-11-14"]


@pytest.mark.parametrize("after", [-1, 8])
def test_not_beyond_the_limit_of_the_protocol(ward: SiteFixture, after: int) -> None:
    participant = treated(ward)
    with pytest.raises(CannotMove):
        move(ward, participant, COURSE_2 + timedelta(days=after))
    assert Plan.objects.count() == 1


def test_a_reason_is_needed(ward: SiteFixture) -> None:
    participant = treated(ward)
    with pytest.raises(InvalidInput):
        move(ward, participant, COURSE_2 + timedelta(days=1), reason=" ")
    assert not CourseChoice.objects.exists()


def test_a_missed_dose_is_not_made_up_by_a_sixth_day(ward: SiteFixture) -> None:
    participant = treated(ward)
    ward.inject(participant, 6, outcome="missed", happened_at=None, reason="Fever.", at=ILL)
    with pytest.raises(CannotMove, match="as a whole or not at all"):
        move(ward, participant, COURSE_2 + timedelta(days=1))
    assert Plan.objects.get().injections.count() == 15


def test_on_hold_a_course_may_be_moved_and_the_reminders_of_its_injections_wait(ward: SiteFixture) -> None:
    participant = treated(ward)
    hold(
        participant=participant, reason="Fever.", until=None, by=ward.investigator, at=ILL - timedelta(days=3)
    )
    move(ward, ward.again(participant), COURSE_2 + timedelta(days=3))
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert {row.event.partition(":")[0] for row in waiting} == {"visit"}


def test_a_move_of_before_day_1_was_booked_anew_has_lapsed(ward: SiteFixture) -> None:
    """Neither the reasons of days nor a later amendment or move may bring it back."""
    participant = ward.booked(date(2015, 10, 9))
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    move(ward, ward.again(participant), date(2015, 11, 7), at=START)
    release(participant=ward.again(participant), reason="Well.", by=ward.investigator, at=START)
    plan = ward.book(ward.again(participant), MONDAY)
    facts = facts_of(plan, participant)
    assert facts.moved == {}
    planned = {row.number: row.date for row in plan.injections.all()}
    assert {
        row.number: row.date for row in plan_from(plan.protocol_version.protocol, facts).injections
    } == planned


def test_before_the_first_injection_and_after_the_end_nothing_is_chosen(ward: SiteFixture) -> None:
    waiting, gone = ward.booked(), treated(ward)
    withdraw(participant=gone, scope="trial", reason="Moves.", by=ward.nurse, at=ILL)
    for participant in (waiting, ward.again(gone)):
        with pytest.raises(WrongStatus):
            move(ward, participant, COURSE_2 + timedelta(days=1))


def test_without_a_calendar_there_is_nothing_to_choose(ward: SiteFixture) -> None:
    with pytest.raises(NothingPlanned):
        present_options(participant=ward.randomized(), at=START)


def test_a_monitor_chooses_nothing(ward: SiteFixture) -> None:
    with pytest.raises(NotPermitted):
        move(ward, treated(ward), COURSE_2 + timedelta(days=1), by=ward.world.person(Role.MONITOR))


def a_day_late(ward: SiteFixture) -> Participant:
    """Somebody whose first injection was given on Tuesday instead of Monday."""
    participant = ward.booked()
    at = paris("2015-10-13 09:00")
    ward.inject(participant, 1, happened_at=at, at=at, deviation_reason="The train was late.")
    return ward.again(participant)


TUESDAY = paris("2015-10-13 10:00")


def test_a_late_first_injection_shifts_nothing_by_itself(ward: SiteFixture) -> None:
    participant = a_day_late(ward)
    assert days(participant)["C1D2"] == MONDAY + timedelta(days=1)
    (slip,) = open_slips(participant, situation_of(participant, Plan.objects.get(), at=TUESDAY))
    assert (slip.course, slip.began) == (1, MONDAY + timedelta(days=1))


def test_once_it_is_chosen_everything_counts_from_the_real_day_1(ward: SiteFixture) -> None:
    participant = a_day_late(ward)
    plan = follow_actual(
        participant=participant, course=1, reason="Day 1 is the real one.", by=ward.nurse, at=TUESDAY
    )
    assert plan.first_injection == MONDAY + timedelta(days=1)
    assert days(participant)["C1D2"] == MONDAY + timedelta(days=2)
    assert not open_slips(participant, situation_of(participant, plan, at=TUESDAY))
    assert InjectionRecord.objects.get().timing == "late"


def test_or_the_days_are_kept_and_nobody_is_asked_again(ward: SiteFixture) -> None:
    participant = a_day_late(ward)
    keep_days(participant=participant, course=1, reason="Booked rooms.", by=ward.nurse, at=TUESDAY)
    plan = Plan.objects.get()
    assert not open_slips(participant, situation_of(participant, plan, at=TUESDAY))
    with pytest.raises(NoSlip):
        keep_days(participant=participant, course=1, reason="Again.", by=ward.nurse, at=TUESDAY)


def test_no_course_is_followed_onto_a_day_that_has_a_dose(ward: SiteFixture) -> None:
    """A weekly dose that follows its start, and another two days after its third: that day is told."""
    version_with(
        ward.site.trial,
        "2",
        (
            "days = [1, 2, 3, 4, 5]\nconsecutive_days = 5\nrepeats = 3\nevery = { days = 28 }\n",
            "days = [1]\nrepeats = 3\nevery = { days = 7 }\nfollows_actual = true\n",
        ),
        (
            "max_shift_days = 7\n",
            'max_shift_days = 7\n\n[[courses]]\ncode = "ALSO"\nlabel = { en = "M", fr = "M" }\n'
            'drug = "STUDY"\nday = 17\ndays = [1]\n',
        ),
        ("injections = 15", "injections = 4"),
    )
    participant = ward.booked()
    ward.inject(participant, 1)
    late = paris("2015-10-21 09:00")
    ward.inject(participant, 2, happened_at=late, at=late + timedelta(hours=1), deviation_reason="Fever.")
    before = days(participant)
    given = {"participant": ward.again(participant), "course": 2, "by": ward.nurse, "reason": "It was late."}
    with pytest.raises(CannotMove, match="two doses of one drug would fall on"):
        follow_actual(at=late + timedelta(hours=2), **given)
    assert (days(participant), CourseChoice.objects.count()) == (before, 0)
    keep_days(at=late + timedelta(hours=2), **given)


def test_where_nothing_follows_there_is_nothing_to_follow(ward: SiteFixture) -> None:
    with pytest.raises(NoSlip):
        follow_actual(participant=treated(ward), course=1, reason="No.", by=ward.nurse, at=ILL)


def test_what_is_offered_is_what_is_possible(ward: SiteFixture) -> None:
    participant = treated(ward)
    found = present_options(participant=participant, at=ILL)
    assert found[0].kind is OptionKind.KEEP and found[-1].kind is OptionKind.STOP
    moves = [option for option in found if option.kind is OptionKind.MOVE]
    assert {option.course for option in moves} == {2, 3} and len(moves) == 14
    for option in moves[:3]:
        assert option.start is not None
        assert move(ward, participant, option.start).first_injection == MONDAY


# --- Closed days ---------------------------------------------------------------------------------


def close(ward: SiteFixture, day: date, by: Role = Role.TRIAL_MANAGER) -> None:
    close_day(site=ward.site, day=day, name="Strike", by=ward.world.person(by), at=START)


def test_proposals_are_ranked_with_the_closed_days_of_the_site_over_the_whole_plan(ward: SiteFixture) -> None:
    participant = ward.randomized()
    before = {row.date: row for row in propose_first_injection(participant=participant, at=START)}
    close(ward, MONDAY + timedelta(days=57))
    after = {row.date: row for row in propose_first_injection(participant=participant, at=START)}
    assert len(after[MONDAY].injection_conflicts) == len(before[MONDAY].injection_conflicts) + 1
    assert "Strike" in {note.name.en for note in after[MONDAY].conflicts}


def test_an_option_names_the_closed_days_that_it_would_meet(ward: SiteFixture) -> None:
    close(ward, COURSE_2 + timedelta(days=7))
    option = present_options(participant=treated(ward), at=ILL)
    moved = next(row for row in option if row.days == 3 and row.course == 2)
    assert "Strike" in {note.name.en for entry in moved.calendar.injections for note in entry.notes}


def test_a_day_is_closed_once_and_may_open_again(ward: SiteFixture) -> None:
    close(ward, MONDAY)
    with pytest.raises(DayClosed):
        close(ward, MONDAY, Role.STUDY_NURSE)
    open_day(site=ward.site, day=MONDAY, by=ward.nurse, at=START)
    with pytest.raises(DayOpen):
        open_day(site=ward.site, day=MONDAY, by=ward.nurse, at=START)
    with pytest.raises(NotPermitted):
        close(ward, MONDAY, Role.MONITOR)
