"""A wrong day of consent is put right: the first entry stays, and what rested on it is judged anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from randomization.services import NotEligible, draw_envelope
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, new_trial
from trial.models import Consent, ConsentCorrection, Participant
from trial.refusals import InvalidInput
from trial.screening.consent_correction import correct_consent
from trial.screening.services import NoConsent, screen

TODAY = START.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def ward(db: None) -> SiteFixture:
    return SiteFixture(new_trial())


def corrected(
    ward: SiteFixture, participant: Participant, day: date = YESTERDAY, reason: str = "Misread."
) -> None:
    correct_consent(participant=participant, signed_on=day, reason=reason, by=ward.nurse, at=START)


def test_the_corrected_day_counts_and_the_first_entry_stays(ward: SiteFixture) -> None:
    participant = ward.consented()
    corrected(ward, participant)
    corrected(ward, ward.again(participant), YESTERDAY - timedelta(days=1), "Misread again.")
    assert ward.again(participant).signed_on == YESTERDAY - timedelta(days=1)
    assert (Consent.objects.get().signed_on, ConsentCorrection.objects.count()) == (TODAY, 2)


def test_whoever_was_judged_is_judged_again_before_the_draw(ward: SiteFixture) -> None:
    ward.world.blinded_list()
    participant = ward.eligible()
    corrected(ward, participant)
    assert ward.status(participant) == "screening"
    with pytest.raises(NotEligible):
        draw_envelope(participant=participant, by=ward.nurse, at=START)
    ward.check(participant)
    draw_envelope(participant=participant, by=ward.nurse, at=START)


def test_after_randomisation_the_day_alone_changes(ward: SiteFixture) -> None:
    participant = ward.randomized()
    corrected(ward, participant)
    assert ward.status(participant) == "randomized"
    assert ward.again(participant).signed_on == YESTERDAY


@pytest.mark.parametrize(
    ("day", "reason", "field"),
    [
        (TODAY + timedelta(days=1), "Misread.", "signed_on"),
        (TODAY, "Misread.", "signed_on"),
        (YESTERDAY, " ", "reason"),
    ],
)
def test_a_correction_has_another_day_that_has_come_and_a_reason(
    ward: SiteFixture, day: date, reason: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        corrected(ward, ward.consented(), day, reason)
    assert list(refusal.value.errors) == [field]


def test_without_a_consent_there_is_nothing_to_correct(ward: SiteFixture) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    with pytest.raises(NoConsent):
        corrected(ward, participant)
