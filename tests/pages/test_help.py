"""Help where one is: every duty has its pages in both languages, and a tour of the demonstration."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.urls import NoReverseMatch, reverse

from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture
from trial.pages.help import TOPICS, WORDS, keys_of, path_of
from trial.pages.help_text import names_in
from trial.pages.tour import TOURS
from trial.permissions import DOORS, Role

KEYS = sorted({key for door in TOPICS for key in keys_of(door)})
LANGUAGES = ("en", "fr")
CATALOGUE = Path(__file__).parents[2] / "trial" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def words_of_pages(language: str) -> str:
    """Everything that a page can say in that language, one sentence a line."""
    entries = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]
    return "\n".join(
        entry.msgid if language == "en" else (entry.msgstr or "\n".join(entry.msgstr_plural.values()))
        for entry in entries
    ).lower()


@pytest.mark.parametrize("door", TOPICS)
def test_every_role_of_a_door_has_something_to_read(door: str) -> None:
    people = DOORS[door] - {Role.SITE_SYSTEM}
    assert {role for role, keys in TOPICS[door].items() if keys} == people


@pytest.mark.parametrize("key", KEYS)
def test_a_topic_says_the_same_in_both_languages(key: str) -> None:
    texts = [path_of(key, language).read_text() for language in LANGUAGES]
    shapes = [re.findall(r"^(#+|<!--|\d\.|-|\|)", text, re.MULTILINE) for text in texts]
    assert shapes[0] == shapes[1]
    assert names_in(texts[0]) == names_in(texts[1])


def test_no_document_of_help_is_shown_nowhere() -> None:
    written = {path.name.partition(".")[0] for path in path_of(WORDS, "en").parent.glob("*.md")}
    assert written == set(KEYS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_help_names_only_what_stands_on_a_page(key: str, language: str) -> None:
    text, known = path_of(key, language).read_text().replace("\n", " "), words_of_pages(language)
    named = [bold or slanted for bold, slanted in re.findall(r"\*\*(.+?)\*\*|\*([^*]+)\*", text)]
    assert not [name for name in named if name.lower() not in known]


@pytest.mark.parametrize("key", sorted(set(keys_of("clinic"))))
def test_a_page_that_help_speaks_of_exists(key: str) -> None:
    names = names_in(path_of(key, "en").read_text())
    assert all(exists(name) for name in names)


def exists(name: str) -> bool:
    """Whether an address of this door has that name."""
    for values in ({}, {"number": "X"}, {"number": "X", "injection": 1}, {"number": "X", "code": "V1"}):
        try:
            reverse(name, kwargs=values)
        except NoReverseMatch:
            continue
        return True
    return False


def test_the_foot_of_a_page_leads_to_what_is_said_of_it(nurse: Browser, monitor: Browser) -> None:
    assert 'href="/help/nurse/#today"' in nurse.read("/today/")
    assert 'href="/help/monitor/#progress"' in monitor.read("/progress/")
    assert '<h2 id="progress">Progress</h2>' in monitor.read("/help/monitor/")


def test_what_is_signed_erased_or_a_mistake_has_its_help_at_the_foot(ward: SiteFixture) -> None:
    person, nurse, doctor = ward.consented(), Browser(ward.nurse), Browser(ward.investigator)
    assert 'href="/help/nurse/#signatures"' in nurse.read("/signatures/")
    assert 'href="/help/nurse/#mistake"' in nurse.read(f"/participants/{person.number}/mistake/")
    page = doctor.read("/help/investigator/")
    assert '<h2 id="erase">When a participant wants the address erased</h2>' in page
    administrator = Browser(ward.world.person(Role.ADMINISTRATOR))
    assert 'href="/help/administrator/#review_access"' in administrator.read("/people-review/")


def test_ones_own_help_stands_first_and_the_other_doors_is_not_here(nurse: Browser) -> None:
    page = nurse.read("/help/")
    assert page.index("For study nurses") < page.index("For monitors")
    assert "For pharmacists" not in page
    assert nurse.get("/help/pharmacist/").status_code == 404


def test_help_is_read_in_the_persons_language(nurse: Browser) -> None:
    nurse.user.language = "fr"
    nurse.user.save()
    page = nurse.read("/help/nurse/")
    assert "Pour les infirmiers de recherche clinique" in page
    assert "Une dose non faite" in page


def test_outside_a_demonstration_there_is_no_tour(nurse: Browser, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PLAIN_HTTP = False
    assert "Start the tour" not in nurse.read("/help/")


def test_the_tour_leads_from_page_to_page_and_ends(nurse: Browser) -> None:
    along = TOURS["clinic"][Role.STUDY_NURSE]
    page = nurse.send("/help/tour/go/", go="start")
    assert f"stop 1 of {len(along)}" in page
    for name, text in along[1:]:
        answer = nurse.post("/help/tour/go/", {"go": "next"})
        assert answer.url == reverse(name)
        assert str(text) in nurse.read(answer.url)
    nurse.send("/help/tour/go/", go="end")
    assert "Guided tour" not in nurse.read("/today/")


@pytest.mark.parametrize("role", TOURS["clinic"])
def test_every_stop_of_a_tour_is_open_to_its_role(ward: SiteFixture, role: Role) -> None:
    browser = Browser(ward.world.person(role))
    assert {browser.get(reverse(name)).status_code for name, _text in TOURS["clinic"][role]} == {200}


def test_a_step_beyond_the_tour_ends_it(nurse: Browser) -> None:
    nurse.send("/help/tour/go/", go="start")
    assert nurse.post("/help/tour/go/", {"go": "back"}).url == "/help/"
    assert "Guided tour" not in nurse.read("/today/")
