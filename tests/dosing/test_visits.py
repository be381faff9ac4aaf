"""Recording visits: done, missed, moved; and what a moved visit does to its reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.models import Reminder, VisitRecord
from dosing.reading.queries import visit_day
from dosing.services.judging import AlreadyRecorded, OutOfWindow, SaidOfVisit, TreatmentEnded
from dosing.services.recording import NothingPlanned, record_visit
from dosing.services.status import hold, release, withdraw
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant
from trial.refusals import InvalidInput

V2 = date(2015, 10, 19)
TODAY = paris("2015-10-16 10:00")


@pytest.fixture
def participant(ward: SiteFixture) -> Participant:
    """Day 1 is Monday 12 October; V2 is a week later, its window from Sunday to Wednesday."""
    return ward.booked(email="anne@example.org")


def open_reminders(event: str) -> list[tuple[str, date, str]]:
    rows = Reminder.objects.filter(event=event, state="open").order_by("due_at")
    return [(row.recipient, row.event_date, row.due_at.isoformat()) for row in rows]


def move(ward: SiteFixture, participant: Participant, day: date, **more: object) -> VisitRecord:
    return ward.visit(participant, "V2", outcome="moved", day=day, reason="On holiday.", at=TODAY, **more)


@pytest.mark.parametrize(
    ("offset", "timing"), [(-1, "in_window"), (0, "on_day"), (2, "in_window"), (-2, None), (3, None)]
)
def test_both_ends_belong_to_the_window(
    ward: SiteFixture, participant: Participant, offset: int, timing: str | None
) -> None:
    day = V2 + timedelta(days=offset)
    if timing:
        assert ward.visit(participant, "V2", day=day, at=paris(f"{day} 12:00")).timing == timing
        return
    with pytest.raises(OutOfWindow):
        ward.visit(participant, "V2", day=day, at=paris(f"{day} 12:00"))
    assert not VisitRecord.objects.exists()


def test_outside_the_window_a_reason_lets_the_truth_in(ward: SiteFixture, participant: Participant) -> None:
    late = {"day": date(2015, 10, 23), "at": paris("2015-10-23 12:00"), "deviation_reason": "Snow."}
    row = ward.visit(participant, "V2", **late)
    assert (row.timing, row.reason) == ("late", "Snow.")


def test_a_visit_is_not_done_tomorrow(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput):
        ward.visit(participant, "V2", at=paris("2015-10-18 23:00"))


def test_a_visit_is_not_missed_before_its_day(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput, match="cannot be missed before"):
        ward.visit(participant, "V2", outcome="missed", reason="Away.", at=paris("2015-10-18 23:59"))
    move(ward, participant, date(2015, 10, 21))
    with pytest.raises(InvalidInput, match="21 Oct 2015"):
        ward.visit(participant, "V2", outcome="missed", reason="Away.", at=paris("2015-10-20 10:00"))


def test_a_visit_is_not_moved_into_the_past(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(InvalidInput, match="has passed"):
        move(ward, participant, date(2015, 10, 15), deviation_reason="Away.")


def test_a_visit_that_is_recorded_is_recorded(ward: SiteFixture, participant: Participant) -> None:
    ward.visit(participant, "V2")
    with pytest.raises(AlreadyRecorded):
        ward.visit(participant, "V2")
    ward.visit(participant, "V2", day=date(2015, 10, 18), correction=True, reason="It was Sunday.")
    assert list(VisitRecord.objects.values_list("sequence", "day")) == [(1, V2), (2, date(2015, 10, 18))]


@pytest.mark.parametrize("outcome", ["missed", "moved"])
def test_a_visit_that_was_not_done_has_a_reason(
    ward: SiteFixture, participant: Participant, outcome: str
) -> None:
    with pytest.raises(InvalidInput):
        ward.visit(participant, "V2", outcome=outcome)


def test_a_moved_visit_is_expected_on_its_new_day_and_done_without_a_correction(
    ward: SiteFixture, participant: Participant
) -> None:
    move(ward, participant, date(2015, 10, 21))
    assert visit_day(participant, "V2", at=TODAY).date == date(2015, 10, 21)
    done = ward.visit(participant, "V2", day=date(2015, 10, 21), at=paris("2015-10-21 12:00"))
    assert (done.sequence, done.outcome) == (2, "done")


def test_a_visit_is_not_moved_out_of_its_window_without_a_reason(
    ward: SiteFixture, participant: Participant
) -> None:
    with pytest.raises(OutOfWindow):
        move(ward, participant, date(2015, 10, 22))
    assert move(ward, participant, date(2015, 10, 22), deviation_reason="Strike.").timing == "late"


def test_the_reminder_of_a_moved_visit_names_the_new_day(ward: SiteFixture, participant: Participant) -> None:
    move(ward, participant, date(2015, 10, 21))
    assert open_reminders("visit:V2") == [
        ("site", date(2015, 10, 21), "2015-10-20T06:00:00+00:00"),
        ("participant", date(2015, 10, 21), "2015-10-20T16:00:00+00:00"),
    ]


def test_a_visit_moved_to_and_fro_is_reminded_of_once(ward: SiteFixture, participant: Participant) -> None:
    before = open_reminders("visit:V2")
    move(ward, participant, date(2015, 10, 21))
    move(ward, participant, V2)
    assert open_reminders("visit:V2") == before


def test_a_moved_visit_keeps_its_new_day_through_a_hold(ward: SiteFixture, participant: Participant) -> None:
    move(ward, participant, date(2015, 10, 21))
    moved = open_reminders("visit:V2")
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=TODAY)
    assert open_reminders("visit:V2") == moved
    release(participant=participant, reason="Well again.", by=ward.investigator, at=TODAY)
    assert open_reminders("visit:V2") == moved


def test_a_visit_moved_while_on_hold_is_reminded_of_at_once(
    ward: SiteFixture, participant: Participant
) -> None:
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=TODAY)
    move(ward, participant, date(2015, 10, 21))
    assert {day for _to, day, _due in open_reminders("visit:V2")} == {date(2015, 10, 21)}
    release(participant=participant, reason="Well again.", by=ward.investigator, at=TODAY)
    assert {day for _to, day, _due in open_reminders("visit:V2")} == {date(2015, 10, 21)}


def test_nobody_is_reminded_of_a_visit_that_was_done(ward: SiteFixture, participant: Participant) -> None:
    ward.visit(participant, "V2", day=date(2015, 10, 18), at=paris("2015-10-18 09:00"))
    assert open_reminders("visit:V2") == []


def test_there_is_no_visit_v8(ward: SiteFixture, participant: Participant) -> None:
    with pytest.raises(NothingPlanned):
        said = SaidOfVisit(outcome="done", day=V2)
        record_visit(participant=participant, code="V8", said=said, by=ward.nurse, at=TODAY)


def test_after_leaving_the_trial_there_are_no_visits(ward: SiteFixture, participant: Participant) -> None:
    withdraw(participant=participant, scope="trial", reason="Moves away.", by=ward.nurse, at=START)
    with pytest.raises(TreatmentEnded):
        ward.visit(participant, "V2")


def test_after_the_end_of_treatment_visits_go_on(ward: SiteFixture, participant: Participant) -> None:
    withdraw(participant=participant, scope="treatment", reason="Tired.", by=ward.nurse, at=START)
    assert ward.visit(participant, "V2").outcome == "done"
