"""Day 1 is the day of the first injection, also when the planned first ones were missed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dosing.core.options import Option, OptionKind
from dosing.models import Deviation, PlannedInjection
from dosing.reading.queries import CalendarView, calendar_of
from dosing.reading.situation import explained, facts_of, open_slips, situation_of
from dosing.services.booking import book_first_injection
from dosing.services.choosing import NoSlip, follow_actual, keep_days, move_course, present_options
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Delegation, Participant
from trial.refusals import InvalidInput, Refusal

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NOON = paris(f"{MONDAY} 12:00")


def missed(ward: SiteFixture, *numbers: int) -> Participant:
    """Somebody booked of whom these injections are recorded as missed, each at noon of its day."""
    who = ward.booked(MONDAY)
    for number in numbers or (1,):
        day = PlannedInjection.objects.get(plan__participant=who, number=number).date
        at = paris(f"{day} 12:00")
        ward.inject(who, number, outcome="missed", reason="Fever.", happened_at=None, at=at)
    return ward.again(who)


def offered(ward: SiteFixture, who: Participant, at: datetime = NOON) -> list[Option]:
    found = present_options(participant=ward.again(who), at=at)  # type: ignore[arg-type]
    return [option for option in found if option.kind is OptionKind.FOLLOW]


def follow(ward: SiteFixture, who: Participant, at: datetime = NOON, by: Delegation | None = None) -> None:
    said = {"course": 1, "reason": "Fever on day 1.", "by": by or ward.nurse, "at": at}
    follow_actual(participant=ward.again(who), **said)  # type: ignore[arg-type]


def view(ward: SiteFixture, who: Participant, at: datetime = NOON) -> CalendarView:
    found = calendar_of(ward.again(who), at=at)
    assert found is not None
    return found


def days(shown: CalendarView) -> dict[str, tuple[int, date]]:
    return {day.code: (day.trial_day, day.date) for day in shown.days}


def test_as_soon_as_the_first_one_is_missed_another_day_1_is_offered(ward: SiteFixture) -> None:
    """Before anything is given: the next injection would be the first."""
    who = missed(ward)
    (option,) = offered(ward, who)
    assert (option.start, option.facts.first_injection, option.days) == (TUESDAY, TUESDAY, 1)
    assert offered(ward, ward.booked(MONDAY)) == []


@pytest.mark.parametrize("role", ["nurse", "investigator"])
def test_nurse_and_investigator_may_choose_it_with_a_reason(ward: SiteFixture, role: str) -> None:
    who, by = missed(ward), getattr(ward, role)
    with pytest.raises(InvalidInput):
        follow_actual(participant=who, course=1, reason=" ", by=by, at=NOON)  # type: ignore[arg-type]
    follow(ward, who, by=by)
    assert view(ward, who).first_injection == TUESDAY


def test_trial_days_are_counted_from_it_and_nothing_is_made_up(ward: SiteFixture) -> None:
    who = missed(ward)
    before = days(view(ward, who))
    follow(ward, who)
    after = days(view(ward, who))
    assert [after[f"C1D{n}"] for n in range(1, 6)] == [
        (n - 1 or -1, MONDAY + timedelta(days=n - 1)) for n in range(1, 6)
    ]
    assert after["C1D2"][1] == before["C1D2"][1]
    for code in ("C2D1", "C3D5", "V2", "V7"):
        day, planned = before[code]
        assert after[code] == (day, planned + timedelta(days=1))
    assert len(after) == 15 + 7


def test_given_on_its_day_it_is_day_1_and_nobody_is_asked_again(ward: SiteFixture) -> None:
    who = missed(ward)
    follow(ward, who)
    ward.inject(who, 2)
    at = paris(f"{TUESDAY} 12:00")
    plan = who.plans.get(superseded_at=None)  # type: ignore[attr-defined]
    assert open_slips(ward.again(who), situation_of(ward.again(who), plan, at=at)) == ()
    assert offered(ward, who, at) == []
    with pytest.raises(NoSlip):
        follow(ward, who, at)


def test_given_first_it_is_offered_afterwards_or_the_days_are_kept(ward: SiteFixture) -> None:
    who = missed(ward, 1, 2)
    ward.inject(who, 3)
    at = paris(f"{WEDNESDAY} 12:00")
    (option,) = offered(ward, who, at)
    assert option.start == WEDNESDAY
    keep_days(participant=ward.again(who), course=1, reason="As planned.", by=ward.nurse, at=at)
    plan = who.plans.get(superseded_at=None)  # type: ignore[attr-defined]
    assert open_slips(ward.again(who), situation_of(ward.again(who), plan, at=at)) == ()
    follow(ward, who, at)
    assert days(view(ward, who, at))["C1D3"] == (1, WEDNESDAY)


def test_given_late_day_1_is_the_day_on_which_it_was_given(ward: SiteFixture) -> None:
    who = missed(ward)
    wednesday = paris(f"{WEDNESDAY} 09:00")
    ward.inject(who, 2, happened_at=wednesday, at=wednesday, deviation_reason="Strike.")
    follow(ward, who, wednesday)
    shown = days(view(ward, who, wednesday))
    assert (shown["C1D2"], shown["C1D3"]) == ((1, WEDNESDAY), (2, WEDNESDAY + timedelta(days=1)))


def test_as_long_as_one_before_it_is_not_recorded_nobody_knows_which_was_first(ward: SiteFixture) -> None:
    who = missed(ward)
    ward.inject(who, 3)
    assert offered(ward, who, paris(f"{WEDNESDAY} 12:00")) == []


def test_after_a_whole_course_that_was_missed_the_courses_stay_where_they_are(ward: SiteFixture) -> None:
    who = missed(ward, 1, 2, 3, 4, 5)
    at = paris("2015-10-20 12:00")
    before = days(view(ward, who, at))
    (option,) = offered(ward, who, at)
    assert option.start == date(2015, 11, 9)
    follow(ward, who, at)
    after = days(view(ward, who, at))
    assert {code: after[code][1] for code in before if code.startswith("C")} == {
        code: before[code][1] for code in before if code.startswith("C")
    }
    assert (after["C2D1"][0], after["C3D1"][0], after["V1"]) == (1, 29, (1, date(2015, 11, 9)))


def test_a_later_course_can_still_be_moved_within_its_limit(ward: SiteFixture) -> None:
    who = missed(ward, 1, 2, 3, 4, 5)
    at = paris("2015-10-20 12:00")
    follow(ward, who, at)
    ward.inject(who, 6)
    again, at = ward.again(who), paris("2015-11-16 12:00")
    start = date(2015, 12, 9)
    move_course(participant=again, course=3, start=start, reason="Away.", by=ward.nurse, at=at)  # type: ignore[arg-type]
    assert days(view(ward, who, at))["C3D1"] == (31, start)


def test_a_second_move_is_held_against_the_plan_not_against_the_first(ward: SiteFixture) -> None:
    who = missed(ward, 1, 2, 3, 4, 5)
    at = paris("2015-10-20 12:00")
    follow(ward, who, at)
    ward.inject(who, 6)
    at, planned = paris("2015-11-16 12:00"), days(view(ward, who, paris("2015-11-16 12:00")))["C3D1"][1]
    move = {"course": 3, "reason": "Away.", "by": ward.nurse, "at": at}
    week = timedelta(days=7)
    move_course(participant=ward.again(who), start=planned + week, **move)  # type: ignore[arg-type]

    with pytest.raises(Refusal):
        move_course(participant=ward.again(who), start=planned + 2 * week, **move)  # type: ignore[arg-type]
    move_course(participant=ward.again(who), start=planned, **move)  # type: ignore[arg-type]

    assert days(view(ward, who, at))["C3D1"][1] == planned


def test_the_same_facts_give_the_plan_that_is_written(ward: SiteFixture) -> None:
    who = missed(ward, 1, 2)
    follow(ward, who, paris(f"{TUESDAY} 12:00"))
    plan = who.plans.get(superseded_at=None)  # type: ignore[attr-defined]
    assert facts_of(plan, who).first_injection == WEDNESDAY
    written = {row.number: row.date for row in plan.injections.all()}
    calendar = explained(who, plan)
    assert {row.number: row.date for row in calendar.injections} == written
    assert str(calendar.injection(3).reason).startswith("Day 1: ")


def test_day_1_booked_anew_takes_the_choice_back(ward: SiteFixture) -> None:
    who = ward.booked(date(2015, 10, 7))
    at = paris("2015-10-07 12:00")
    ward.inject(who, 1, outcome="missed", reason="Fever.", happened_at=None, at=at)
    follow(ward, who, at)
    again = ward.again(who)
    book_first_injection(participant=again, day=MONDAY, by=ward.nurse, at=at, reason="Fever.")
    shown = days(view(ward, who, at))
    assert (shown["C1D1"], shown["C1D5"]) == ((1, MONDAY), (5, MONDAY + timedelta(days=4)))


def test_a_first_injection_beyond_the_limit_departs_whichever_number_it_has(ward: SiteFixture) -> None:
    """Monday is the last day that the protocol allows for day 1."""
    who = missed(ward)
    ward.inject(who, 2)
    assert ("day_1_too_late", "injection:2") in Deviation.objects.values_list("kind", "event")
    ward.inject(who, 3)
    assert ("day_1_too_late", "injection:3") not in Deviation.objects.values_list("kind", "event")
