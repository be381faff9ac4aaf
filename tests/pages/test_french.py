"""Every page of the clinic door in French, with people in every state: nothing is left in English."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from dosing.services.judging import SaidOfInjection
from dosing.services.recording import record_injection
from dosing.services.status import withdraw
from tests.french import english_on
from tests.pages.conftest import Browser
from tests.pages.test_access import ABOUT_NOBODY, WHO_MAY, address
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.permissions import Role

LATER = paris("2015-10-20 10:00")
FILES = {"calendar_file", "card", "progress_file", "deviations_csv", "signatures_csv", "audit_csv"}
"""What is no page: the words of these have tests of their own."""


@pytest.fixture
def people(ward: SiteFixture) -> dict[str, str]:
    """Somebody in each state."""
    treated, gone = ward.booked(MONDAY, email="a@example.org"), ward.booked(MONDAY)
    ward.inject(treated, 1)
    record_injection(
        participant=treated,
        number=2,
        said=SaidOfInjection(outcome="missed", reason="Fièvre", cause="ill"),
        by=ward.nurse,
        at=paris("2015-10-13 10:00"),
    )
    withdraw(participant=gone, scope="trial", reason="Déménage", by=ward.nurse, at=LATER - timedelta(days=1))
    failed = ward.consented()
    ward.check(failed, I7=61)
    found = {"treated": treated, "gone": gone, "failed": failed, "screened": ward.consented()}
    found |= {"eligible": ward.eligible(), "randomized": ward.randomized()}
    return {name: person.number for name, person in found.items()}


def in_french(ward: SiteFixture, role: Role) -> Browser:
    """The browser of somebody who has chosen French."""
    browser = Browser(ward.world.person(role))
    browser.user.language = "fr"
    browser.user.save()
    return browser


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.TRIAL_MANAGER, Role.ADMINISTRATOR])
def test_no_page_has_english_on_it(ward: SiteFixture, people: dict[str, str], role: Role) -> None:
    left: dict[str, set[str]] = {}
    with time_machine.travel(LATER, tick=False):
        browser = in_french(ward, role)
        for name in sorted(set(WHO_MAY) - FILES):
            for number in list(people.values())[: 1 if name in ABOUT_NOBODY else None]:
                answer = browser.get(address(name, number), follow=True)
                if found := english_on(answer.content.decode()):
                    left[f"{name} {answer.status_code}"] = found
    assert left == {}


@pytest.mark.parametrize("role", [Role.INVESTIGATOR])
def test_an_empty_form_is_asked_again_without_english(
    ward: SiteFixture, people: dict[str, str], role: Role
) -> None:
    left: dict[str, set[str]] = {}
    with time_machine.travel(LATER, tick=False):
        browser = in_french(ward, role)
        for name in sorted(set(WHO_MAY) - FILES):
            for number in list(people.values())[: 1 if name in ABOUT_NOBODY else None]:
                answer = browser.post(address(name, number), {}, follow=True)
                if answer.status_code != 405 and (found := english_on(answer.content.decode())):
                    left[f"{name} {answer.status_code}"] = found
    assert left == {}


def test_english_on_a_french_page_is_found() -> None:
    page = '<html lang="fr"><p>Le reçu</p><p>The receipt</p><p lang="en">of it</p><b translate="no">is</b>'
    assert english_on(page) == {"Le reçu The receipt"}
