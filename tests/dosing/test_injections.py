"""Recording injections: what is let in, what is refused, and that nothing is written twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dosing.models import Deviation, InjectionRecord
from dosing.services import judging
from dosing.services.dose_guards import SecondThatDay
from dosing.services.judging import (
    AlreadyRecorded,
    OnHold,
    OutOfWindow,
    SaidOfInjection,
    TreatmentEnded,
)
from dosing.services.recording import NothingPlanned, record_injection
from dosing.services.status import hold, release, withdraw
from tests.at_once import Meeting, at_once, kinds
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START, new_trial
from trial.models import AuditEntry, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.queries import NotFound, find_participant
from trial.refusals import InvalidInput

NINE = paris("2015-10-12 09:00")
FIVE_PAST = NINE + timedelta(minutes=5)


@pytest.fixture
def participant(ward: SiteFixture) -> Participant:
    """Day 1 is Monday 12 October 2015."""
    return ward.booked()


def unchanged(entries: int, records: int = 0) -> None:
    assert (AuditEntry.objects.count(), InjectionRecord.objects.count()) == (entries, records)


def test_a_given_injection_says_when_where_by_whom_and_how_it_lay(
    ward: SiteFixture, participant: Participant
) -> None:
    row = ward.inject(participant, 1, place="home", body_site="thigh_left", given_by="A. Visiting, nurse")
    stored = InjectionRecord.objects.get(pk=row.pk)
    assert (stored.outcome, stored.happened_at, stored.timing) == ("given", NINE, "on_day")
    assert (stored.place, stored.body_site, stored.given_by) == ("home", "thigh_left", "A. Visiting, nurse")


def test_who_gave_it_is_whoever_records_it_unless_said_otherwise(
    ward: SiteFixture, participant: Participant
) -> None:
    assert ward.inject(participant, 1).given_by == ward.nurse.user.shown_name


@pytest.mark.parametrize("outcome", ["partial", "missed"])
def test_what_was_not_given_in_full_has_a_reason(
    ward: SiteFixture, participant: Participant, outcome: str
) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(InvalidInput) as refusal:
        ward.inject(participant, 1, outcome=outcome, reason="  ")
    assert list(refusal.value.errors) == ["reason"]
    unchanged(entries)


def test_a_partial_injection_keeps_its_moment_and_its_reason(
    ward: SiteFixture, participant: Participant
) -> None:
    row = ward.inject(participant, 1, outcome="partial", reason="The needle slipped.")
    assert (row.happened_at, row.reason) == (NINE, "The needle slipped.")


def test_a_missed_injection_has_neither_moment_nor_place(ward: SiteFixture, participant: Participant) -> None:
    more = {"outcome": "missed", "reason": "Fever.", "place": "home", "body_site": "thigh_left"}
    row = ward.inject(participant, 1, **more)
    assert (row.happened_at, row.timing, row.place, row.body_site, row.given_by) == (None, "", "", "", "")


def test_an_injection_is_not_missed_before_its_day(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput, match="12 Oct 2015"):
        ward.inject(participant, 1, outcome="missed", reason="Fever.", at=paris("2015-10-11 23:59"))


@pytest.mark.parametrize("moment", ["2015-10-11 09:00", "2015-10-13 09:00"])
def test_the_wrong_day_is_refused_until_a_reason_says_why(
    ward: SiteFixture, participant: Participant, moment: str
) -> None:
    late = {"happened_at": paris(moment), "at": paris("2015-10-13 09:30")}
    entries = AuditEntry.objects.count()
    with pytest.raises(OutOfWindow, match="12 Oct 2015"):
        ward.inject(participant, 1, **late)
    unchanged(entries)
    row = ward.inject(participant, 1, **late, deviation_reason="The train was cancelled.")
    assert row.timing == ("early" if moment < "2015-10-12" else "late")
    assert row.reason == "The train was cancelled."


def test_a_second_injection_on_one_day_is_asked_about(ward: SiteFixture, participant: Participant) -> None:
    tuesday = paris("2015-10-13 09:00")
    ward.inject(participant, 1, at=tuesday, happened_at=tuesday, deviation_reason="Came a day late.")
    again = {"at": tuesday + timedelta(hours=1), "happened_at": tuesday + timedelta(minutes=30)}
    with pytest.raises(SecondThatDay, match="Injection 1 is recorded for that day"):
        ward.inject(participant, 2, **again)
    assert ward.inject(participant, 2, **again, deviation_reason="Both were given.").timing == "on_day"


def test_a_missed_injection_stands_in_nobodys_way(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    ward.inject(participant, 2, at=paris("2015-10-13 09:00"), outcome="missed", reason="Fever.")
    wednesday = paris("2015-10-14 09:00")
    assert ward.inject(participant, 3, at=wednesday, happened_at=wednesday).timing == "on_day"


def test_an_injection_from_before_the_draw_is_refused(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput, match="was not randomised yet"):
        ward.inject(
            participant, 1, happened_at=START - timedelta(days=3), deviation_reason="As on the sheet."
        )


def test_the_day_of_an_injection_is_that_of_the_site(ward: SiteFixture, participant: Participant) -> None:
    late_in_the_evening = paris("2015-10-12 23:30")
    row = ward.inject(participant, 1, happened_at=late_in_the_evening, at=paris("2015-10-13 08:00"))
    assert row.timing == "on_day"


def test_nothing_is_recorded_before_it_has_happened(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ward.inject(participant, 1, at=NINE - timedelta(minutes=1))
    assert list(refusal.value.errors) == ["happened_at"]


def test_a_given_injection_has_a_moment(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput):
        ward.inject(participant, 1, happened_at=None)


def test_the_second_record_is_refused(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    entries = AuditEntry.objects.count()
    with pytest.raises(AlreadyRecorded):
        ward.inject(participant, 1)
    unchanged(entries, records=1)


def test_a_correction_is_a_new_row_with_a_reason_and_the_first_one_stays(
    ward: SiteFixture, participant: Participant
) -> None:
    ward.inject(participant, 1, body_site="thigh_left")
    with pytest.raises(InvalidInput):
        ward.inject(participant, 1, body_site="thigh_right", correction=True)
    ward.inject(participant, 1, body_site="thigh_right", correction=True, reason="Typed the wrong side.")
    rows = InjectionRecord.objects.values_list("sequence", "body_site", "reason")
    assert list(rows) == [(1, "thigh_left", ""), (2, "thigh_right", "Typed the wrong side.")]


def test_there_is_nothing_to_correct_before_the_first_record(
    ward: SiteFixture, participant: Participant
) -> None:
    with pytest.raises(InvalidInput):
        ward.inject(participant, 1, correction=True, reason="Why not.")


@pytest.mark.parametrize("number", [0, 16])
def test_there_is_no_sixteenth_injection(ward: SiteFixture, participant: Participant, number: int) -> None:
    with pytest.raises(NothingPlanned):
        record_injection(
            participant=participant,
            number=number,
            said=SaidOfInjection(outcome="given", happened_at=NINE),
            by=ward.nurse,
            at=FIVE_PAST,
        )


def test_before_booking_there_is_nothing_to_record(ward: SiteFixture) -> None:
    participant = ward.randomized()
    with pytest.raises(NothingPlanned):
        record_injection(
            participant=participant,
            number=1,
            said=SaidOfInjection(outcome="given", happened_at=NINE),
            by=ward.nurse,
            at=FIVE_PAST,
        )


def test_another_sites_participant_is_neither_found_nor_recorded(
    ward: SiteFixture, participant: Participant
) -> None:
    elsewhere = ward.worker(Role.STUDY_NURSE, "elsewhere", ward.second_site())
    with pytest.raises(NotFound):
        find_participant(elsewhere, participant.number)
    with pytest.raises(NotPermitted):
        ward.inject(participant, 1, by=elsewhere)
    assert not InjectionRecord.objects.exists()


def on_hold(ward: SiteFixture, participant: Participant, at: datetime) -> None:
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=at)


def gone(ward: SiteFixture, participant: Participant, at: datetime, scope: str = "trial") -> None:
    withdraw(participant=participant, scope=scope, reason="Moves away.", by=ward.nurse, at=at)


def test_on_hold_nothing_is_injected_unless_a_reason_says_what_really_happened(
    ward: SiteFixture, participant: Participant
) -> None:
    on_hold(ward, participant, START)
    with pytest.raises(OnHold):
        ward.inject(participant, 1)
    assert ward.inject(participant, 1, deviation_reason="Given before the call came.").outcome == "given"


def test_what_was_given_during_a_hold_departs_also_after_its_release(
    ward: SiteFixture, participant: Participant
) -> None:
    on_hold(ward, participant, START)
    release(participant=participant, reason="Well.", by=ward.investigator, at=FIVE_PAST)
    with pytest.raises(OnHold):
        ward.inject(participant, 1)
    ward.inject(participant, 1, deviation_reason="Given before the call came.")
    assert list(Deviation.objects.values_list("kind", flat=True)) == ["while_stopped"]


def test_an_injection_corrected_after_the_last_one_was_recorded_is_none_while_stopped(
    ward: SiteFixture, participant: Participant
) -> None:
    ward.inject(participant, 1)
    for number in range(2, 16):
        ward.inject(participant, number, outcome="missed", reason="Refused.")
    evening = paris("2015-12-11 20:00")
    ward.inject(
        participant, 15, happened_at=evening, at=evening, correction=True, reason="Came in the evening."
    )
    assert not Deviation.objects.filter(kind="while_stopped").exists()


def test_an_injection_before_the_hold_may_be_recorded_after_it(
    ward: SiteFixture, participant: Participant
) -> None:
    on_hold(ward, participant, NINE + timedelta(minutes=2))
    assert ward.inject(participant, 1).outcome == "given"


def test_a_day_missed_on_hold_is_recorded_as_missed(ward: SiteFixture, participant: Participant) -> None:
    on_hold(ward, participant, START)
    assert ward.inject(participant, 1, outcome="missed", reason="On hold.").outcome == "missed"
    assert ward.status(participant) == "on_hold"


def test_after_the_end_of_treatment_an_injection_needs_a_reason(
    ward: SiteFixture, participant: Participant
) -> None:
    gone(ward, participant, START, "treatment")
    with pytest.raises(TreatmentEnded):
        ward.inject(participant, 1)


def test_after_leaving_the_trial_no_reason_lets_an_injection_in(
    ward: SiteFixture, participant: Participant
) -> None:
    gone(ward, participant, START)
    with pytest.raises(TreatmentEnded):
        ward.inject(participant, 1, deviation_reason="He asked for it.")


def test_a_correction_is_no_way_round_a_withdrawal(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1, outcome="missed", reason="Did not come.")
    gone(ward, participant, FIVE_PAST)
    noon = paris("2015-10-12 12:00")
    with pytest.raises(TreatmentEnded):
        ward.inject(participant, 1, happened_at=noon, at=noon, correction=True, reason="Given after all.")
    assert InjectionRecord.objects.count() == 1


def test_a_typing_error_before_a_withdrawal_can_still_be_corrected(
    ward: SiteFixture, participant: Participant
) -> None:
    ward.inject(participant, 1, body_site="thigh_left")
    gone(ward, participant, FIVE_PAST + timedelta(minutes=5))
    row = ward.inject(
        participant,
        1,
        at=paris("2015-10-12 12:00"),
        body_site="thigh_right",
        correction=True,
        reason="Wrong side.",
    )
    assert row.sequence == 2


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TRIAL_MANAGER])
def test_whoever_only_reads_records_nothing(ward: SiteFixture, participant: Participant, role: Role) -> None:
    with pytest.raises(NotPermitted):
        ward.inject(participant, 1, by=ward.world.person(role))


@pytest.mark.django_db(transaction=True)
def test_two_nurses_recording_the_same_injection_leave_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    ward = SiteFixture(new_trial())
    participant = ward.booked()
    monkeypatch.setattr(judging, "_next_sequence", Meeting().after(judging._next_sequence))
    outcomes = at_once(*[lambda: ward.inject(participant, 1)] * 2)
    assert kinds(outcomes) == ["AlreadyRecorded", "InjectionRecord"]


@pytest.mark.django_db(transaction=True)
def test_a_hold_and_an_injection_at_the_same_moment_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the two is done as it stands; the other is done after it or refused in words."""
    ward = SiteFixture(new_trial())
    participant = ward.booked()
    monkeypatch.setattr(judging, "_next_sequence", Meeting().after(judging._next_sequence))
    outcomes = kinds(
        at_once(lambda: ward.inject(participant, 1), lambda: on_hold(ward, participant, FIVE_PAST))
    )
    assert outcomes in (
        ["InjectionRecord", "NoneType"],
        ["ChangedMeanwhile", "InjectionRecord"],
        ["ChangedMeanwhile", "NoneType"],
    )
