"""Proposals of day 1 and what speaks against a day."""

from __future__ import annotations

from datetime import date

import pytest

from dosing.core.refusals import FirstInjectionRefused
from dosing.core.starts import check_first_injection, propose_starts
from tests.core.protocols import course, imodals, protocol, visit
from tests.french import in_french
from trial.core.kept_days import KeptDays
from trial.core.protocol import Interval, Text

HOLIDAY = Text("Armistice Day", "Armistice")
RANDOMIZED, SCREENED = date(2015, 10, 1), date(2015, 9, 21)


def check(day, **changes):
    facts = {"randomized_on": RANDOMIZED, "screened_on": SCREENED, "today": RANDOMIZED} | changes
    check_first_injection(imodals(), day=day, **facts)


def test_a_monday_without_holidays_is_proposed_first():
    proposals = propose_starts(
        imodals(), earliest=date(2015, 10, 3), latest=date(2015, 10, 9), holidays=KeptDays()
    )
    assert proposals[0].date == date(2015, 10, 5)
    assert [not proposal.injection_conflicts for proposal in proposals] == [True] + [False] * 6


def test_a_holiday_on_an_injection_day_weighs_more_than_one_on_a_visit():
    trial = protocol((course(days=(0,)),), (visit("V1", Interval(2)),))
    holidays = KeptDays({date(2015, 10, 7): HOLIDAY})
    proposals = propose_starts(trial, earliest=date(2015, 10, 5), latest=date(2015, 10, 7), holidays=holidays)
    assert [proposal.date.day for proposal in proposals] == [6, 5, 7]
    assert [str(note) for note in proposals[1].conflicts] == [
        "Wednesday 7 October 2015 is a public holiday: Armistice Day"
    ]


def test_fewest_events_at_weekends_come_first_visits_counted_too():
    """From Friday two visits lie at the weekend; from Sunday the injection alone."""
    trial = protocol((course(days=(0,)),), (visit("V1", Interval(1)), visit("V2", Interval(2))))
    proposals = propose_starts(
        trial, earliest=date(2015, 10, 2), latest=date(2015, 10, 5), holidays=KeptDays()
    )
    assert [(row.date.day, row.injections_met, row.visits_met) for row in proposals] == [
        (5, 0, 0),
        (4, 1, 0),
        (2, 0, 2),
        (3, 1, 1),
    ]
    assert [row.events_met for row in proposals] == [0, 1, 2, 2]


def test_an_event_on_a_holiday_at_the_weekend_is_counted_once():
    (proposal,) = propose_starts(
        protocol((course(days=(0,)),), ()),
        earliest=date(2015, 10, 3),
        latest=date(2015, 10, 3),
        holidays=KeptDays({date(2015, 10, 3): HOLIDAY}),
    )
    assert (len(proposal.injection_conflicts), proposal.events_met) == (2, 1)


def test_a_holiday_met_by_injection_and_visit_is_named_once():
    (proposal,) = propose_starts(
        imodals(),
        earliest=date(2015, 10, 5),
        latest=date(2015, 10, 5),
        holidays=KeptDays({date(2015, 11, 2): HOLIDAY}),
    )
    assert len(proposal.conflicts) == 1
    assert proposal.injection_conflicts == proposal.visit_conflicts


def test_days_before_randomization_are_not_proposed():
    proposals = propose_starts(
        imodals(),
        earliest=date(2015, 10, 1),
        latest=date(2015, 10, 6),
        holidays=KeptDays(),
        randomized=date(2015, 10, 5),
    )
    assert [proposal.date.day for proposal in proposals] == [5, 6]


def test_nothing_is_proposed_for_an_empty_period():
    days = {"earliest": date(2015, 10, 5), "latest": date(2015, 10, 4)}
    assert propose_starts(imodals(), holidays=KeptDays(), **days) == ()


@pytest.mark.parametrize("day", [date(2015, 10, 1), date(2015, 10, 8)])
def test_day_1_may_lie_on_the_day_of_randomization_and_on_the_last_day(day):
    check(day)


@pytest.mark.parametrize(
    ("day", "changes", "words"),
    [
        (date(2015, 9, 30), {"today": None}, "before randomisation. Choose Thursday 1 October 2015"),
        (date(2015, 10, 9), {}, "at most 7 days after randomisation. Choose Thursday 8 October 2015"),
        (date(2015, 10, 5), {"today": date(2015, 10, 6)}, "Monday 5 October 2015 has passed"),
        (date(2015, 10, 5), {"screened_on": date(2015, 9, 6)}, "more than 28 days before it"),
        (date(2015, 10, 5), {"screened_on": date(2015, 10, 5)}, "would come after day -1"),
    ],
)
def test_a_day_1_that_the_protocol_does_not_allow_is_refused_with_its_reason(day, changes, words):
    with pytest.raises(FirstInjectionRefused, match=words):
        check(day, **changes)


def test_the_28th_day_after_screening_is_the_last():
    check(date(2015, 10, 5), screened_on=date(2015, 9, 7))
    check(date(2015, 10, 5), screened_on=date(2015, 10, 4))


def test_a_refusal_speaks_french_too():
    with pytest.raises(FirstInjectionRefused) as refusal:
        check(date(2015, 10, 9))
    assert in_french(refusal.value.sentence).startswith(
        "Le vendredi 9 octobre 2015 est trop tard pour le jour 1"
    )
