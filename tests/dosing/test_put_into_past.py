"""An amendment that puts days into the past says which; a person may say that nothing was due on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dosing.models import Deviation, InjectionRecord, Plan
from dosing.reading.history import story
from dosing.reading.queries import calendar_of, due_list
from dosing.reading.versions import changes_by, put_into_past
from dosing.services.amending import move_to_version
from dosing.services.status import withdraw
from randomization.queries import envelope_of
from randomization.verification import verify
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant, ProtocolVersion
from trial.people.amendments import install_amendment
from trial.protocol.files import PROTOCOLS, parse_protocol
from trial.refusals import InvalidInput

IMODALS = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
SOONER = (
    ('version = "1"', 'version = "2"'),
    ("every = { days = 28 }", "every = { days = 14 }"),
    ("day = 57\nwindow = { before = 3, after = 0 }", "day = 18\nwindow = { before = 1, after = 1 }"),
    ("Day 57, before", "Day 18, before"),
    ("Jour 57, avant", "Jour 18, avant"),
)
"""The second course two weeks sooner, on days 15 to 19, and the fourth visit with it."""

DAY_27 = MONDAY + timedelta(days=26)
NOW = paris(f"{DAY_27} 15:00")
PAST = ["C2D1", "C2D2", "C2D3", "C2D4", "V4", "C2D5"]


@pytest.fixture
def treated(ward: SiteFixture) -> Participant:
    """Somebody of the first version whose first course and visits are recorded."""
    participant = ward.booked()
    for number in range(1, 6):
        ward.inject(participant, number)
    for code in ("V1", "V2"):
        ward.visit(participant, code)
    return ward.again(participant)


@pytest.fixture
def sooner(treated: Participant) -> ProtocolVersion:
    text = IMODALS
    for old, new in SOONER:
        assert old in text
        text = text.replace(old, new, 1)
    return install_amendment(file=parse_protocol(text), at=START)


def past_of(ward: SiteFixture, participant: Participant, version: ProtocolVersion) -> list[str]:
    person, plan = ward.again(participant), Plan.objects.get(participant=participant, superseded_at=None)
    changes = changes_by(person, plan, version, at=NOW)
    return [row.code for row in put_into_past(person, plan, version, changes, at=NOW)]


def move(
    ward: SiteFixture, participant: Participant, version: ProtocolVersion, codes: Sequence[str] = ()
) -> None:
    move_to_version(
        participant=ward.again(participant),
        digest=version.digest,
        reason="Amendment 2.",
        not_applicable=codes,
        by=ward.investigator,
        at=NOW,
    )


def states(ward: SiteFixture, participant: Participant) -> dict[str, str]:
    view = calendar_of(ward.again(participant), at=NOW)
    assert view is not None
    return {day.code: str(day.state) for day in view.days}


def asked(ward: SiteFixture) -> set[str]:
    due = due_list([ward.site], on=DAY_27, at=NOW)
    return {row.day.code for row in due.injections} | {day.code for day in due.visits}


def test_the_days_that_would_pass_are_named_and_no_other(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    assert past_of(ward, treated, sooner) == PAST


def test_what_an_end_stops_is_not_among_them(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    at = paris(f"{MONDAY + timedelta(days=9)} 10:00")
    withdraw(participant=treated, scope="treatment", reason="Rash.", by=ward.investigator, at=at)
    assert past_of(ward, treated, sooner) == ["V4"]


def test_said_of_nothing_they_are_asked_for_like_any_other(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    move(ward, treated, sooner)
    assert {code for code, state in states(ward, treated).items() if state == "late"} == {*PAST}
    assert set(PAST) <= asked(ward)


def test_not_applicable_is_neither_late_nor_asked_for_and_no_deviation(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    drafts, before = Deviation.objects.count(), AuditEntry.objects.count()
    move(ward, treated, sooner, PAST)
    assert {code for code, state in states(ward, treated).items() if state == "not_applicable"} == {*PAST}
    assert not set(PAST) & asked(ward)
    assert Deviation.objects.count() == drafts
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.get(action="calendar.amended")
    assert json.loads(entry.body)["not_applicable"] == sorted(PAST)


def test_every_surface_says_it(ward: SiteFixture, treated: Participant, sooner: ProtocolVersion) -> None:
    move(ward, treated, sooner, PAST)
    address = f"/participants/{treated.number}/"
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.force_login(ward.nurse.user)
        page = client.get(address).content.decode()
        table = client.get(f"{address}calendar.csv").content.decode()
        file = client.get(f"{address}calendar.ics").content.decode().replace("\r\n ", "")
        progress = client.get("/progress/").content.decode()
    assert page.count("not applicable") >= len(PAST)
    assert sum("not_applicable" in line for line in table.splitlines()) == len(PAST)
    assert file.count("STATUS:CANCELLED") == len(PAST)
    told = " ".join(line.what for line in story(treated, envelope_of(treated)))
    assert told.count("not applicable") == len(PAST)
    assert "5 not applicable" in progress and "1 not applicable" in progress


def test_rows_and_trail_agree_on_days_that_are_not_applicable(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    move(ward, treated, sooner, PAST)
    found = verify(clock=lambda: NOW)
    assert [str(row.fault) for row in found if row.fault and str(row.what).startswith("rows")] == []


def test_a_day_that_does_not_pass_is_refused(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    for code in ("V3", "C3D1", "C1D1", "X"):
        with pytest.raises(InvalidInput, match=f"does not put {code} into the past"):
            move(ward, treated, sooner, ["C2D1", code])
    assert not InjectionRecord.objects.filter(outcome="not_applicable").exists()


def test_what_was_given_all_the_same_is_a_correction(
    ward: SiteFixture, treated: Participant, sooner: ProtocolVersion
) -> None:
    move(ward, treated, sooner, PAST)
    ward.inject(treated, 6, correction=True, reason="It was given on that day.", at=NOW)
    assert states(ward, treated)["C2D1"] == "given"
