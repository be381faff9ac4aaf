"""From screening to completed, and every stop on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.models import PlannedVisit
from dosing.services.status import NotOnHold, hold, release, withdraw
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput
from trial.screening.services import WrongStatus

VISITS = ("V1", "V2", "V3", "V4", "V5", "V6", "V7")


def statuses(participant: Participant) -> list[str]:
    return list(participant.statuses.order_by("sequence").values_list("status", flat=True))


def held(ward: SiteFixture, participant: Participant, **more: object) -> object:
    values = {"reason": "Fever.", "until": None, "by": ward.investigator, "at": START}
    return hold(participant=participant, **(values | more))  # type: ignore[arg-type]


def released(ward: SiteFixture, participant: Participant, **more: object) -> object:
    values = {"reason": "Well again.", "by": ward.investigator, "at": START}
    return release(participant=participant, **(values | more))  # type: ignore[arg-type]


def left(ward: SiteFixture, participant: Participant, scope: str, **more: object) -> object:
    values = {"reason": "Wants no more.", "by": ward.nurse, "at": START}
    return withdraw(participant=participant, scope=scope, **(values | more))  # type: ignore[arg-type]


def test_a_whole_life_goes_through_seven_statuses(ward: SiteFixture) -> None:
    participant = ward.booked()
    for number in range(1, 16):
        ward.inject(participant, number)
    for code in VISITS:
        ward.visit(participant, code)
    assert statuses(participant) == [
        "screening", "eligible", "randomized", "on_treatment", "follow_up", "completed",
    ]  # fmt: skip


def test_nobody_is_complete_while_a_visit_is_still_to_come_after_all(ward: SiteFixture) -> None:
    """It was recorded as done by mistake, and the correction says that it was moved."""
    participant = ward.booked()
    for number in range(1, 16):
        ward.inject(participant, number)
    first, *between, last = VISITS
    ward.visit(participant, last)
    day = PlannedVisit.objects.get(plan__superseded_at=None, code=last).date
    later, moved = day + timedelta(days=7), {"outcome": "moved", "reason": "Wrong line.", "correction": True}
    ward.visit(participant, last, day=later, deviation_reason="Train", at=paris(f"{day} 11:00"), **moved)
    for code in (first, *between):
        ward.visit(participant, code, at=paris(f"{day} 12:00"))
    assert ward.status(participant) == "follow_up"
    ward.visit(participant, last, day=later, at=paris(f"{later} 12:00"))
    assert ward.status(participant) == "completed"


def test_missed_days_and_visits_end_a_course_as_well(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    for number in range(2, 16):
        ward.inject(participant, number, outcome="missed", reason="Refused.")
    assert ward.status(participant) == "follow_up"
    for code in VISITS:
        ward.visit(participant, code, outcome="missed", reason="Did not come.")
    assert ward.status(participant) == "completed"


def test_a_moved_visit_is_still_open(ward: SiteFixture) -> None:
    participant = ward.booked()
    for number in range(1, 16):
        ward.inject(participant, number)
    for code in VISITS[:-1]:
        ward.visit(participant, code)
    ward.visit(participant, "V7", outcome="moved", day=date(2016, 4, 1), reason="Away.")
    assert ward.status(participant) == "follow_up"


@pytest.mark.parametrize("before", ["randomized", "on_treatment"])
def test_a_release_leads_back_to_where_the_participant_was(ward: SiteFixture, before: str) -> None:
    participant, at = ward.booked(), paris("2015-10-12 12:00")
    if before == "on_treatment":
        ward.inject(participant, 1)
    held(ward, participant, at=at)
    assert ward.status(participant) == "on_hold"
    released(ward, participant, at=at)
    assert ward.status(participant) == before


def test_a_second_hold_leads_back_as_well(ward: SiteFixture) -> None:
    participant = ward.booked()
    for _time in range(2):
        held(ward, participant)
        released(ward, participant)
    assert ward.status(participant) == "randomized"


def test_whoever_missed_the_rest_on_hold_is_in_follow_up_after_the_release(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    held(ward, participant, at=paris("2015-10-12 12:00"))
    for number in range(2, 16):
        ward.inject(participant, number, outcome="missed", reason="On hold.")
    released(ward, participant, at=paris("2015-12-12 12:00"))
    assert statuses(participant)[-3:] == ["on_hold", "on_treatment", "follow_up"]


def test_a_hold_has_a_reason_and_ends_within_the_limit_of_the_protocol(ward: SiteFixture) -> None:
    participant = ward.booked()
    with pytest.raises(InvalidInput):
        held(ward, participant, reason=" ")
    for day in (START.date() - timedelta(days=1), START.date() + timedelta(days=29)):
        with pytest.raises(InvalidInput) as refusal:
            held(ward, participant, until=day)
        assert list(refusal.value.errors) == ["until"]
    assert held(ward, participant).until == date(2015, 11, 2)


@pytest.mark.parametrize("role", [Role.STUDY_NURSE, Role.MONITOR])
def test_only_an_investigator_holds_and_releases(ward: SiteFixture, role: Role) -> None:
    participant, by = ward.booked(), ward.world.person(role)
    with pytest.raises(NotPermitted):
        held(ward, participant, by=by)
    held(ward, participant)
    with pytest.raises(NotPermitted):
        released(ward, participant, by=by)


def test_what_is_not_on_hold_cannot_be_released(ward: SiteFixture) -> None:
    with pytest.raises(NotOnHold):
        released(ward, ward.booked())


def test_only_treatment_can_be_held(ward: SiteFixture) -> None:
    eligible, gone = ward.eligible(), ward.booked()
    left(ward, gone, "trial")
    for participant in (eligible, gone):
        with pytest.raises(WrongStatus):
            held(ward, participant)


SCOPES = [("treatment", "follow_up"), ("trial", "withdrawn"), ("reminders", "randomized")]


@pytest.mark.parametrize(("scope", "status"), SCOPES)
def test_each_scope_of_a_withdrawal_has_its_own_effect(ward: SiteFixture, scope: str, status: str) -> None:
    participant = ward.booked(email="anne@example.org")
    row = left(ward, participant, scope)
    assert ward.status(participant) == status
    assert (row is None) == (scope == "reminders")


@pytest.mark.parametrize("scope", ["treatment", "trial", "reminders"])
def test_a_withdrawal_has_a_reason(ward: SiteFixture, scope: str) -> None:
    with pytest.raises(InvalidInput):
        left(ward, ward.booked(), scope, reason="")


def test_the_trial_is_left_once(ward: SiteFixture) -> None:
    participant = ward.booked()
    left(ward, participant, "trial")
    for scope in ("trial", "treatment", "reminders"):
        with pytest.raises(WrongStatus):
            left(ward, participant, scope)


def test_before_the_draw_there_is_no_treatment_to_withdraw_from(ward: SiteFixture) -> None:
    participant = ward.eligible()
    with pytest.raises(WrongStatus):
        left(ward, participant, "treatment")
    left(ward, participant, "trial")
    assert ward.status(participant) == "withdrawn"


def test_whoever_is_on_hold_may_withdraw(ward: SiteFixture) -> None:
    participant = ward.booked()
    held(ward, participant)
    left(ward, participant, "treatment")
    assert ward.status(participant) == "follow_up"
    with pytest.raises(NotOnHold):
        released(ward, participant)
