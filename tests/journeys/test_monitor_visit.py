"""The monitor's visit: everything blinded can be read, nothing can be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.checklist import ARM_WORDS
from tests.journeys.conftest import Visit
from tests.journeys.visitor import PHONE

ACTS = ("today/", "participants/new/", "outbox/")
ON_SOMEBODY = ("injections/1/", "eligibility/", "randomize/", "first-injection/", "hold/", "withdraw/")


@pytest.fixture
def number(visit: Visit) -> str:
    """Somebody on treatment."""
    nurse = visit("nurse")
    nurse.go("/today/")
    return str(nurse.page.locator("section[aria-labelledby=due] h3").last.inner_text())


def test_the_monitor_reads_a_participant_and_finds_nothing_to_press(visit: Visit, number: str) -> None:
    monitor = visit("monitor")
    monitor.go("/")
    monitor.sees("Participants", number)
    monitor.tap(number)
    monitor.sees("Injections and visits", "History", "Day 1 booked for")
    assert monitor.page.locator("main a.button, main form").count() == 1  # the calendar to print
    assert monitor.page.locator("a.day").count() == 0
    assert not [word for word in ARM_WORDS if word in monitor.words().lower()]


def test_the_monitor_sees_where_the_trial_stands_and_takes_the_list_of_gaps_along(visit: Visit) -> None:
    monitor = visit("monitor")
    monitor.go("/progress/")
    monitor.sees(
        "Recruitment", "Doses by course", "Visit windows", "Data still missing", "of 36 are randomised"
    )
    assert (
        monitor.page.locator("svg.drawing").count() == monitor.page.locator(".figure-chart + .scroll").count()
    )
    assert not [word for word in ARM_WORDS if word in monitor.words().lower()]
    with monitor.page.expect_download() as taken:
        monitor.page.locator('#missing-list a[href$=".csv"]').click()
    rows = Path(taken.value.path()).read_text(encoding="utf-8").splitlines()
    assert rows[0] == "Participant,What,Since,Days"
    assert len(rows) == 1 + monitor.page.locator("#missing-list tbody tr").count() > 3


def test_the_audit_trail_says_who_did_what_and_when(visit: Visit, number: str) -> None:
    monitor = visit("monitor")
    monitor.go("/audit/")
    monitor.write("Number, or about", number)
    monitor.tap("Find")
    monitor.sees("Envelope drawn", "Calendar booked", "Screening begun", "nurse", "Heads of the chains")
    others = {row.inner_text() for row in monitor.page.locator("table.trail td.number").all()} - {number}
    assert not others


def test_the_pages_of_another_role_are_refused_with_a_reason(visit: Visit, number: str) -> None:
    monitor = visit("monitor", width=PHONE)
    for path in (*ACTS, *(f"participants/{number}/{act}" for act in ON_SOMEBODY)):
        monitor.go(f"/{path}", status=403)
        monitor.sees("The role “monitor” does not open this page.")


def test_the_other_door_does_not_open(arrive: Visit) -> None:
    monitor = arrive(door="pharmacy")
    monitor.go("/accounts/login/")
    monitor.write("Username", "monitor")
    monitor.write("Password", monitor.demonstration.password)
    monitor.tap("Sign in", role="button", status=403)
    monitor.sees("clinic door")
