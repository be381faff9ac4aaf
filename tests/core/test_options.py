"""After a slip: the lawful options of a protocol, and what each does to every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosing.core.changes import changes_between
from dosing.core.facts import Facts, plan_from
from dosing.core.options import (
    Happened,
    OptionKind,
    ShiftRefused,
    Situation,
    follow_option,
    move_option,
    options,
    slips,
)
from dosing.core.refusals import CannotPlan
from tests.core.protocols import after_course, course, imodals, months, protocol, visit
from tests.french import in_french
from trial.core.protocol import Interval, Protocol

MONDAY = date(2015, 10, 5)
D29 = MONDAY + timedelta(days=28)
FEVER = {n: MONDAY + timedelta(days=n - 1) for n in range(1, 6)}
"""Course 1 given as planned; then the participant is ill."""


def movable(limit: int = 7, **changes: object) -> Protocol:
    """The shape of NCT02059759, whose courses may start up to `limit` days later."""
    plain = imodals()
    trial = course(repeats=3, every=Interval(28), max_shift_days=limit, **changes)
    return protocol((trial,), plain.visits)


def situation(trial: Protocol, given: dict[int, date] | None = None, **more: object) -> Situation:
    happened = Happened(recorded=tuple(given or {}), given=given or {})
    return Situation(trial, Facts(MONDAY), happened, today=more.pop("today", D29), **more)  # type: ignore[arg-type]


def days_of(calendar: object, number: int) -> list[date]:
    return [row.date for row in calendar.course(number)]  # type: ignore[attr-defined]


def row(start: date) -> list[date]:
    return [start + timedelta(days=n) for n in range(5)]


def test_a_course_that_has_not_begun_moves_as_a_whole_and_nothing_else_does():
    moved = move_option(situation(movable(), FEVER), 2, D29 + timedelta(days=3))
    assert days_of(moved.calendar, 2) == row(D29 + timedelta(days=3))
    assert days_of(moved.calendar, 3) == row(MONDAY + timedelta(days=56))
    assert [change.code for change in moved.changes] == ["C2D1", "C2D2", "C2D3", "C2D4", "C2D5"]
    assert (moved.days, moved.start) == (3, date(2015, 11, 5))


def test_where_repeats_follow_the_rest_comes_after_it():
    moved = move_option(situation(movable(follows_actual=True), FEVER), 2, D29 + timedelta(days=3))
    assert days_of(moved.calendar, 3) == row(MONDAY + timedelta(days=59))
    reason = str(moved.calendar.course(3)[0].reason)
    assert (
        reason
        == "Day 60: first day of course 3, which starts 28 days after the new start of course 2 (day 32)."
    )


def test_the_reason_says_from_where_a_course_was_moved():
    moved = move_option(situation(movable(), FEVER), 2, D29 + timedelta(days=3))
    reason = moved.calendar.course(2)[4].reason
    assert str(reason) == (
        "Day 36: fifth day of course 2, which was moved from day 29 (28 days after day 1) to day 32."
    )
    assert in_french(reason) == (
        "Jour 36\u00a0: cinquième jour de la cure 2, qui a été déplacée du jour 29 "
        "(28 jours après le jour 1) au jour 32."
    )


@pytest.mark.parametrize("days", [-1, 8])
def test_not_earlier_and_not_beyond_the_limit(days: int):
    with pytest.raises(ShiftRefused, match="from Monday 2 November 2015 to Monday 9 November 2015"):
        move_option(situation(movable(), FEVER), 2, D29 + timedelta(days=days))


def test_the_limit_counts_from_the_plan_and_not_from_the_last_move():
    there = Facts(MONDAY).moving(("IL2", 2), D29 + timedelta(days=5))
    again = Situation(movable(), there, Happened(tuple(FEVER), given=FEVER), today=D29)
    with pytest.raises(ShiftRefused):
        move_option(again, 2, D29 + timedelta(days=8))
    assert days_of(move_option(again, 2, D29).calendar, 2) == row(D29)


def test_not_into_the_past():
    late = situation(movable(), FEVER, today=D29 + timedelta(days=2))
    with pytest.raises(ShiftRefused, match="from Wednesday 4 November"):
        move_option(late, 2, D29 + timedelta(days=1))


def test_not_into_another_course():
    close = protocol((course(repeats=3, every=Interval(7), max_shift_days=5),))
    started = situation(close, FEVER, today=MONDAY + timedelta(days=7))
    assert days_of(move_option(started, 2, MONDAY + timedelta(days=9)).calendar, 2)
    with pytest.raises(ShiftRefused, match="run into another course"):
        move_option(started, 2, MONDAY + timedelta(days=10))


def test_a_course_of_which_anything_is_recorded_stays():
    begun = Happened(recorded=(*FEVER, 6), given=FEVER)
    here = Situation(movable(), Facts(MONDAY), begun, today=D29)
    with pytest.raises(ShiftRefused, match="as a whole or not at all"):
        move_option(here, 2, D29 + timedelta(days=1))


def test_a_course_may_not_begin_on_the_last_day_of_the_one_before():
    """Course 3 was moved away, course 2 then close to where 3 had been; now 3 cannot go back all the way."""
    close = protocol((course(repeats=3, every=Interval(7), max_shift_days=5),))
    facts = Facts(MONDAY).moving(("IL2", 3), MONDAY + timedelta(days=18))
    facts = facts.moving(("IL2", 2), MONDAY + timedelta(days=10))
    here = Situation(close, facts, Happened(tuple(FEVER), given=FEVER), today=MONDAY + timedelta(days=7))
    assert here.calendar().course(2)[-1].date == MONDAY + timedelta(days=14)
    assert days_of(move_option(here, 3, MONDAY + timedelta(days=15)).calendar, 3)
    with pytest.raises(ShiftRefused, match="run into another course"):
        move_option(here, 3, MONDAY + timedelta(days=14))


def test_what_is_no_course_or_may_not_move_is_refused_in_words():
    with pytest.raises(ShiftRefused, match="There is no course 4"):
        move_option(situation(movable(), FEVER), 4, D29)
    with pytest.raises(ShiftRefused, match="does not let course 2 be moved"):
        move_option(situation(imodals(), FEVER), 2, D29)


def test_a_course_of_another_drug_that_is_given_once_moves_though_it_is_a_first_one():
    second = course("PEG", offset=Interval(28), drug="other", max_shift_days=3)
    trial = protocol((course(), second))
    moved = move_option(situation(trial, FEVER), 2, D29 + timedelta(days=3))
    assert days_of(moved.calendar, 2) == row(D29 + timedelta(days=3))


def test_the_course_of_day_1_moves_with_day_1_only():
    with pytest.raises(ShiftRefused, match="Move day 1 instead"):
        move_option(situation(movable(), today=MONDAY), 1, MONDAY + timedelta(days=1))


def test_without_a_limit_in_the_protocol_nothing_moves():
    kinds = {option.kind for option in options(situation(imodals(), FEVER))}
    assert kinds == {OptionKind.KEEP, OptionKind.STOP}


def test_all_options_are_there_each_with_what_it_changes():
    found = options(situation(movable(2), FEVER))
    assert [(o.kind.value, o.course, o.days, len(o.changes)) for o in found] == [
        ("keep", 0, 0, 0),
        ("move", 2, 1, 5),
        ("move", 2, 2, 5),
        ("move", 3, 1, 5),
        ("move", 3, 2, 5),
        ("stop", 0, 0, 10),
    ]


LATE = {1: MONDAY + timedelta(days=1)}


def test_a_first_injection_a_day_late_is_the_real_day_1_once_somebody_says_so():
    here = situation(imodals(), LATE, today=MONDAY + timedelta(days=1))
    (slip,) = slips(here)
    assert (slip.planned, slip.began) == (MONDAY, MONDAY + timedelta(days=1))
    follow = next(option for option in options(here) if option.kind is OptionKind.FOLLOW)
    assert follow.facts.first_injection == MONDAY + timedelta(days=1)
    assert days_of(follow.calendar, 1) == row(MONDAY + timedelta(days=1))
    assert slips(Situation(imodals(), follow.facts, here.happened, here.today)) == ()


def test_day_1_is_counted_anew_until_another_course_has_begun():
    """Whoever is in course 2 keeps the days, whatever was late in course 1."""
    given = LATE | {6: D29}
    here = situation(imodals(), given)
    with pytest.raises(CannotPlan, match="Another course has begun"):
        follow_option(here, slips(here)[0])
    assert OptionKind.FOLLOW not in {option.kind for option in options(here)}


@pytest.mark.parametrize(("number", "followed"), [(2, True), (3, False)])
def test_a_slip_is_followed_where_a_later_course_counts_from_it(number: int, followed: bool):
    """From the last repeat nothing counts, whatever the protocol says of repeats."""
    start = MONDAY + timedelta(days=28 * (number - 1))
    given = FEVER | {5 * number - 4: start + timedelta(days=1)}
    here = situation(movable(follows_actual=True), given, today=start + timedelta(days=1))
    assert [slip.course for slip in slips(here)] == [number]
    assert (OptionKind.FOLLOW in {option.kind for option in options(here)}) is followed


@pytest.mark.parametrize(
    ("repeat", "actual", "followed"), [(2, True, True), (3, True, False), (2, False, False)]
)
def test_a_slip_is_followed_where_a_visit_counts_from_that_very_start(
    repeat: int, actual: bool, followed: bool
):
    seen = visit("V1", Interval(7), after_course("IL2", repeat, actual=actual))
    trial = protocol((course(repeats=3, every=Interval(28)),), (seen,))
    here = situation(trial, FEVER | {6: D29 + timedelta(days=1)}, today=D29 + timedelta(days=1))
    assert (OptionKind.FOLLOW in {option.kind for option in options(here)}) is followed


def test_until_then_every_day_stays():
    here = situation(imodals(), LATE, today=MONDAY + timedelta(days=1))
    assert here.calendar() == plan_from(imodals(), Facts(MONDAY))


def test_a_visit_that_follows_a_late_course_is_counted_from_it_once_accepted():
    trial = protocol(
        (course(repeats=2, every=Interval(28)),),
        (visit("V1", Interval(7), after_course("IL2", 2, actual=True)),),
    )
    here = situation(trial, FEVER | {6: D29 + timedelta(days=2)})
    follow = next(option for option in options(here) if option.kind is OptionKind.FOLLOW)
    assert [(change.code, change.new.date) for change in follow.changes] == [("V1", date(2015, 11, 11))]
    assert (
        str(follow.calendar.visit("V1").reason)
        == "Day 38: 7 days after the actual start of course 2 (day 31)."
    )


def test_a_missed_first_dose_does_not_start_the_course_anew():
    given = {2: MONDAY + timedelta(days=1)}
    here = Situation(
        imodals(), Facts(MONDAY), Happened((1, 2), given=given), today=MONDAY + timedelta(days=1)
    )
    (slip,) = slips(here)
    assert (slip.course, slip.planned, slip.began) == (1, MONDAY, MONDAY + timedelta(days=1))
    followed = follow_option(here, slip).calendar
    assert days_of(followed, 1) == row(MONDAY)
    assert [entry.trial_day for entry in followed.course(1)] == [-1, 1, 2, 3, 4]
    assert days_of(followed, 2) == row(D29 + timedelta(days=1))


@pytest.mark.parametrize(("follows", "later"), [(True, 2), (False, 0)])
def test_after_a_missed_first_course_later_ones_follow_the_protocol_and_not_their_old_place(
    follows: bool, later: int
):
    """Every course stays where it lay beside day 1, until one begins late that others are counted from."""
    trial = protocol((course(repeats=4, every=Interval(28), max_shift_days=7, follows_actual=follows),), ())
    day_1 = D29 + timedelta(days=1)
    missed = Happened((1, 2, 3, 4, 5, 6), given={6: day_1})
    here = Situation(trial, Facts(MONDAY), missed, today=D29)
    facts = follow_option(here, slips(here)[0]).facts
    assert facts.first_injection == day_1 and len(facts.placed) == 4
    late = facts.placed["IL2", 3] + timedelta(days=2)
    found = plan_from(trial, facts.following(("IL2", 3), late))
    starts = [found.course(number)[0].date for number in (2, 3, 4)]
    assert starts == [day_1, day_1 + timedelta(days=28), day_1 + timedelta(days=56 + later)]


def test_in_a_later_course_a_missed_first_dose_starts_nothing_anew():
    given = {**FEVER, 7: D29 + timedelta(days=1)}
    here = Situation(imodals(), Facts(MONDAY), Happened((*given, 6), given=given), today=D29)
    assert slips(here) == ()


def test_with_a_second_drug_on_day_1_the_day_stays():
    """One of two drugs of day 1 was missed, the other given: day 1 is still that day."""
    two = (course(code="A"), course(code="B"))
    trial = protocol(two, ())
    plan = plan_from(trial, Facts(MONDAY))
    first, second = plan.injections[0].number, plan.injections[1].number
    assert plan.injections[1].date == MONDAY
    here = Situation(trial, Facts(MONDAY), Happened((first, second), given={second: MONDAY}), today=MONDAY)
    assert slips(here) == ()


def test_what_is_recorded_is_no_change():
    old, new = plan_from(imodals(), Facts(MONDAY)), plan_from(imodals(), Facts(MONDAY + timedelta(days=1)))
    changed = changes_between(old, new, recorded=(1, 2), visited=("V1",))
    assert {change.code for change in changed}.isdisjoint({"C1D1", "C1D2", "V1"})
    assert len(changed) == 15 + 7 - 3


def test_months_count_from_the_repeat_that_slipped():
    monthly = protocol((course(repeats=4, every=months(1), max_shift_days=5, follows_actual=True),))
    here = Situation(monthly, Facts(date(2015, 1, 31)), Happened(), today=date(2015, 2, 1))
    assert [here.calendar().course(n)[0].date for n in (2, 3, 4)] == [
        date(2015, 2, 28),
        date(2015, 3, 31),
        date(2015, 4, 30),
    ]
    moved = move_option(here, 2, date(2015, 3, 2)).calendar
    assert [moved.course(n)[0].date for n in (3, 4)] == [date(2015, 4, 2), date(2015, 5, 2)]


@given(st.integers(0, 7), st.integers(0, 7), st.booleans(), st.permutations([2, 3]))
def test_the_same_moves_give_the_same_plan_in_any_order_and_no_course_gets_a_sixth_day(
    one, two, follow, order
):
    trial = movable(follows_actual=follow)
    starts = {2: D29 + timedelta(days=one), 3: MONDAY + timedelta(days=56 + two)}
    facts = Facts(MONDAY)
    for number in order:
        facts = facts.moving(("IL2", number), starts[number])
    calendar = plan_from(trial, facts)
    assert calendar == plan_from(trial, Facts(MONDAY, moved={("IL2", n): day for n, day in starts.items()}))
    assert [days_of(calendar, n) for n in (1, 2, 3)] == [row(MONDAY), row(starts[2]), row(starts[3])]


# two doses on one day


def meeting(**more: object) -> Protocol:
    """A weekly course that follows its actual start, and one more dose two days after its third."""
    weekly = course("A", days=(0,), repeats=3, every=Interval(7), follows_actual=True)
    return protocol((weekly, course("B", offset=Interval(16), **{"days": (0,), **more})))


@pytest.mark.parametrize(("late", "is_lawful"), [(1, True), (2, False), (3, True)])
def test_no_course_is_followed_onto_a_day_that_has_a_dose(late: int, is_lawful: bool):
    """A2 is given `late` days after day 8; counted from there A3 comes on day 15 + `late`, B on day 17."""
    given = {1: MONDAY, 2: MONDAY + timedelta(days=7 + late)}
    here = situation(meeting(), given, today=given[2])
    (slip,) = slips(here)
    assert (OptionKind.FOLLOW in {option.kind for option in options(here)}) is is_lawful
    if is_lawful:
        assert days_of(follow_option(here, slip).calendar, 3) == [MONDAY + timedelta(days=14 + late)]
        return
    with pytest.raises(ShiftRefused, match=r"two doses of one drug would fall on .*21 October 2015"):
        follow_option(here, slip)


def test_a_dose_of_another_drug_is_in_the_way_of_none():
    given = {1: MONDAY, 2: MONDAY + timedelta(days=9)}
    here = situation(meeting(drug="other"), given, today=given[2])
    assert follow_option(here, slips(here)[0]).days == 2


def test_a_day_that_has_two_doses_already_keeps_nobody_from_following():
    """An installed file may plan it; what is refused is what the option would bring."""
    weekly = course("A", days=(0,), repeats=3, every=Interval(7), follows_actual=True)
    twice = [course(code, days=(0,), offset=Interval(16)) for code in "BC"]
    given = {1: MONDAY, 2: MONDAY + timedelta(days=8)}
    here = situation(protocol((weekly, *twice)), given, today=given[2])
    assert follow_option(here, slips(here)[0]).days == 1
