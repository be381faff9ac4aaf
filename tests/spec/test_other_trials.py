"""The two other trials of the language, planned by hand and by the core."""

from __future__ import annotations

from datetime import date, timedelta

from dosing.core.facts import Facts, plan_from
from dosing.core.planning import plan
from trial.protocol.files import PROTOCOLS, load_protocol

FRAME = load_protocol(PROTOCOLS / "nct01575834.toml").protocol
MIROCALS = load_protocol(PROTOCOLS / "nct03039673.toml").protocol


def test_frame_counts_calendar_months_from_the_31st_and_two_drugs_with_days_of_their_own():
    calendar = plan(FRAME, first_injection=date(2023, 1, 31), randomized=date(2023, 1, 29))
    build = [row.date for row in calendar.injections if row.drug == "STUDY"]
    ends = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert build == [date(2023, month, day) for month, day in enumerate(ends, 1)]
    keep = [row.date for row in calendar.injections if row.drug == "DENOSUMAB"]
    assert keep == [date(2024, 1, 31), date(2024, 7, 31)]


def test_frame_visits_count_from_randomisation_and_have_unequal_windows():
    calendar = plan(FRAME, first_injection=date(2023, 1, 31), randomized=date(2023, 1, 29))
    assert calendar.visit("CALL").date == date(2023, 2, 12)
    last = calendar.visit("M24")
    assert last.date == date(2025, 1, 31)
    assert (last.earliest, last.latest) == (date(2025, 1, 17), date(2025, 2, 28))


def test_mirocals_gives_19_courses_of_five_days():
    day_1 = date(2018, 3, 5)
    calendar = plan(MIROCALS, first_injection=day_1)
    assert len(calendar.injections) == 95
    starts = [calendar.course(number)[0].date for number in range(1, 20)]
    assert starts == [day_1 + timedelta(days=28 * n) for n in range(19)]


def test_mirocals_visits_follow_a_course_that_slipped_and_its_later_courses_do_not():
    day_1 = date(2018, 3, 5)
    began = day_1 + timedelta(days=28 * 3 + 2)
    calendar = plan_from(MIROCALS, Facts(day_1).following(("COURSE", 4), began))
    assert calendar.visit("V3").date == began
    assert str(calendar.visit("V3").reason).endswith("the day of the actual start of course 4 (day 87).")
    assert calendar.visit("V4").date == day_1 + timedelta(days=28 * 6)
    assert calendar.course(5)[0].date == day_1 + timedelta(days=28 * 4)
