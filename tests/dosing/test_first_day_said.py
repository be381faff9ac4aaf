"""What booking day 1 would refuse is said before the draw; what really happened gets in with a reason."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from dosing.core.starts import Against, may_be_kept
from dosing.models import Deviation, Plan
from dosing.services.booking import CannotBook, book_first_injection, propose_first_injection
from randomization.models import Envelope
from randomization.services import NotEligible, draw_envelope
from randomization.waiting import period_notes
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.core.protocol import Protocol
from trial.core.waits import Wait, first_days
from trial.models import AuditEntry, Participant
from trial.refusals import InvalidInput, NotConfirmed
from trial.screening.beforehand import notes_for

SIGNED = START.date()
LAST_DRAW = SIGNED + timedelta(days=28)
"""IMODALS: day 1 lies at most 28 days after the consent, and 7 days after the draw."""


def noon(day: date) -> datetime:
    return paris(f"{day} 12:00")


def eligible(ward: SiteFixture) -> Participant:
    ward.world.blinded_list()
    return ward.eligible()


def drawn(ward: SiteFixture, person: Participant, day: date, confirmed: dict[str, object]) -> Envelope:
    return draw_envelope(participant=ward.again(person), by=ward.nurse, at=noon(day), confirmed=confirmed)


def booked(ward: SiteFixture, person: Participant, day: date, on: date, why: str = "") -> Plan:
    return book_first_injection(
        participant=ward.again(person), day=day, by=ward.nurse, at=noon(on), deviation_reason=why
    )


def test_the_last_day_of_the_screening_period_is_drawn_without_a_question(ward: SiteFixture) -> None:
    person = eligible(ward)
    assert period_notes(ward.again(person), at=noon(LAST_DRAW)) == []
    drawn(ward, person, LAST_DRAW, {})
    assert [
        row.date for row in propose_first_injection(participant=ward.again(person), at=noon(LAST_DRAW))
    ] == [LAST_DRAW]


def test_a_day_later_it_is_said_before_the_draw_and_nothing_is_drawn(ward: SiteFixture) -> None:
    person, day = eligible(ward), LAST_DRAW + timedelta(days=1)
    (note,) = notes_for(ward.again(person), at=noon(day))
    assert "is too old" in note and "2 November 2015" in note
    with pytest.raises(NotConfirmed) as refusal:
        drawn(ward, person, day, {})
    assert {doubt.field: doubt.value for doubt in refusal.value.doubts} == {"first_injection": "2015-10-05"}
    assert not Envelope.objects.exclude(participant=None).exists()


@pytest.mark.parametrize("wrong", [{"first_injection": "2015-10-06"}, {"first_injection": True}])
def test_another_value_confirms_nothing(ward: SiteFixture, wrong: dict[str, object]) -> None:
    with pytest.raises(NotConfirmed):
        drawn(ward, eligible(ward), LAST_DRAW + timedelta(days=1), wrong)


def test_what_is_not_asked_cannot_be_confirmed(ward: SiteFixture) -> None:
    with pytest.raises(InvalidInput):
        drawn(ward, eligible(ward), LAST_DRAW, {"day": "2015-10-05"})


def test_who_is_drawn_all_the_same_is_booked_with_a_reason_and_a_deviation(ward: SiteFixture) -> None:
    person, day = eligible(ward), LAST_DRAW + timedelta(days=1)
    drawn(ward, person, day, {"first_injection": SIGNED.isoformat()})
    entry = json.loads(AuditEntry.objects.get(action="envelope.drawn").body)
    assert entry["confirmed"] == {"first_injection": "2015-10-05"}
    assert propose_first_injection(participant=ward.again(person), at=noon(day)) == ()
    later = day + timedelta(days=2)
    with pytest.raises(CannotBook, match="book it with the reason") as refusal:
        booked(ward, person, later, day)
    assert refusal.value.errors.keys() == {"deviation_reason"}
    plan = booked(ward, person, later, day, "Waiver of the sponsor")
    (draft,) = Deviation.objects.filter(participant=person)
    assert (plan.first_injection, plan.reason) == (later, "Waiver of the sponsor")
    assert (draft.kind, draft.reason, draft.happened_on) == ("consent_off_period", plan.reason, SIGNED)
    body = json.loads(AuditEntry.objects.get(action="calendar.booked").body)
    assert (body["against"], body["deviations"]) == (["consent_too_old"], [1])


def test_a_second_booking_drafts_the_same_deviation_once(ward: SiteFixture) -> None:
    person, day = eligible(ward), LAST_DRAW + timedelta(days=1)
    drawn(ward, person, day, {"first_injection": SIGNED.isoformat()})
    for later in (1, 2):
        booked(ward, person, day + timedelta(days=later), day, "Waiver")
    assert Deviation.objects.filter(participant=person).count() == 1


def test_a_day_1_that_was_is_booked_late_with_a_reason_and_its_injection_recorded(ward: SiteFixture) -> None:
    """Given on the last day that the protocol allows, and entered when that day had long passed."""
    person = ward.randomized()
    was, now = SIGNED + timedelta(days=7), SIGNED + timedelta(days=20)
    with pytest.raises(CannotBook, match="has passed"):
        booked(ward, person, was, now)
    booked(ward, person, was, now, "The network was down.")
    ward.inject(ward.again(person), 1, at=noon(now))
    assert ward.status(person) == "on_treatment"
    assert not Deviation.objects.filter(participant=person).exists()


def test_a_day_1_beyond_the_limit_gets_in_once_it_has_come_and_departs_when_recorded(
    ward: SiteFixture,
) -> None:
    person = ward.randomized()
    late = SIGNED + timedelta(days=10)
    with pytest.raises(CannotBook) as refusal:
        booked(ward, person, late, late - timedelta(days=1), "It will be so.")
    assert refusal.value.errors.keys() == {"day"}
    booked(ward, person, late, late, "She was ill.")
    ward.inject(ward.again(person), 1)
    assert [row.kind for row in Deviation.objects.filter(participant=person)] == ["day_1_too_late"]


def test_no_reason_lets_day_1_lie_before_the_draw(ward: SiteFixture) -> None:
    person = ward.randomized()
    with pytest.raises(CannotBook, match="before randomisation"):
        booked(ward, person, SIGNED - timedelta(days=1), SIGNED, "So it was.")
    assert not Plan.objects.exists()


def test_a_reason_beside_a_lawful_day_drafts_nothing(ward: SiteFixture) -> None:
    person = ward.randomized()
    plan = booked(ward, person, SIGNED + timedelta(days=1), SIGNED, "Just so.")
    assert plan.reason == "" and not Deviation.objects.exists()


NEVER, COME, LAST = (False, False, False), (True, False, False), (True, False, True)
KEPT = {
    Against.BEFORE_DRAW: NEVER,
    Against.PAST: COME,
    Against.BEYOND_LIMIT: COME,
    Against.CONSENT_TOO_LATE: COME,
    Against.WAITING: COME,
    Against.CONSENT_TOO_OLD: LAST,
}


@pytest.mark.parametrize("against", Against)
def test_a_reason_lets_in_what_has_come_and_what_no_waiting_mends(against: Against) -> None:
    tomorrow = SIGNED + timedelta(days=1)
    asked = ((SIGNED, True), (tomorrow, True), (tomorrow, False))
    assert tuple(may_be_kept(against, day, SIGNED, left=left) for day, left in asked) == KEPT[against]


def test_a_day_after_the_screening_period_is_not_kept_while_another_is_left(ward: SiteFixture) -> None:
    person, later = eligible(ward), LAST_DRAW + timedelta(days=1)
    drawn(ward, person, LAST_DRAW, {})
    with pytest.raises(CannotBook, match="Choose an earlier day 1"):
        booked(ward, person, later, LAST_DRAW, "It suits her better.")
    assert booked(ward, person, later, later, "It really was so.").first_injection == later


def test_a_wait_that_outlasts_the_screening_period_is_named_and_no_consent_is_called_old(
    ward: SiteFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = eligible(ward)
    wait = Wait("E9", SIGNED, LAST_DRAW + timedelta(days=3))
    monkeypatch.setattr("trial.core.waits.waits", lambda *_: (wait,))
    (note,) = period_notes(ward.again(person), at=noon(LAST_DRAW))
    assert "criterion E9" in note and "6 November 2015" in note and "too old" not in note
    (note,) = period_notes(ward.again(person), at=noon(LAST_DRAW + timedelta(days=1)))
    assert "is too old" in note


def test_a_period_that_has_not_begun_is_waited_for(
    ward: SiteFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consent at least 14 days before day 1, which lies at most 7 days after the draw."""
    person = eligible(ward)
    protocol = _with_period(person.trial.protocol_version.protocol, -28, -14)
    monkeypatch.setattr("randomization.services.protocol_at_draw", lambda envelope: protocol)
    with pytest.raises(NotEligible, match="Randomise on Mon 12 Oct 2015 or later"):
        drawn(ward, person, SIGNED, {})
    assert drawn(ward, person, SIGNED + timedelta(days=7), {}).number


def _with_period(protocol: Protocol, earliest: int, latest: int) -> Protocol:
    from dataclasses import replace

    period = replace(protocol.screening, earliest_day=earliest, latest_day=latest)
    return replace(protocol, screening=period)


def test_the_days_that_are_left_are_those_that_booking_takes(ward: SiteFixture) -> None:
    """Both sides of each edge, against the check that booking makes."""
    from dosing.core.starts import against_first_injection

    protocol = _with_period(ward.world.trial.protocol_version.protocol, -12, -3)
    for later in range(16):
        on = SIGNED + timedelta(days=later)
        days = first_days(protocol, {}, drawn_on=on, consent_on=SIGNED)
        for ahead in range(12):
            day = on + timedelta(days=ahead)
            taken = not against_first_injection(protocol, day=day, randomized_on=on, screened_on=SIGNED)
            assert (days.earliest <= day <= days.last) == taken, (later, ahead)
