"""What holds for every plan, whatever the dates."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dosing.core.days import date_of, trial_day
from dosing.core.planning import Planner, plan
from dosing.core.windows import Timing, judge
from tests.core.protocols import DAY_1, RANDOMIZATION, after_course, course, imodals, protocol, visit
from trial.core.dates import add
from trial.core.protocol import Interval, Unit, Window

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
lengths = st.builds(Interval, st.integers(0, 90), st.sampled_from(Unit))
windows = st.builds(Window, st.integers(0, 14), st.integers(0, 14))
IMODALS = imodals()


@given(days)
def test_fifteen_injections_five_a_course_on_consecutive_days(day):
    calendar = plan(IMODALS, first_injection=day)
    assert [i.number for i in calendar.injections] == list(range(1, 16))
    for number in (1, 2, 3):
        dates = [i.date for i in calendar.course(number)]
        assert dates == [day + timedelta(days=28 * (number - 1) + n) for n in range(5)]


@given(days, st.integers(-400, 400))
def test_trial_day_and_date_are_each_others_inverse(first, offset):
    day = first + timedelta(days=offset)
    assert trial_day(day, first) != 0
    assert date_of(trial_day(day, first), first) == day


@given(days, st.lists(st.tuples(lengths, windows, st.sampled_from([DAY_1, RANDOMIZATION])), max_size=5))
def test_a_visit_lies_at_its_offset_and_inside_its_window(day, drawn):
    visits = tuple(visit(f"V{n}", offset, anchor, window) for n, (offset, window, anchor) in enumerate(drawn))
    randomized = day - timedelta(days=3)
    calendar = plan(protocol((course(),), visits), first_injection=day, randomized=randomized)
    for row in visits:
        planned = calendar.visit(row.code)
        assert planned.date == add(day if row.anchor is DAY_1 else randomized, row.offset)
        assert planned.earliest <= planned.date <= planned.latest
        assert judge(planned, planned.earliest) is not Timing.EARLY
        assert judge(planned, planned.latest + timedelta(days=1)) is Timing.LATE


@given(days, st.permutations(range(4)))
def test_the_same_facts_give_the_same_plan_in_any_order(day, order):
    starts = [(("A", 1), day), (("B", 1), day + timedelta(days=30)), (("B", 2), day + timedelta(days=61))]
    starts.append((("C", 1), day + timedelta(days=93)))
    trial = protocol(
        (
            course("A"),
            course("B", after_course("A", actual=True), Interval(28), repeats=2, every=Interval(28)),
            course("C", after_course("B", 2, actual=True), Interval(1, Unit.MONTH)),
        )
    )
    shuffled = dict(starts[n] for n in order)
    calendar = plan(trial, first_injection=day, actual_course_starts=shuffled)
    assert calendar == plan(trial, first_injection=day, actual_course_starts=dict(starts))


@given(days, st.permutations(range(3)))
def test_the_order_of_courses_in_the_file_does_not_matter(day, order):
    courses = (
        course("A"),
        course("B", after_course("A"), Interval(28)),
        course("C", after_course("B"), Interval(1, Unit.MONTH)),
    )
    calendar = plan(protocol(tuple(courses[n] for n in order)), first_injection=day)
    assert calendar == plan(protocol(courses), first_injection=day)


@given(days, lengths)
def test_numbers_follow_the_dates_and_none_is_before_day_1(day, every):
    trial = protocol((course("A", repeats=3, every=every), course("B", offset=Interval(2), days=(0, 40))))
    calendar = plan(trial, first_injection=day)
    dates = [i.date for i in calendar.injections]
    assert dates == sorted(dates)
    assert dates[0] == calendar.first_day == day
    assert dates[-1] == calendar.last_day
    assert all(i.trial_day == trial_day(i.date, day) for i in calendar.injections)


MONTHLY = protocol((course("A", repeats=3, every=Interval(1, Unit.MONTH)),))
FOLLOWING = protocol((course("A"), course("B", after_course("A", actual=True), Interval(28))))


@given(st.sampled_from([IMODALS, MONTHLY, FOLLOWING]), days, st.integers(0, 9))
def test_what_was_planned_before_does_not_matter(trial, day, slip):
    plan(trial, first_injection=day + timedelta(days=17))
    facts = {"first_injection": day, "actual_course_starts": {("A", 1): day + timedelta(days=slip)}}
    assert plan(trial, **facts) == Planner(trial).plan(**facts)
