"""Progress: where the trial stands, counted from what is recorded, whatever the envelopes hold."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dosing.progress.figure import Figure
from dosing.progress.figures import FIGURES, figure
from dosing.services.correcting_ends import NEVER, correct_end
from dosing.services.judging import SaidOfInjection
from dosing.services.recording import record_injection
from dosing.services.reviewing import review_deviation
from dosing.services.status import withdraw
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Delegation, Participant
from trial.permissions import Role
from trial.screening.consent_correction import correct_consent

LATER = paris("2015-10-20 18:00")
"""Tuesday of the week after the first course."""


def rows(key: str, by: Delegation, at: object = LATER) -> dict[object, tuple[object, ...]]:
    """The table of a figure: the first cell, and the others."""
    return {row[0]: tuple(row[1:]) for row in table(key, by, at).rows}


def table(key: str, by: Delegation, at: object = LATER) -> Figure:
    return figure(key, by=by, at=at)  # type: ignore[arg-type]


@pytest.fixture
def manager(ward: SiteFixture) -> Delegation:
    return ward.world.person(Role.TRIAL_MANAGER)


@pytest.fixture
def course(ward: SiteFixture) -> str:
    """Somebody in the week after course 1: three given, one missed, one of which nothing is recorded."""
    person = ward.booked(MONDAY)
    for number in (1, 2, 3):
        ward.inject(person, number)
    record_injection(
        participant=person,
        number=4,
        said=SaidOfInjection(outcome="missed", reason="Fever", cause="ill"),
        by=ward.nurse,
        at=paris("2015-10-15 10:00"),
    )
    return person.number


def test_doses_are_counted_by_course_and_outcome(course: str, manager: Delegation) -> None:
    columns = table("doses", manager).columns[1:]
    first = dict(zip(columns, rows("doses", manager)["Course 1"], strict=True))
    assert {name: count for name, count in first.items() if count} == {
        "given": 3,
        "not given": 1,
        "not recorded": 1,
    }
    assert sum(rows("doses", manager)["Course 2"]) == 5


def test_what_is_missing_is_named_with_its_age(course: str, manager: Delegation) -> None:
    listed = [tuple(row) for row in table("missing-list", manager).rows]
    assert (course, "injection C1D5", MONDAY + timedelta(days=4), 4) in listed
    assert rows("missing", manager)["Injections"] == (1, 0, 0)


def test_a_visit_counts_as_met_within_its_window_and_not_outside(
    ward: SiteFixture, manager: Delegation
) -> None:
    inside, outside = ward.booked(MONDAY), ward.booked(MONDAY)
    ward.visit(inside, "V1")
    last = outside.plans.get(superseded_at=None).visits.get(code="V1").latest
    after = last + timedelta(days=1)
    late = {"day": after, "deviation_reason": "The bus did not come.", "at": paris(f"{after} 10:00")}
    ward.visit(outside, "V1", **late)
    assert rows("visits", manager)["V1"][:2] == (1, 1)
    assert "1 of 2 visits" in table("visits", manager).sentence


def test_a_deviation_counts_as_important_where_a_person_judged_it_so(
    ward: SiteFixture, manager: Delegation
) -> None:
    """Not where it was judged unimportant, nor where nobody has judged it, whatever is presumed."""
    judged = {"by": ward.investigator, "assessment": "Read.", "closed": False, "at": LATER}
    for important in (True, False, False, None):
        person = ward.booked(MONDAY)
        correct_consent(
            participant=person,
            signed_on=START.date() + timedelta(days=1),
            reason="Misread.",
            by=ward.nurse,
            at=LATER,
        )
        if important is not None:
            review_deviation(participant=person, number=1, important=important, **judged)
    shown = table("deviations", manager)
    assert shown.sentence == "4 deviations, 1 of them judged important."
    assert [row[1:] for row in shown.rows] == [(1, 3, 0)]


def test_the_flow_names_reasons_in_the_protocols_words_and_nobodys_values(
    ward: SiteFixture, manager: Delegation
) -> None:
    person = ward.consented()
    ward.check(person, I7=61)
    ward.randomized()
    found = rows("flow", manager)
    assert (found["Assessed for eligibility"], found["Randomised"]) == ((2,), (1,))
    (reason,) = [name for name in found if str(name).startswith("– – I7: ")]
    assert "61" not in str(reason)
    assert "– I7 (n = 1)" in table("flow", manager).svg.replace("\u00a0", " ")


def test_every_step_of_the_flow_adds_up(ward: SiteFixture, course: str, manager: Delegation) -> None:
    gone = ward.booked(MONDAY)
    withdraw(
        participant=gone, scope="trial", reason="Moves away", by=ward.nurse, at=START + timedelta(hours=1)
    )
    ward.consented()
    found = {name: count for name, (count,) in rows("flow", manager).items()}
    assert found["Assessed for eligibility"] == found["Randomised"] + found["Not randomised"] == 3
    assert found["Randomised"] == found["Began treatment"] + found["Treatment not begun"] == 2
    assert found["Not followed to the end"] == found["– reason not coded"] == 1


def test_who_stopped_early_and_came_to_every_visit_has_not_finished(
    ward: SiteFixture, manager: Delegation
) -> None:
    """Completed is only the latest status: treatment was stopped by what stopped it."""
    person = ward.booked(MONDAY)
    ward.inject(person, 1)
    stopped = {"scope": "treatment", "cause": "adverse_event", "reason": "Fever"}
    withdraw(participant=ward.again(person), by=ward.nurse, at=paris(f"{MONDAY} 15:00"), **stopped)
    _every_visit(ward, person)
    found = {name: count for name, (count,) in rows("flow", manager, at=paris("2016-06-01 12:00")).items()}
    assert ward.status(person) == "completed"
    assert (found["Treatment stopped"], found["– adverse event"]) == (1, 1)
    assert found["– treatment stopped early, came to the visits that were left"] == 1
    assert not {"– finished", "– completed"} & found.keys()


def test_who_had_every_injection_and_died_later_has_finished_treatment(
    ward: SiteFixture, manager: Delegation
) -> None:
    person = ward.booked(MONDAY)
    for number in range(1, 16):
        ward.inject(person, number)
    said = {"scope": "death", "reason": "Known from the family", "day": MONDAY + timedelta(days=90)}
    withdraw(participant=ward.again(person), by=ward.nurse, at=paris("2016-02-01 12:00"), **said)
    found = {name: count for name, (count,) in rows("flow", manager, at=paris("2016-02-02 12:00")).items()}
    assert (found["– finished"], found["Treatment stopped"]) == (1, 0)
    assert found["Not followed to the end"] == found["– death"] == 1


def test_an_end_that_was_taken_back_stops_nobody(ward: SiteFixture, manager: Delegation) -> None:
    person = ward.booked(MONDAY)
    ward.inject(person, 1)
    said = {"by": ward.nurse, "at": paris(f"{MONDAY} 15:00")}
    withdraw(participant=ward.again(person), scope="trial", cause="pregnancy", reason="x", **said)
    correct_end(participant=ward.again(person), scope=NEVER, reason="Another person", **said)
    found = {name: count for name, (count,) in rows("flow", manager).items()}
    assert (found["Treatment stopped"], found["Not followed to the end"], found["– on treatment"]) == (
        0,
        0,
        1,
    )


def _every_visit(ward: SiteFixture, person: Participant) -> None:
    for visit in person.plans.get(superseded_at=None).visits.all():
        ward.visit(ward.again(person), visit.code, day=visit.date, at=paris(f"{visit.date} 16:00"))


def test_recruitment_stands_beside_the_plan_of_the_protocol(ward: SiteFixture, manager: Delegation) -> None:
    ward.randomized()
    shown = table("recruitment", manager)
    assert shown.columns[-1] == "Planned so far"
    assert [row[1:] for row in shown.rows] == [(0, 0, 0, 3), (1, 1, 1, 5)]
    assert shown.sentence == "1 of 36 are randomised; the plan has 5 by today."
    assert "assumption" in shown.note


def test_one_site_of_several_is_not_compared_with_the_plan_of_all(ward: SiteFixture, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    there = ward.second_site()
    here = ward.worker(role=Role.MONITOR, name="only-here", site=ward.site)
    monkeypatch.setattr("dosing.progress.facts._alone", lambda protocol: False)
    ward.randomized(site=there)
    shown = table("recruitment", here)
    assert "Planned so far" not in shown.columns
    assert shown.sentence.startswith("0 are randomised here")


def test_a_monitor_of_one_site_counts_nobody_of_another(ward: SiteFixture) -> None:
    here = ward.worker(role=Role.MONITOR, name="only-here", site=ward.site)
    before = [table(key, here).rows for key in FIGURES]
    there = ward.booked(MONDAY, site=ward.second_site(), email="somebody@example.org")
    ward.inject(there, 1)
    assert [table(key, here).rows for key in FIGURES] == before


def test_reminders_are_counted_and_no_address_is_shown(
    ward: SiteFixture, manager: Delegation, monitor: Browser
) -> None:
    ward.booked(MONDAY, email="somebody@example.org")
    assert sum(rows("reminders", manager)["To participants"]) > 0
    assert "example.org" not in monitor.read("/progress/")


def test_the_number_of_queries_does_not_grow(ward: SiteFixture, monitor: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            monitor.read("/progress/")
        return len(seen)

    ward.booked(MONDAY, email="one@example.org")
    queries()
    few = queries()
    for _n in range(4):
        person = ward.booked(MONDAY, email="more@example.org")
        ward.inject(person, 1)
        ward.visit(person, "V1")
    ward.check(ward.consented(), I7=61)
    assert queries() == few <= 40


@pytest.mark.parametrize("key", FIGURES)
def test_each_figure_can_be_taken_along(ward: SiteFixture, course: str, monitor: Browser, key: str) -> None:
    read = {kind: monitor.get(f"/progress/{key}.{kind}") for kind in ("csv", "svg", "pdf")}
    assert read["csv"].status_code == read["pdf"].status_code == 200
    assert read["svg"].status_code == (404 if key == "missing-list" else 200)
    table = list(csv.reader(io.StringIO(read["csv"].content.decode())))
    assert len({len(row) for row in table}) == 1
    assert read["pdf"].content.startswith(b"%PDF-")
    assert monitor.get(f"/progress/{key}.pdf").content == read["pdf"].content


def test_every_chart_of_the_page_has_its_table_and_no_inline_style(course: str, monitor: Browser) -> None:
    page = monitor.read("/progress/")
    charts = page.count('<svg xmlns="http://www.w3.org/2000/svg" class="drawing"')
    assert charts == len(FIGURES) - 1
    assert page.count('<div class="figure-chart">') == charts
    assert not re.findall(r"<style|\sstyle=|<script(?! src)", page)


@pytest.mark.parametrize(
    "address", ["/progress/arms.csv", "/progress/doses.exe", "/progress/missing-list.svg"]
)
def test_there_is_no_other_figure_or_kind(monitor: Browser, address: str) -> None:
    assert monitor.get(address).status_code == 404


def test_nothing_is_counted_by_arm_stratum_or_supply(
    ward: SiteFixture, course: str, monitor: Browser
) -> None:
    page = monitor.read("/progress/").lower()
    arms = ward.world.trial.protocol_version.protocol.arms
    words = [word.lower() for arm in arms for word in (arm.code, arm.label.en)]
    assert not [word for word in (*words, "envelope", "stratum", "block", "vial") if word in page]
