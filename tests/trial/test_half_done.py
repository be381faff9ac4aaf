"""A checklist kept half-done is no check: nothing is judged, nobody's status moves, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import ChecklistDraft, EligibilityCheck, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput
from trial.screening.checklists import how_far, keep_checklist, kept_checklist
from trial.screening.services import NoConsent, TooLate, screen


def keep(ward: SiteFixture, participant: Participant, **answers: object) -> ChecklistDraft:
    return keep_checklist(participant=participant, answers=answers, strata={}, by=ward.nurse, at=START)


def test_what_is_kept_is_no_check(ward: SiteFixture) -> None:
    participant = ward.consented()
    keep(ward, participant, I1=True, I7="63")
    assert not EligibilityCheck.objects.exists()
    assert ward.status(participant) == "screening"
    assert ward.again(participant).birth_month is None


def test_the_latest_counts_and_the_earlier_one_stays(ward: SiteFixture) -> None:
    participant = ward.consented()
    keep(ward, participant, I1=True)
    keep(ward, participant, I1=True, I7="63")
    draft = kept_checklist(participant)
    assert draft and draft.answers == {"I1": True, "I7": "63"}
    assert ChecklistDraft.objects.count() == 2
    asked = how_far(draft)[1]
    assert how_far(draft) == (2, asked) and asked > 10


def test_after_a_check_there_is_nothing_to_go_on_with(ward: SiteFixture) -> None:
    participant = ward.consented()
    keep(ward, participant, I1=True)
    ward.check(participant, at=START + timedelta(minutes=9), E1=True)
    assert kept_checklist(participant) is None


def test_a_complete_list_that_is_kept_makes_nobody_eligible(ward: SiteFixture) -> None:
    judged, kept = ward.consented(), ward.consented()
    keep(ward, kept, **ward.check(judged).answers)
    assert (ward.status(judged), ward.status(kept)) == ("eligible", "screening")


@pytest.mark.parametrize("name", ["birth_date", "I99"])
def test_there_is_no_place_for_a_birthday_or_a_strange_question(ward: SiteFixture, name: str) -> None:
    participant = ward.consented()
    with pytest.raises(InvalidInput) as refusal:
        keep(ward, participant, **{name: "1960-05-17"})
    assert list(refusal.value.errors) == [name]
    assert not ChecklistDraft.objects.exists()


def test_without_a_consent_nothing_is_kept(ward: SiteFixture) -> None:
    with pytest.raises(NoConsent):
        keep(ward, screen(site=ward.site, by=ward.nurse, at=START), I1=True)


def test_after_the_draw_nothing_is_kept(ward: SiteFixture) -> None:
    with pytest.raises(TooLate):
        keep(ward, ward.randomized(), I1=True)


def test_a_monitor_keeps_nothing(ward: SiteFixture) -> None:
    person = ward.consented()
    monitor = ward.world.person(Role.MONITOR)
    with pytest.raises(NotPermitted):
        keep_checklist(participant=person, answers={}, strata={}, by=monitor, at=START)
