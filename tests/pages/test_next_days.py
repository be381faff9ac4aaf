"""The list of participants says for each what comes next, and when."""

from __future__ import annotations

import re

import pytest
import time_machine

from dosing.services.status import hold
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris


def steps(nurse: Browser) -> list[str]:
    """The third column of the list, from the top."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", nurse.read("/participants/"), re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[1].strip() for row in rows]


@pytest.mark.parametrize(
    ("now", "step"),
    [
        ("2015-10-05 09:30", "Course 1, day 1, Mon 12 Oct"),
        ("2015-10-12 09:30", "Course 1, day 1, today"),
        ("2015-10-13 09:30", "Course 1, day 1, late since Mon 12 Oct"),
    ],
)
def test_it_says_what_is_next_and_when(nurse: Browser, ward: SiteFixture, now: str, step: str) -> None:
    ward.booked(MONDAY)
    with time_machine.travel(paris(now), tick=False):
        assert steps(nurse) == [step]


def test_what_is_recorded_is_not_next(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-12 12:00"), tick=False):
        ward.inject(person, 1)
        ward.visit(person, "V1")
        assert steps(nurse) == ["Course 1, day 2, Tue 13 Oct"]


def test_on_hold_the_decision_stands_before_the_next_visit(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    hold(participant=person, reason="Fever", until=None, by=ward.investigator, at=paris("2015-10-05 10:00"))
    assert steps(nurse) == ["release or withdraw · Visit of day 1, Mon 12 Oct"]


def test_who_has_no_calendar_has_the_step_to_it(nurse: Browser, ward: SiteFixture) -> None:
    ward.eligible()
    assert steps(nurse) == ["randomise"]
