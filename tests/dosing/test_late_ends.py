"""What was due before a hold or an end stays open until somebody says what became of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module

import icalendar
import pytest
import time_machine
from django.apps import apps

from dosing.exporting.exports import calendar_csv, calendar_ics
from dosing.models import Deviation, LeftOpen, Reminder
from dosing.reading.queries import calendar_of, days_left_open, due_list
from dosing.services.judging import TreatmentEnded
from dosing.services.status import hold, release, withdraw
from randomization.closing import lock_data
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Participant, Status
from trial.permissions import Role
from trial.refusals import InvalidInput

FRIDAY = MONDAY + timedelta(days=4)
AT = paris(f"{FRIDAY} 15:00")
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture
def treated(ward: SiteFixture) -> Participant:
    """The first injection was given on Monday; nobody has recorded anything since."""
    participant = ward.booked(email="anne@example.org")
    ward.inject(participant, 1)
    return ward.again(participant)


def ended(ward: SiteFixture, who: Participant, scope: str, day: date = WEDNESDAY, at: datetime = AT) -> None:
    withdraw(participant=ward.again(who), scope=scope, reason="So.", by=ward.nurse, at=at, day=day)


def states(ward: SiteFixture, who: Participant, at: datetime = AT) -> list[str]:
    view = calendar_of(ward.again(who), at=at)
    assert view
    return [str(day.state) for day in view.injections[:6]]


def asked(ward: SiteFixture, at: datetime = AT) -> set[str]:
    due = due_list([ward.site], on=at.date(), at=at)
    days = [*(item.day for item in due.injections), *due.visits]
    return {day.code for day in days if not day.recorded}


ENDS = ["treatment", "visits", "contact", "trial", "death", "lost"]


@pytest.mark.parametrize("scope", ENDS)
def test_the_days_up_to_an_end_that_is_known_late_stay_open(
    ward: SiteFixture, treated: Participant, scope: str
) -> None:
    """Said on Wednesday, recorded on Friday: Tuesday and Wednesday are asked for, Thursday is not."""
    ended(ward, treated, scope)
    assert states(ward, treated) == ["given", "late", "late", "stopped", "stopped", "stopped"]
    assert asked(ward) == {"C1D2", "C1D3", "V1"}


@pytest.mark.parametrize("scope", ENDS)
def test_they_are_recorded_as_missed_and_drafted_until_nobody_is_asked(
    ward: SiteFixture, treated: Participant, scope: str
) -> None:
    ended(ward, treated, scope)
    for number in (2, 3):
        ward.inject(treated, number, outcome="missed", reason="Did not come.", happened_at=None, at=AT)
    ward.visit(treated, "V1", outcome="missed", reason="Did not come.", day=None, at=AT)
    assert asked(ward) == set()
    drafts = sorted(Deviation.objects.values_list("kind", "event"))
    missed = [("injection_missed", "injection:2"), ("injection_missed", "injection:3")]
    assert drafts == [*missed, ("visit_missed", "visit:V1")]
    with pytest.raises(TreatmentEnded):
        ward.inject(treated, 4, outcome="missed", reason="Gone.", happened_at=None, at=AT)


def test_one_that_was_given_before_a_death_is_entered_late(ward: SiteFixture, treated: Participant) -> None:
    ended(ward, treated, "death")
    ward.inject(treated, 2, at=AT)
    assert states(ward, treated)[:3] == ["given", "given", "late"]


def test_a_death_reported_after_an_end_of_treatment_counts_from_its_own_day(
    ward: SiteFixture, treated: Participant
) -> None:
    ended(ward, treated, "treatment", FRIDAY)
    assert states(ward, treated)[1:5] == ["late"] * 4
    ended(ward, treated, "death", WEDNESDAY)
    assert states(ward, treated)[1:5] == ["late", "late", "stopped", "stopped"]


def held(ward: SiteFixture, who: Participant, at: datetime, **more: object) -> object:
    values = {"reason": "Fever.", "until": None, "by": ward.investigator, "at": at}
    return hold(participant=ward.again(who), **(values | more))  # type: ignore[arg-type]


def released(ward: SiteFixture, who: Participant, at: datetime) -> None:
    release(participant=ward.again(who), reason="Well.", by=ward.investigator, at=at)


def test_a_hold_holds_the_days_after_it_alone(ward: SiteFixture, treated: Participant) -> None:
    held(ward, treated, paris(f"{WEDNESDAY} 12:00"))
    assert states(ward, treated) == ["given", "late", "late", "hold", "hold", "hold"]
    assert asked(ward) == {"C1D2", "C1D3", "V1"}
    released(ward, treated, AT)
    assert states(ward, treated)[3:] == ["late", "due", "planned"]


def test_a_hold_that_went_over_into_an_end_keeps_its_days(ward: SiteFixture, treated: Participant) -> None:
    held(ward, treated, paris(f"{WEDNESDAY} 12:00"))
    ended(ward, treated, "treatment", FRIDAY)
    view = calendar_of(ward.again(treated), at=AT)
    assert view
    told = [(day.state, day.stopped_by, day.stopped_since) for day in view.injections[2:4]]
    assert told == [("late", "", None), ("stopped", "hold", WEDNESDAY)]


def test_held_injections_are_tentative_with_the_word_and_visits_stand(
    ward: SiteFixture, treated: Participant
) -> None:
    held(ward, treated, paris(f"{WEDNESDAY} 12:00"))
    who = ward.again(treated)
    view = calendar_of(who, at=AT)
    assert view
    found = icalendar.Calendar.from_ical(calendar_ics(who, view, language="fr")).walk("VEVENT")
    tentative = {str(event["SUMMARY"]) for event in found if event["STATUS"] == "TENTATIVE"}
    assert len(tentative) == 12 and all(said.startswith("suspendue · ") for said in tentative)
    visits = [event for event in found if "visit" in str(event["UID"])]
    assert {str(event["STATUS"]) for event in visits} == {"CONFIRMED"}
    assert not any("suspendue" in str(event["SUMMARY"]) for event in visits)


def test_the_table_holds_the_planned_day_and_the_one_on_which_it_happened(
    ward: SiteFixture, treated: Participant
) -> None:
    thursday = paris("2015-10-15 09:00")
    ward.inject(treated, 2, happened_at=thursday, at=thursday, deviation_reason="Strike.")
    ended(ward, treated, "treatment", day=date(2015, 10, 15))
    who = ward.again(treated)
    view = calendar_of(who, at=AT)
    assert view
    rows = [row.split(",") for row in calendar_csv(who, view, language="en").decode().splitlines()]
    by_code = {row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    second, fifth = by_code["C1D2"], by_code["C1D5"]
    assert (second["date"], second["state"], second["happened_on"]) == ("2015-10-13", "given", "2015-10-15")
    stopped = ("stopped", "treatment", "2015-10-15")
    assert (fifth["state"], fifth["stopped_by"], fifth["stopped_since"]) == stopped


# --- How long a hold may last --------------------------------------------------------------------------


def test_a_hold_soon_after_a_release_counts_on_from_the_first(
    ward: SiteFixture, treated: Participant
) -> None:
    held(ward, treated, paris("2015-10-12 12:00"))
    released(ward, treated, paris("2015-10-19 12:00"))
    assert held(ward, treated, paris("2015-10-26 12:00")).until == date(2015, 11, 9)  # type: ignore[attr-defined]


def test_a_hold_eight_days_after_a_release_counts_anew(ward: SiteFixture, treated: Participant) -> None:
    held(ward, treated, paris("2015-10-12 12:00"))
    released(ward, treated, paris("2015-10-19 12:00"))
    assert held(ward, treated, paris("2015-10-27 12:00")).until == date(2015, 11, 24)  # type: ignore[attr-defined]


def test_a_longer_hold_takes_a_reason_and_is_drafted_once(ward: SiteFixture, treated: Participant) -> None:
    monday = paris("2015-10-12 12:00")
    too_long = date(2015, 11, 10)
    with pytest.raises(InvalidInput, match="say why") as refusal:
        held(ward, treated, monday, until=too_long)
    assert list(refusal.value.errors) == ["until"]
    held(ward, treated, monday, until=too_long, deviation_reason="The sponsor waits for results.")
    (draft,) = Deviation.objects.all()
    assert (draft.kind, draft.latest, draft.happened_on) == ("hold_too_long", date(2015, 11, 9), too_long)
    assert draft.reason == "The sponsor waits for results."
    released(ward, treated, paris("2015-11-12 12:00"))
    assert Deviation.objects.count() == 1


def test_a_hold_within_the_limit_drafts_nothing_whatever_is_said(
    ward: SiteFixture, treated: Participant
) -> None:
    held(ward, treated, paris("2015-10-12 12:00"), until=date(2015, 11, 9), deviation_reason="Not needed.")
    assert not Deviation.objects.exists()


def test_where_the_longest_hold_is_used_up_an_end_is_asked_for(
    ward: SiteFixture, treated: Participant
) -> None:
    held(ward, treated, paris("2015-10-12 12:00"))
    released(ward, treated, paris("2015-11-09 12:00"))
    late = paris("2015-11-12 12:00")
    with pytest.raises(InvalidInput, match="used up"):
        held(ward, treated, late, deviation_reason="Fever again.")
    held(ward, treated, late, until=date(2015, 11, 20), deviation_reason="Fever again.")
    assert Deviation.objects.get().kind == "hold_too_long"


# --- The upgrade, and locked data ------------------------------------------------------------------------


def upgrade() -> None:
    """What the migration does, on the tables as they are."""
    import_module("dosing.migrations.0015_days_left_open").note_what_was_left_open(apps, None)


@pytest.mark.parametrize(("scope", "goes_on"), [("treatment", {"V1"}), ("trial", set())])
def test_days_of_before_an_upgrade_are_listed_once_and_not_asked(
    ward: SiteFixture, treated: Participant, scope: str, goes_on: set[str]
) -> None:
    """A visit that goes on was asked for before, and is asked for still."""
    ended(ward, treated, scope)
    upgrade()
    left = {day.code for day in days_left_open(ward.investigator, at=AT)}
    assert left == {"C1D2", "C1D3", "V1"} - goes_on
    assert asked(ward) == goes_on
    assert states(ward, treated)[1:3] == ["late", "late"]  # the same state as everywhere
    ward.inject(treated, 2, at=AT)
    assert {day.code for day in days_left_open(ward.investigator, at=AT)} == {"C1D3", "V1"} - goes_on


def test_who_goes_on_after_an_upgrade_is_asked_again(ward: SiteFixture, treated: Participant) -> None:
    held(ward, treated, paris(f"{WEDNESDAY} 12:00"))
    upgrade()
    assert asked(ward) == {"V1"}
    released(ward, treated, AT)
    assert asked(ward) == {"C1D2", "C1D3", "C1D4", "C1D5", "V1"}


def test_nobody_with_everything_recorded_is_noted_by_the_upgrade(
    ward: SiteFixture, treated: Participant
) -> None:
    ward.visit(treated, "V1")
    ended(ward, treated, "treatment", MONDAY, at=paris(f"{MONDAY} 15:00"))
    upgrade()
    assert not LeftOpen.objects.exists()


def test_a_late_visit_of_an_ordinary_follow_up_is_asked_for_after_an_upgrade_too(ward: SiteFixture) -> None:
    who = ward.booked()
    for number in range(1, 16):
        ward.inject(who, number)
    at = paris("2015-12-20 12:00")
    before = asked(ward, at)
    upgrade()
    assert before == asked(ward, at) and "V1" in before
    assert days_left_open(ward.investigator, at=at) == ()


def test_the_upgrade_passes_over_who_has_no_calendar(ward: SiteFixture) -> None:
    withdraw(participant=ward.randomized(), scope="trial", reason="So.", by=ward.nurse, at=AT)
    withdraw(participant=ward.consented(), scope="trial", reason="So.", by=ward.nurse, at=AT)
    upgrade()
    assert not LeftOpen.objects.exists()


def test_the_upgrade_opens_the_reminders_of_visits_that_a_hold_had_closed(
    ward: SiteFixture, treated: Participant
) -> None:
    held(ward, treated, paris(f"{WEDNESDAY} 12:00"))
    Reminder.objects.filter(state="open").update(state="cancelled")
    with time_machine.travel(AT, tick=False):
        upgrade()
    kinds = {row.event.partition(":")[0] for row in Reminder.objects.filter(state="open")}
    assert kinds == {"visit"}


def test_nobody_is_asked_in_locked_data(ward: SiteFixture, treated: Participant) -> None:
    ended(ward, treated, "trial")
    upgrade()
    manager = ward.world.person(Role.TRIAL_MANAGER)
    lock_data(trial=ward.world.trial, by=manager, at=AT, statement="All is in.")
    assert (asked(ward), days_left_open(ward.investigator, at=AT)) == (set(), ())
    assert ward.status(treated) == Status.WITHDRAWN
