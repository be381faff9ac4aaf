"""The clinic's pages, files and mails in French with nobody, one and two of everything: faults of FAULTS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.core import mail

from dosing.progress.figures import FIGURES
from dosing.reminders.sending import send_due
from dosing.services.status import hold, withdraw
from tests.french import faults_in, faults_on
from tests.pages.conftest import Browser
from tests.pages.test_access import ABOUT_NOBODY, WHO_MAY, address
from tests.pages.test_french import FILES, in_french
from tests.pdf_words import words_of_pdf
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.core.numbers import format_number
from trial.core.protocol import NumberFormat
from trial.permissions import Role

OPENERS = (Role.INVESTIGATOR, Role.TRIAL_MANAGER, Role.ADMINISTRATOR)
"""Between them they may open every page."""
NO_LINES = "plain space"
"""What files may have: a PDF is set word by word, and a table has no lines to break."""
TUESDAY = date(2015, 10, 6)
"""Day 1 of a calendar whose third course begins on 1 December."""
SCENES = {
    "nobody": (0, MONDAY, paris("2015-10-16 10:00")),
    "one of everything": (1, MONDAY, paris("2015-10-17 10:00")),
    "two of everything": (2, MONDAY, paris("2015-10-18 10:00")),
    "the first of a month": (1, TUESDAY, paris("2015-12-02 10:00")),
}
"""How many people in each state, their day 1, and when they are looked at: so many injections are late."""


@dataclass
class Scene:
    """So many in each state, and when they are looked at."""

    count: int
    at: datetime
    people: list[str]


@pytest.fixture(params=SCENES)
def scene(ward: SiteFixture, request: pytest.FixtureRequest) -> Scene:
    """People in every state; of the treated, so many injections are given, and as many missed."""
    count, day_1, at = SCENES[request.param]
    people = [number for _ in range(count) for number in _one_in_each_state(ward, count, day_1, at)]
    return Scene(count, at, people or [format_number(_form(ward), "01", 99)])


def _form(ward: SiteFixture) -> NumberFormat:
    form: NumberFormat = ward.world.trial.protocol_version.protocol.number_format
    return form


def _one_in_each_state(ward: SiteFixture, count: int, day_1: date, at: datetime) -> list[str]:
    treated, gone, held = (ward.booked(day_1, email=f"{name}@example.org") for name in ("a", "b", "c"))
    for number in range(1, count + 1):
        ward.inject(treated, number)
        day = day_1 + timedelta(days=number + count - 1)
        missed = {"outcome": "missed", "reason": "Fièvre", "cause": "ill", "happened_at": None}
        ward.inject(treated, number + count, **missed, at=paris(f"{day} 18:00"))
    before = at - timedelta(days=1)
    withdraw(participant=gone, scope="trial", reason="Déménage", by=ward.nurse, at=before)
    hold(participant=held, reason="Fièvre", until=None, by=ward.investigator, at=before)
    failed = ward.consented()
    ward.check(failed, I7=61)
    others = (failed, ward.consented(), ward.eligible(), ward.randomized())
    return [person.number for person in (treated, gone, held, *others)]


def test_no_page_disagrees_with_its_counts(ward: SiteFixture, scene: Scene) -> None:
    left: dict[str, set[str]] = {}
    with time_machine.travel(scene.at, tick=False):
        for name, browser in _pages(ward):
            for number in scene.people[: 1 if name in ABOUT_NOBODY else 4]:
                answer = browser.get(address(name, number), follow=True)
                if found := faults_on(answer.content.decode()):
                    left[f"{name} {answer.status_code}"] = found
    assert left == {}


def _pages(ward: SiteFixture) -> Iterator[tuple[str, Browser]]:
    """Every page of the table, with the browser of somebody who may open it."""
    browsers = {role: in_french(ward, role) for role in OPENERS}
    for name in sorted(set(WHO_MAY) - FILES):
        yield name, next(browser for role, browser in browsers.items() if role in WHO_MAY[name])


def test_no_file_disagrees_with_its_counts(ward: SiteFixture, scene: Scene) -> None:
    left: dict[str, set[str]] = {}
    with time_machine.travel(scene.at, tick=False):
        browser = in_french(ward, Role.INVESTIGATOR)
        for name in _files(scene):
            if found := {one for one in faults_in(_words(browser, name)) if not one.startswith(NO_LINES)}:
                left[name] = found
    assert left == {}


def _files(scene: Scene) -> list[str]:
    figures = [f"/progress/{key}.{kind}" for key in FIGURES for kind in ("svg", "csv", "pdf")]
    figures = [name for name in figures if not name.endswith("missing-list.svg")]
    about = [f"/participants/{scene.people[0]}/calendar.{kind}" for kind in ("pdf", "ics")]
    return [*figures, *(about if scene.count else [])]


def _words(browser: Browser, name: str) -> str:
    answer = browser.get(name)
    assert answer.status_code == 200, name
    content: bytes = answer.content
    if name.endswith("pdf"):
        return words_of_pdf(content)
    if name.endswith("svg"):
        return " | ".join(ElementTree.fromstring(content).itertext())
    return content.decode().replace("\r\n ", "").replace("\r\n", " | ").replace(",", " | ")


def test_mails_name_the_first_of_a_month_as_people_do(ward: SiteFixture) -> None:
    """The third course begins on Tuesday 1 December 2015."""
    person = ward.randomized()
    ward.contact(person, "a@example.org", language="fr")
    ward.book(person, TUESDAY)
    send_due(at=paris("2015-11-30 18:30"))
    said = [f"{one.subject} | {one.body}" for one in mail.outbox]
    assert any("mardi 1er décembre 2015" in text for text in said)
    assert set().union(*map(faults_in, said)) == set()
