"""Every page of both doors, for everybody: axe, focus, targets, zoom, both themes and languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.demonstration import Demonstration
from tests.journeys.every_page import PEOPLE, PageOf, looked_at, pages, shifted, shown
from tests.journeys.visitor import Visitor

STILL = 0.001
"""Less than this is a rounding of glyphs; what a person calls a shift begins at a hundred times as much."""
ACCOUNT = ("account_", "mfa_")
NO_PAGES = {
    "home",  # leads on to the first page of the role
    "set_language",  # only POST
    "choose_duty",
    "account_logout",  # would end the visit
    "health",  # JSON
    "job_progress",
    "feed",  # a file, or a secret address
    "calendar_file",
    "card",
    "deviations_csv",
    "progress_file",
    "audit_csv",
    "sealed_trail_csv",
    "signatures_csv",
    "tour",  # leads back
    "break_code",  # seen in test_code_break_at_night
    "confirm_code_break_link",
    "cancel_code_break_link",  # only POST
    "cancel_invitation",
    "end_doctor_address",
    "job",
    "sign_on",  # not there without a provider
    "sign_on_back",
    "sign_on_link",
}
"""What is no page, or has no address before something was asked for."""


@pytest.fixture(params=["clinic", "pharmacy"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def people(visit: Visit, arrive: Visit, door: str) -> Iterator[list[Visitor]]:
    """A stranger, and those who between them open every page of the door; English again afterwards."""
    people = [arrive(door=door), *(visit(person, door=door) for person in PEOPLE[door])]
    yield people
    for person in people:
        person.speak("en")


def shared_out(demonstration: Demonstration, people: list[Visitor]) -> list[tuple[Visitor, PageOf]]:
    """Each page with the first of the people who gets it. Fails for one that nobody gets: it is no page then.

    Of the accounts' own pages some open only on the way, such as the second half of a log-in.
    """
    named = [page for page in pages(demonstration, people) if page.name not in NO_PAGES]
    first = [next((one for one in people if shown(one, page.path)), None) for page in named]
    unseen = {page.name for person, page in zip(first, named, strict=True) if person is None}
    assert {name for name in unseen if not name.startswith(ACCOUNT)} == set()
    return [(person, page) for person, page in zip(first, named, strict=True) if person]


def seen_on(person: Visitor, page: PageOf) -> list[str]:
    """Open the page and look at it: what is wrong."""
    person.page.goto(person.base + page.path)
    assert person.page.url == person.base + page.path, f"{page.path} led to {person.page.url}"
    moved, what = shifted(person)
    faults = [f"layout shift {moved:.3f}: {what}"] if moved >= STILL else []
    faults += [f"hidden, and shown: {words}" for words in shown_all_the_same(person)]
    return [*faults, *person.faults_of_this_page(), *looked_at(person)]


def shown_all_the_same(person: Visitor) -> list[str]:
    """The words of what is marked as hidden and can be seen: its class gave it a display."""
    script = """() => [...document.querySelectorAll("[hidden]")]
        .filter((one) => one.getClientRects().length).map((one) => one.textContent.trim().slice(0, 60))"""
    found: list[str] = person.page.evaluate(script)
    return found


def test_every_page_is_for_everybody(demonstration: Demonstration, people: list[Visitor], door: str) -> None:
    found = shared_out(demonstration, people)
    faults: list[str] = []
    for language in ("en", "fr"):
        for person in people:
            person.speak(language)
        for person, page in found:
            faults += [f"{language} {page.path}: {fault}" for fault in seen_on(person, page)]
    assert not faults, "\n".join(faults)
    assert len(found) >= {"clinic": 40, "pharmacy": 25}[door]
