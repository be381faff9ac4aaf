"""What keeps from randomising is said before anybody is examined and before a password is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine

from dosing.demo_world import passing_answers
from randomization.services import draw_envelope
from tests.checklist import in_boxes, in_words
from tests.pages.conftest import Browser
from tests.site_fixture import START, SiteFixture
from tests.trial_fixture import TrialFixture
from trial.models import EligibilityCheck, Participant
from trial.people.installing import install_trial
from trial.people.site_days import close_site, open_site
from trial.protocol.files import PROTOCOLS, parse_protocol
from trial.screening.services import screen

TODAY = START.date()
IN_FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}
CLOSED = ("Site 01 is closed since Mon 5 Oct 2015.", "Le centre 01 est fermé depuis le ")
USED_UP = ("No envelope is left in the list", "Il ne reste")
REACHED = (
    "1 of 1 are randomised: the target of the trial is reached.",
    "effectif prévu de l’essai est atteint",
)


def closed(ward: SiteFixture) -> None:
    close_site(site=ward.site, on=TODAY, reason="Enough", by=None, at=START)


def used_up(ward: SiteFixture) -> None:
    ward.world.blinded_list(1)
    ward.randomized()


STATES: dict[str, tuple[Callable[[SiteFixture], None], tuple[str, str]]] = {
    "closed": (closed, CLOSED),
    "used up": (used_up, USED_UP),
}


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest) -> tuple[Callable[[SiteFixture], None], tuple[str, str]]:
    return STATES[request.param]


def numbered_at(ward: SiteFixture) -> Participant:
    """Somebody with a number, and no consent yet."""
    return screen(site=ward.site, by=ward.nurse, at=START)


def read(browser: Browser, address: str) -> tuple[str, str]:
    """The page in English and in French, with the spaces of a browser."""
    french = browser.get(address, **IN_FRENCH)
    assert french.status_code == 200
    return browser.read(address), french.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_every_page_of_the_way_says_it_in_both_languages(
    nurse: Browser, ward: SiteFixture, state: tuple[Callable[[SiteFixture], None], tuple[str, str]]
) -> None:
    numbered, screening, eligible = numbered_at(ward), ward.consented(), ward.eligible()
    state[0](ward)
    pages = {
        "list": "/participants/",
        "new": "/participants/new/",
        "consent": f"/participants/{numbered.number}/consent/",
        "check": f"/participants/{screening.number}/eligibility/",
        "one with a number": f"/participants/{numbered.number}/",
        "one in screening": f"/participants/{screening.number}/",
        "one who is eligible": f"/participants/{eligible.number}/",
        "before the draw": f"/participants/{eligible.number}/randomize/",
    }
    for name, address in pages.items():
        english, french = read(nurse, address)
        assert (name, state[1][0] in english, state[1][1] in french) == (name, True, True)


def test_no_password_is_asked_for_where_nothing_can_be_drawn(
    nurse: Browser, ward: SiteFixture, state: tuple[Callable[[SiteFixture], None], tuple[str, str]]
) -> None:
    eligible = ward.eligible()
    state[0](ward)
    page = nurse.read(f"/participants/{eligible.number}/randomize/")
    assert 'name="password"' not in page
    assert f'href="/participants/{eligible.number}/randomize/"' not in nurse.read(
        f"/participants/{eligible.number}/"
    )


def test_a_target_that_is_reached_is_said_to_whoever_is_in_screening(db: None) -> None:
    text = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8").replace("target = 36", "target = 1")
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    site = open_site(site=trial.sites.get(), on=date(2015, 9, 1), by=None, at=START)
    small = SiteFixture(TrialFixture(trial, site))
    small.world.blinded_list(3)
    nurse, screening, eligible = Browser(small.nurse), small.consented(), small.eligible()
    small.randomized()
    of_two = {screening: ("", "eligibility/"), eligible: ("", "randomize/")}
    for address in (f"/participants/{who.number}/{page}" for who, pages in of_two.items() for page in pages):
        english, french = read(nurse, address)
        assert (REACHED[0] in english, REACHED[1] in french) == (True, True)


def test_nothing_is_said_where_everything_is_open(nurse: Browser, ward: SiteFixture) -> None:
    ward.world.blinded_list(3)
    page = nurse.read(f"/participants/{ward.consented().number}/")
    assert "Check eligibility" in page
    assert not any(words[0] in page for words in (CLOSED, USED_UP, REACHED))


def test_the_list_names_no_next_step_at_a_closed_site(nurse: Browser, ward: SiteFixture) -> None:
    ward.consented(), ward.eligible()
    closed(ward)
    page = nurse.read("/participants/")
    assert page.count("<td>the site is closed</td>") == 2
    assert "<td>finish screening</td>" not in page and "<td>randomise</td>" not in page


def answers(ward: SiteFixture, **more: object) -> dict[str, object]:
    passing = passing_answers(ward.site.trial.protocol_version.protocol, TODAY)
    return in_words({"birth_date": "1960-05-17"} | passing | more)


def test_pages_refuse_what_is_new_at_a_closed_site_and_take_what_is_late(ward: SiteFixture) -> None:
    numbered = numbered_at(ward)
    closing, later = TODAY + timedelta(days=2), START + timedelta(days=3)
    close_site(site=ward.site, on=closing, reason="Enough", by=None, at=START)
    consent, check = (f"/participants/{numbered.number}/{page}/" for page in ("consent", "eligibility"))
    with time_machine.travel(later, tick=False):
        nurse = Browser(ward.nurse)
        for day in (closing, later.date()):
            status, page = nurse.refused(consent, **in_boxes(signed_on=day.isoformat()))
            assert (status, "is closed since Wed 7 Oct 2015" in page) == (409, True)
        nurse.send(consent, **in_boxes(signed_on=TODAY.isoformat()))
        status, page = nurse.refused(check, **answers(ward))
        assert (status, EligibilityCheck.objects.count()) == (422, 0)  # the day is asked for
        status, page = nurse.refused(check, **answers(ward, happened_on=closing.isoformat()))
        assert (status, "is closed since Wed 7 Oct 2015" in page) == (409, True)
        nurse.send(check, **answers(ward, happened_on=TODAY.isoformat()))
        assert EligibilityCheck.objects.get().eligible


def test_at_an_open_site_the_checklist_asks_for_no_day_of_its_own(nurse: Browser, ward: SiteFixture) -> None:
    assert "happened_on" not in nurse.read(f"/participants/{ward.consented().number}/eligibility/")


def test_a_draw_on_paper_is_entered_from_the_page_of_a_closed_site(
    investigator: Browser, ward: SiteFixture
) -> None:
    ward.world.blinded_list(2)
    number = ward.eligible().number
    closed(ward)
    assert f'href="/participants/{number}/paper/"' in investigator.read(f"/participants/{number}/")


def test_a_used_up_stratum_leaves_the_way_to_the_others(db: None) -> None:
    text = (PROTOCOLS / "nct03039673.toml").read_text(encoding="utf-8")
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2015, 9, 1), by=None, at=START)
    ward = SiteFixture(TrialFixture(trial, site))
    ward.world.blinded_list(1, strata=trial.protocol_version.protocol.stratum_keys())
    screening, ward.world.serial = ward.consented(), 1
    first = ward.world.participant()
    Participant.objects.filter(pk=first.pk).update(stratum="FR/LIMB")
    first.refresh_from_db()
    draw_envelope(participant=first, by=ward.nurse, at=START)

    page = Browser(ward.nurse).read(f"/participants/{screening.number}/")

    assert "Nobody can be randomised in stratum FR/LIMB now." in page
    assert f'href="/participants/{screening.number}/eligibility/"' in page
