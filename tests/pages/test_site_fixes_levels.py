"""A level that contradicts the site, sent by a page all the same: refused with a sentence, never dropped."""

from __future__ import annotations

from datetime import date

import pytest

from dosing.demo_world import passing_answers
from randomization.models import Envelope
from randomization.services import draw_envelope
from tests.checklist import in_words
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture
from tests.trial.test_strata_from_site import MIROCALS as TEXT
from tests.trial.test_strata_from_site import asked, version
from tests.trial_fixture import START, TrialFixture
from trial.models import ChecklistDraft, EligibilityCheck, Participant
from trial.people.amendments import install_amendment
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, load_protocol, parse_protocol

MIROCALS = load_protocol(PROTOCOLS / "nct03039673.toml")
SAID = "site 01 has France, not United Kingdom."


@pytest.fixture
def french(db: None) -> SiteFixture:
    """Site 01 of the trial in two countries, whose site fixes the country."""
    trial = install_trial(file=MIROCALS, environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2015, 9, 1), by=None, at=START)
    return SiteFixture(TrialFixture(trial, site))


def answers(**more: object) -> dict[str, object]:
    passing = passing_answers(MIROCALS.protocol, START.date())
    return in_words({"birth_date": "1960-05-17", "ONSET": "LIMB"} | passing | more)


@pytest.mark.parametrize("button", [{}, {"keep": "yes"}])
def test_the_checklist_refuses_another_level(french: SiteFixture, button: dict[str, str]) -> None:
    nurse, number = Browser(french.nurse), french.consented().number
    page = f"/participants/{number}/eligibility/"
    status, said = nurse.refused(page, **answers(COUNTRY="UK", **button))
    assert (status, SAID in said) == (422, True)
    assert not EligibilityCheck.objects.exists() and not ChecklistDraft.objects.exists()

    nurse.send(page, **answers(COUNTRY="FR", **button))
    assert EligibilityCheck.objects.exists() or ChecklistDraft.objects.exists()


def test_the_true_stratum_refuses_another_level(french: SiteFixture) -> None:
    doctor, drawn = Browser(french.world.person(Role.INVESTIGATOR)), french.consented()
    Browser(french.nurse).send(f"/participants/{drawn.number}/eligibility/", **answers())
    french.world.blinded_list(2, strata=MIROCALS.protocol.stratum_keys())
    draw_envelope(participant=drawn, by=french.nurse, at=START)
    page, why = f"/participants/{drawn.number}/true-stratum/", {"reason": "Misread.", "password": PASSWORD}

    status, said = doctor.refused(page, ONSET="BULBAR", COUNTRY="UK", **why)
    assert (status, SAID in said, drawn.true_strata.count()) == (422, True, 0)

    doctor.send(page, ONSET="BULBAR", **why)
    assert Participant.objects.get().true_strata.get().key == "FR/BULBAR"


def test_no_page_draws_a_level_of_before_the_amendment(db: None) -> None:
    """Nor offers it: both pages say why, and the way to a new check stays."""
    trial = install_trial(file=parse_protocol(asked(TEXT)), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2015, 9, 1), by=None, at=START)
    ward = SiteFixture(TrialFixture(trial, site))
    ward.world.blinded_list(2, strata=MIROCALS.protocol.stratum_keys())
    nurse, number = Browser(ward.nurse), ward.consented().number
    nurse.send(f"/participants/{number}/eligibility/", **answers(COUNTRY="UK"))
    install_amendment(file=parse_protocol(version(TEXT, "2")), at=START)
    one, draw = f"/participants/{number}/", f"/participants/{number}/randomize/"

    said = f"site 01 has France, and the eligibility check of {number} says United Kingdom."
    assert said in nurse.read(one) and f'href="{one}eligibility/"' in nurse.read(one)
    assert said in nurse.read(draw) and 'name="password"' not in nurse.read(draw)
    status, page = nurse.refused(draw, confirmed="on", password=PASSWORD)
    assert (status, said in page) == (422, True)
    assert not Envelope.objects.exclude(participant=None).exists()

    nurse.send(f"/participants/{number}/eligibility/", **answers())
    nurse.send(draw, confirmed="on", password=PASSWORD)
    assert Envelope.objects.exclude(participant=None).get().stratum.key == "FR/LIMB"
