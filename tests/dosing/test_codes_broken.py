"""Afterwards it shows that a code was broken, wherever somebody looks; never what came of it."""

from __future__ import annotations

import pytest

from dosing.pages.agenda import agenda
from dosing.reading.history import story
from randomization.code_breaks import in_words, warning_before_drawing
from randomization.models import CodeBreakNotice
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import CurrentParticipant, Delegation, Participant
from trial.permissions import Role
from trial.queries import find_participant

NIGHT = paris("2015-10-14 02:10")


@pytest.fixture
def doctor(ward: SiteFixture) -> Delegation:
    return ward.world.person(Role.INVESTIGATOR)


def broken(person: Participant, by: Delegation, means: str = "") -> CodeBreakNotice:
    return CodeBreakNotice.objects.create(participant=person, by=by, at=NIGHT, means=means)


def now(person: Participant, by: Delegation) -> CurrentParticipant:
    return find_participant(by, person.number)


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ("", "by investigator"),
        ("link", "by a one-time link that"),
        ("paper", "by a printed sheet;"),
        ("offline", "from a backup;"),
    ],
)
def test_it_says_when_and_by_whom_by_the_sites_clock(
    ward: SiteFixture, doctor: Delegation, means: str, words: str
) -> None:
    said = in_words(broken(ward.booked(MONDAY), doctor, means))
    assert "Wed 14 Oct 2015, 02:10, site time (Europe/Paris)" in said
    assert words.replace("investigator", doctor.user.shown_name) in said


def test_the_history_tells_of_it(ward: SiteFixture, doctor: Delegation) -> None:
    person = ward.booked(MONDAY)
    broken(person, doctor)
    told = [event for event in story(now(person, doctor), None) if event.what == "Code broken"]
    assert [(event.at, event.who.split(",")[0]) for event in told] == [(NIGHT, doctor.user.shown_name)]


def test_by_a_link_the_history_names_nobody(ward: SiteFixture, doctor: Delegation) -> None:
    person = ward.booked(MONDAY)
    broken(person, doctor, "link")
    told = [event.who for event in story(now(person, doctor), None) if "one-time link" in event.what]
    assert told == [""]


@pytest.mark.parametrize(
    ("role", "count"), [(Role.INVESTIGATOR, 1), (Role.TRIAL_MANAGER, 1), (Role.STUDY_NURSE, 0)]
)
def test_today_tells_the_investigator_and_the_manager(
    ward: SiteFixture, doctor: Delegation, role: Role, count: int
) -> None:
    broken(ward.booked(MONDAY), doctor)
    assert len(agenda(ward.world.person(role), at=paris("2015-10-15 08:00")).broken) == count


def test_whoever_is_only_shown_for_that_waits_for_nothing(ward: SiteFixture, doctor: Delegation) -> None:
    person = ward.booked(MONDAY)
    broken(person, doctor)
    found = agenda(doctor, at=paris("2015-10-15 08:00"))
    assert person.number not in [line.number for line in found.waiting]


def test_who_broke_a_code_is_warned_in_that_stratum_and_nobody_else(
    ward: SiteFixture, doctor: Delegation
) -> None:
    broken(ward.booked(MONDAY), doctor)
    next_one = now(ward.eligible(), doctor)
    assert "let them draw" in warning_before_drawing(doctor.user, next_one)
    assert warning_before_drawing(ward.nurse.user, next_one) == ""


def test_a_warning_has_no_figure_and_no_block(ward: SiteFixture, doctor: Delegation) -> None:
    broken(ward.booked(MONDAY), doctor)
    said = warning_before_drawing(doctor.user, now(ward.eligible(), doctor))
    assert not any(sign.isdigit() for sign in said)
    assert "block" not in said


def test_whoever_asked_for_a_link_has_seen_nothing_and_is_not_warned(
    ward: SiteFixture, doctor: Delegation
) -> None:
    broken(ward.booked(MONDAY), doctor, "link")
    assert warning_before_drawing(doctor.user, now(ward.eligible(), doctor)) == ""
