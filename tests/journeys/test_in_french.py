"""The nurse's pages in French, from the first tap on the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.visitor import PHONE, Visitor

ENGLISH = re.compile(r"\b(the|and|with|given|not|late|today|book|record|of|is|are)\b", re.IGNORECASE)
"""Words that no French page has."""

IN_FRENCH = """() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll("[lang=en], [translate=no], .letter, script").forEach((it) => it.remove());
  return body.textContent;
}"""


@pytest.fixture
def infirmiere(visit: Visit) -> Iterator[Visitor]:
    """The nurse on a phone, after one tap on “Français”. The choice is the person's own, so it is undone."""
    nurse = visit("nurse", width=PHONE)
    nurse.go("/today/")
    nurse.tap("Français")
    yield nurse
    nurse.go("/today/")
    nurse.tap("English")


def english_on(nurse: Visitor) -> set[str]:
    """What is left in English on the page, but for letters to others and what is so marked."""
    assert nurse.page.locator("html").get_attribute("lang") == "fr"
    return {found.lower() for found in ENGLISH.findall(nurse.page.evaluate(IN_FRENCH))}


def test_today_and_a_participant_are_in_french(infirmiere: Visitor) -> None:
    infirmiere.sees("Aujourd’hui")
    assert english_on(infirmiere) == set()
    infirmiere.tap_on(infirmiere.page.locator("section[aria-labelledby=due] h3 a").first)
    infirmiere.sees("Cure 1", "Cure 3")
    assert english_on(infirmiere) == set()


@pytest.mark.parametrize("path", ["participants/", "participants/new/", "trial/", "outbox/"])
def test_the_other_pages_are_in_french(infirmiere: Visitor, path: str) -> None:
    infirmiere.go(f"/{path}")
    assert english_on(infirmiere) == set()


def test_a_question_left_empty_is_asked_again_in_french(infirmiere: Visitor) -> None:
    infirmiere.tap_on(infirmiere.page.locator("section[aria-labelledby=due] .button").first)
    address = infirmiere.page.url.removeprefix(infirmiere.base)
    infirmiere.go(f"{address}?outcome=missed")
    infirmiere.tap_on(infirmiere.page.locator("main form button").last, status=422)
    assert infirmiere.page.locator(".problem-list").inner_text()
    assert english_on(infirmiere) == set()


def test_the_checklist_counts_its_answers_with_words_that_agree(infirmiere: Visitor) -> None:
    waiting = " ".join(infirmiere.words().split())
    (number,) = re.findall(r"(IM-[\d-]+) randomiser", waiting)[:1]
    infirmiere.go(f"/participants/{number}/eligibility/")
    section = infirmiere.page.locator("section.criteria").nth(1)
    said = [section.locator("[data-progress-other]").inner_text()]
    for field in range(2):
        section.locator("fieldset").nth(field).locator("input").first.check()
        said.append(section.locator("[data-progress-other]").inner_text())
    assert [text.partition(" sur ")[0] for text in said] == ["0 réponse", "1 réponse", "2 réponses"]
