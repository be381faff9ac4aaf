"""A withdrawal, a death or a loss that was a slip: the first entry stays, and the calendar goes on."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from dosing.models import Deviation, Reminder
from dosing.reading.history import story
from dosing.reading.queries import calendar_of
from dosing.services.correcting_ends import NEVER, NoEnd, addresses_to_renew, correct_end
from dosing.services.feeding import make_feed
from dosing.services.status import find_again, hold, withdraw
from randomization.queries import envelope_of
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import AuditEntry, CurrentParticipant, Participant, ParticipantStatus
from trial.refusals import InvalidInput, NotConfirmed

NOW = paris(f"{MONDAY} 15:00")
TUESDAY = paris("2015-10-13 08:00")
SCOPES = ("treatment", "visits", "contact", "trial", "death", "lost")


def treated(ward: SiteFixture) -> Participant:
    participant = ward.booked(email="anne@example.org")
    ward.inject(participant, 1)
    return ward.again(participant)


def ended(ward: SiteFixture, participant: Participant, scope: str, **more: object) -> None:
    said = {"reason": "So it is.", "by": ward.nurse, "at": NOW, "day": MONDAY} | more
    withdraw(participant=ward.again(participant), scope=scope, **said)  # type: ignore[arg-type]


def corrected(
    ward: SiteFixture, participant: Participant, scope: str = NEVER, **more: object
) -> ParticipantStatus:
    said = {"reason": "Another person.", "by": ward.nurse, "at": TUESDAY} | more
    return correct_end(participant=ward.again(participant), scope=scope, **said)  # type: ignore[arg-type]


def open_reminders(participant: Participant) -> set[tuple[str, str]]:
    rows = Reminder.objects.filter(participant=participant, state="open", recipient="site")
    return set(rows.exclude(event_date__lte=MONDAY + timedelta(days=1)).values_list("event", "rule"))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_slip_taken_back_leaves_the_participant_where_he_was(ward: SiteFixture, scope: str) -> None:
    participant = treated(ward)
    before = open_reminders(participant)
    ended(ward, participant, scope)
    corrected(ward, participant)
    view = calendar_of(ward.again(participant), at=TUESDAY)
    assert ward.status(participant) == "on_treatment"
    assert view is not None and not [day for day in view.injections if day.state == "stopped"]
    assert open_reminders(participant) == before
    assert ward.inject(participant, 2).outcome == "given"
    assert not Deviation.objects.filter(kind="while_stopped").exists()


def test_the_first_entry_stays_and_both_are_told(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "death")
    wrong = participant.statuses.get(scope="death")
    corrected(ward, participant)
    told = [event.what for event in story(participant, envelope_of(participant))]
    assert participant.statuses.filter(pk=wrong.pk, scope="death", ended_on=MONDAY).exists()
    assert [words for words in told if words.startswith("Died on")]
    assert [words for words in told if "was wrong; the participant is on treatment again" in words]
    body = json.loads(AuditEntry.objects.get(action="participant.end_corrected").body)
    assert (
        body["before"] == {"cause": "death", "day": "2015-10-12", "scope": "death"} and body["scope"] == NEVER
    )


def test_a_wrong_scope_gives_way_to_the_right_one(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "trial")
    row = corrected(ward, participant, "treatment", day=MONDAY)
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert (row.status, row.scope) == ("follow_up", "treatment")
    assert {event.partition(":")[0] for event in waiting.values_list("event", flat=True)} == {"visit"}


def test_a_wrong_day_gives_way_to_the_right_one(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "death")
    at = NOW + timedelta(days=3)
    row = corrected(ward, participant, "death", day=date(2015, 10, 13), at=at)
    current: CurrentParticipant = ward.again(participant)  # type: ignore[assignment]
    assert row.ended_on == date(2015, 10, 13) and current.current_scope == "death"


def test_who_was_on_hold_is_on_hold_again(ward: SiteFixture) -> None:
    participant = treated(ward)
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=NOW)
    ended(ward, participant, "trial")
    corrected(ward, participant)
    assert ward.status(participant) == "on_hold"
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert {row.event.partition(":")[0] for row in waiting} == {"visit"}


def test_the_later_of_two_ends_is_corrected_first(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "lost")
    ended(ward, participant, "death")
    corrected(ward, participant)
    current: CurrentParticipant = ward.again(participant)  # type: ignore[assignment]
    assert (current.current_status, current.current_scope) == ("withdrawn", "lost")
    corrected(ward, participant)
    assert ward.status(participant) == "on_treatment"
    with pytest.raises(NoEnd):
        corrected(ward, participant)


def test_treatment_goes_on_of_somebody_who_was_never_lost(ward: SiteFixture) -> None:
    participant = treated(ward)
    ended(ward, participant, "lost")
    find_again(participant=ward.again(participant), reason="Wrote.", by=ward.nurse, at=NOW)
    assert ward.status(participant) == "follow_up"
    corrected(ward, participant)
    assert ward.status(participant) == "on_treatment"


def test_a_correction_that_corrects_nothing_is_refused(ward: SiteFixture) -> None:
    participant = treated(ward)
    with pytest.raises(NoEnd):
        corrected(ward, participant)
    ended(ward, participant, "trial")
    for scope, reason in (("trial", "Again."), ("reminders", "Those."), (NEVER, " ")):
        with pytest.raises(InvalidInput):
            corrected(ward, participant, scope, day=MONDAY, reason=reason)
    assert ward.status(participant) == "withdrawn"


def test_an_injection_after_the_day_of_a_withdrawal_is_asked_about_and_drafted(ward: SiteFixture) -> None:
    participant = treated(ward)
    sunday = MONDAY - timedelta(days=1)
    with pytest.raises(NotConfirmed) as asked:
        ended(ward, participant, "trial", day=sunday)
    assert ward.status(participant) == "on_treatment"
    (doubt,) = asked.value.doubts
    ended(ward, participant, "trial", day=sunday, confirmed={"day": doubt.value})
    (row,) = Deviation.objects.filter(participant=participant, kind="while_stopped")
    assert (row.event, row.latest, row.happened_on) == ("injection:1", sunday, MONDAY)


def test_an_injection_entered_late_is_after_a_withdrawal_by_its_own_day(ward: SiteFixture) -> None:
    participant = treated(ward)
    at = NOW + timedelta(days=2)
    ended(ward, participant, "treatment", at=at)
    tuesday = {"happened_at": paris("2015-10-13 09:00"), "at": at + timedelta(hours=1)}
    with pytest.raises(Exception, match="ended"):
        ward.inject(participant, 2, **tuesday)
    ward.inject(participant, 2, **tuesday, deviation_reason="The ward did not know.")
    assert Deviation.objects.filter(participant=participant, kind="while_stopped").count() == 1


@pytest.mark.parametrize(("right", "renew"), [(NEVER, 1), ("treatment", 1), ("lost", 0)])
def test_an_address_that_the_wrong_death_closed_has_to_be_made_anew_and_the_entry_says_so(
    ward: SiteFixture, right: str, renew: int
) -> None:
    participant = treated(ward)
    make_feed(by=ward.nurse, at=NOW - timedelta(hours=2), participant=participant, language="en")
    ended(ward, participant, "death")
    row = corrected(ward, participant, right, **({} if right == NEVER else {"day": MONDAY}))
    body = json.loads(AuditEntry.objects.get(action="participant.end_corrected").body)
    assert (addresses_to_renew(row), body.get("addresses", 0)) == (renew, renew)
