"""Every way in which treatment, visits, contact or a life ends, each with its own effect."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.models import Reminder
from dosing.reading.queries import calendar_of
from dosing.services.judging import TreatmentEnded
from dosing.services.status import NotLost, find_again, withdraw
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import ContactDetails, Participant, ParticipantStatus
from trial.refusals import InvalidInput
from trial.screening.services import WrongStatus

NOW = paris(f"{MONDAY} 15:00")
WITH_DAY = {"death", "lost"}


def treated(ward: SiteFixture) -> Participant:
    participant = ward.booked(email="anne@example.org")
    ward.inject(participant, 1)
    return ward.again(participant)


def ended(
    ward: SiteFixture, participant: Participant, scope: str, **more: object
) -> ParticipantStatus | None:
    values = {
        "reason": "So it is.",
        "by": ward.nurse,
        "at": NOW,
        "day": MONDAY if scope in WITH_DAY else None,
    }
    return withdraw(participant=ward.again(participant), scope=scope, **(values | more))  # type: ignore[arg-type]


EFFECTS = [
    # scope, status, injections go on, visits go on, the participant may be written to
    ("treatment", "follow_up", False, True, True),
    ("visits", "withdrawn", False, False, True),
    ("contact", "withdrawn", False, False, False),
    ("trial", "withdrawn", False, False, False),
    ("reminders", "on_treatment", True, True, False),
    ("death", "withdrawn", False, False, False),
    ("lost", "withdrawn", False, False, True),
]


@pytest.mark.parametrize(("scope", "status", "injections", "visits", "address"), EFFECTS)
def test_each_end_stops_what_it_ends_and_nothing_else(
    ward: SiteFixture, scope: str, status: str, injections: bool, visits: bool, address: bool
) -> None:
    participant = treated(ward)
    ended(ward, participant, scope)
    view = calendar_of(ward.again(participant), at=NOW)
    assert view is not None and ward.status(participant) == status
    assert {day.state != "stopped" for day in view.injections[1:]} == {injections}
    assert {day.state != "stopped" for day in view.visits[1:]} == {visits}
    assert ContactDetails.objects.exclude(email="").exists() == address


@pytest.mark.parametrize(("scope", "status", "injections", "visits", "address"), EFFECTS)
def test_reminders_stop_with_what_they_remind_of(
    ward: SiteFixture, scope: str, status: str, injections: bool, visits: bool, address: bool
) -> None:
    participant = treated(ward)
    ended(ward, participant, scope)
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert waiting.filter(event__startswith="visit:").exists() == visits
    assert waiting.exclude(event__startswith="visit:").exists() == injections
    if scope == "reminders":
        assert not waiting.filter(recipient="participant").exists()


IMPOSSIBLE = [
    ("death", None, "date of the death"),
    ("lost", None, "date of the death"),
    *((scope, MONDAY + timedelta(days=1), "in the future") for scope, *_rest in EFFECTS),
    *((scope, date(2015, 10, 4), "before the consent") for scope, *_rest in EFFECTS),
]


@pytest.mark.parametrize(("scope", "day", "said"), IMPOSSIBLE)
def test_an_end_has_a_day_since_the_consent_that_has_come(
    ward: SiteFixture, scope: str, day: date | None, said: str
) -> None:
    participant = treated(ward)
    with pytest.raises(InvalidInput, match=said) as refusal:
        ended(ward, participant, scope, day=day)
    assert list(refusal.value.errors) == ["day"]
    assert ward.status(participant) == "on_treatment"


def test_a_withdrawal_keeps_the_day_on_which_it_was_said(ward: SiteFixture) -> None:
    participant = ward.booked()
    row = ended(ward, participant, "trial", day=date(2015, 10, 7))
    assert row is not None and row.ended_on == date(2015, 10, 7)


def test_nobody_is_injected_after_the_death(ward: SiteFixture) -> None:
    participant = treated(ward)
    with pytest.raises(InvalidInput, match="recorded after"):
        ended(ward, participant, "death", day=MONDAY - timedelta(days=1))
    at = NOW + timedelta(days=3)
    ended(ward, participant, "death", at=at)
    tuesday = paris("2015-10-13 09:00")
    with pytest.raises(TreatmentEnded, match="died before"):
        ward.inject(participant, 2, happened_at=tuesday, at=at)


def test_a_visit_done_before_the_end_is_entered_late_and_none_after_it(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "trial", at=NOW + timedelta(days=1))
    at = NOW + timedelta(days=2)
    assert ward.visit(participant, "V1", at=at).outcome == "done"
    with pytest.raises(TreatmentEnded):
        ward.visit(participant, "V2", day=date(2015, 10, 14), at=at, deviation_reason="Came all the same.")
    with pytest.raises(TreatmentEnded):
        ward.visit(participant, "V2", outcome="missed", reason="Gone.", at=at)


@pytest.mark.parametrize("scope", ["death", "lost"])
def test_whoever_was_seen_on_a_day_had_not_died_or_been_lost_before(ward: SiteFixture, scope: str) -> None:
    participant = treated(ward)
    ward.visit(participant, "V2")
    at = paris("2015-10-20 10:00")
    with pytest.raises(InvalidInput, match="a visit is recorded after"):
        ended(ward, participant, scope, day=date(2015, 10, 18), at=at)
    ended(ward, participant, scope, day=date(2015, 10, 19), at=at)


def test_what_falls_away_with_the_treatment_is_not_missed(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "treatment", at=paris("2015-10-13 12:00"))
    later = {"outcome": "missed", "reason": "Stopped.", "at": paris("2015-10-20 10:00")}
    assert ward.inject(participant, 2, **later).outcome == "missed"
    with pytest.raises(TreatmentEnded, match=r"Treatment of .* had ended"):
        ward.inject(participant, 3, **later)


def test_whoever_ends_treatment_after_the_last_visit_has_completed(ward: SiteFixture) -> None:
    participant = treated(ward)
    for code in ("V1", "V2", "V3", "V4", "V5", "V6", "V7"):
        ward.visit(participant, code)
    ended(ward, participant, "treatment", at=paris("2016-04-01 10:00"))
    assert ward.status(participant) == "completed"


AFTERWARDS = [
    ("visits", {"contact", "trial", "reminders", "lost", "death"}),
    ("lost", {"visits", "contact", "trial", "death"}),
    ("contact", {"death"}),
    ("trial", {"death"}),
    ("death", set()),
]


@pytest.mark.parametrize(("first", "possible"), AFTERWARDS)
def test_after_an_end_only_a_further_one_is_recorded(
    ward: SiteFixture, first: str, possible: set[str]
) -> None:
    scopes = [row[0] for row in EFFECTS]
    taken = set()
    for scope in scopes:
        participant = treated(ward)
        ended(ward, participant, first)
        try:
            ended(ward, participant, scope)
        except WrongStatus:
            continue
        taken.add(scope)
    assert taken == possible


def test_who_was_lost_and_is_found_comes_back_to_the_visits(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "lost")
    find_again(participant=ward.again(participant), reason="Wrote a card.", by=ward.nurse, at=NOW)
    assert ward.status(participant) == "follow_up"
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert {row.event.partition(":")[0] for row in waiting} == {"visit"}
    with pytest.raises(NotLost):
        find_again(participant=ward.again(participant), reason="Again.", by=ward.nurse, at=NOW)
