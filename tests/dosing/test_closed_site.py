"""A site that has closed: said first on every page of the way and at the API; nothing new is taken, and what
was done on paper before is still entered."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from randomization.corrections import enter_paper_randomization
from randomization.models import Envelope
from tests.site_fixture import START, SiteFixture
from trial.models import AuditEntry, CurrentParticipant, Participant, ParticipantStatus
from trial.people.site_days import close_site, open_site
from trial.refusals import InvalidInput
from trial.screening.checklists import keep_checklist
from trial.screening.consent_correction import correct_consent
from trial.screening.services import SiteNotOpen, check_eligibility, record_consent, screen

TODAY = START.date()
LATER = START + timedelta(days=10)
CLOSED = TODAY + timedelta(days=7)
"""The day on which the site closes: three days before LATER."""
SAID = "closed since Mon 12 Oct 2015.* done on paper before that day can still be entered"


def close(ward: SiteFixture, on: date = CLOSED) -> None:
    close_site(site=ward.site, on=on, reason="36 are randomised", by=None, at=LATER)
    ward.site.refresh_from_db()


def numbered(ward: SiteFixture) -> Participant:
    return screen(site=ward.site, by=ward.nurse, at=START)


def written() -> tuple[int, int, int]:
    return Participant.objects.count(), ParticipantStatus.objects.count(), AuditEntry.objects.count()


def judge(ward: SiteFixture, who: Participant, happened_on: date | None, at: datetime = LATER) -> object:
    from dosing.demo_world import passing_answers

    return check_eligibility(
        participant=who,
        birth_date=date(1960, 5, 17),
        answers=passing_answers(ward.world.trial.protocol_version.protocol, TODAY),
        strata={},
        by=ward.nurse,
        at=at,
        happened_on=happened_on,
    )


@pytest.mark.parametrize("day", [None, CLOSED, CLOSED + timedelta(days=1)])
def test_nobody_is_screened_there_any_more(ward: SiteFixture, day: date | None) -> None:
    close(ward)
    before = written()
    with pytest.raises(SiteNotOpen, match=SAID):
        screen(site=ward.site, by=ward.nurse, at=LATER, consent_signed_on=day)
    assert written() == before


@pytest.mark.parametrize("day", [CLOSED, CLOSED + timedelta(days=1)])
def test_no_consent_is_taken_from_the_day_of_closing(ward: SiteFixture, day: date) -> None:
    who = numbered(ward)
    close(ward)
    before = written()
    with pytest.raises(SiteNotOpen, match=SAID):
        record_consent(participant=who, signed_on=day, by=ward.nurse, at=LATER)
    assert written() == before


@pytest.mark.parametrize("day", [None, CLOSED, CLOSED + timedelta(days=1)])
def test_no_check_is_made_from_the_day_of_closing(ward: SiteFixture, day: date | None) -> None:
    who = ward.consented()
    close(ward)
    before = written()
    with pytest.raises(SiteNotOpen, match=SAID):
        judge(ward, who, day)
    with pytest.raises(SiteNotOpen, match=SAID):
        keep_checklist(participant=who, answers={}, strata={}, by=ward.nurse, at=LATER, happened_on=day)
    assert written() == before


def test_what_was_done_on_paper_before_goes_in_to_the_end(ward: SiteFixture) -> None:
    """A number, a consent, a check and a draw, all of the days before."""
    ward.world.blinded_list(1)
    close(ward)
    signed, eve = TODAY, CLOSED - timedelta(days=1)

    who = screen(site=ward.site, by=ward.nurse, at=LATER, consent_signed_on=signed)
    judge(ward, who, eve)
    enter_paper_randomization(
        participant=who,
        number=Envelope.objects.get().number,
        happened_at=START + timedelta(days=6),
        reason="The network was down.",
        by=ward.investigator,
        at=LATER,
    )

    checked, drawn = AuditEntry.objects.order_by("id")[AuditEntry.objects.count() - 3 :][:2]
    assert json.loads(checked.body)["happened_on"] == eve.isoformat()
    assert "site_closed_on" not in json.loads(drawn.body)


def test_a_consent_of_a_day_before_is_recorded(ward: SiteFixture) -> None:
    who = numbered(ward)
    close(ward)
    signed = CLOSED - timedelta(days=1)
    assert record_consent(participant=who, signed_on=signed, by=ward.nurse, at=LATER).signed_on == signed


def test_a_person_examined_before_is_counted_although_the_list_is_used_up(ward: SiteFixture) -> None:
    ward.world.blinded_list(1)
    ward.randomized()
    close(ward)
    assert screen(site=ward.site, by=ward.nurse, at=LATER, consent_signed_on=TODAY).pk


def test_a_draw_on_paper_after_the_closing_is_entered_and_said(ward: SiteFixture) -> None:
    ward.world.blinded_list(1)
    who = ward.eligible()
    close(ward)
    enter_paper_randomization(
        participant=who,
        number=Envelope.objects.get().number,
        happened_at=START + timedelta(days=8),
        reason="Nobody knew.",
        by=ward.investigator,
        at=LATER,
    )
    entry = AuditEntry.objects.get(action="envelope.drawn")
    assert json.loads(entry.body)["site_closed_on"] == CLOSED.isoformat()


@pytest.mark.parametrize(("days", "words"), [(-1, "The consent was signed later"), (11, "is in the future")])
def test_a_check_cannot_be_of_a_day_before_the_consent_or_to_come(
    ward: SiteFixture, days: int, words: str
) -> None:
    who = ward.consented()
    with pytest.raises(InvalidInput, match=words) as refused:
        judge(ward, who, TODAY + timedelta(days=days))
    assert list(refused.value.errors) == ["happened_on"]


def test_a_day_of_a_consent_is_still_corrected(ward: SiteFixture) -> None:
    """What is on record is put right whenever it is found to be wrong."""
    who = ward.consented()
    close(ward)
    correct_consent(
        participant=who, signed_on=TODAY - timedelta(days=1), reason="Misread.", by=ward.nurse, at=LATER
    )


def test_a_site_that_opens_again_takes_people_again(ward: SiteFixture) -> None:
    who: CurrentParticipant = ward.again(ward.consented())  # type: ignore[assignment]
    close(ward)
    open_site(site=ward.site, on=LATER.date(), by=None, at=LATER)
    ward.site.refresh_from_db()
    judge(ward, Participant.objects.get(pk=who.pk), None)
    assert screen(site=ward.site, by=ward.nurse, at=LATER).pk
