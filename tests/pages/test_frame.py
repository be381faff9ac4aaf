"""What stands around every page: language, title, menu, and nothing that the CSP forbids."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_template_has_inline_style_or_script(template) -> None:  # type: ignore[no-untyped-def]
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_nothing_comes_from_another_host(template) -> None:  # type: ignore[no-untyped-def]
    addresses = re.findall(r"https?://[^\s\"'<]+", template.read_text())
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


def test_the_page_speaks_the_language_that_was_chosen(nurse: Browser, ward: SiteFixture) -> None:
    nurse.post("/language/", {"language": "fr", "next": "/today/"})
    page = nurse.read("/today/")
    assert '<html lang="fr"' in page and "Aujourd’hui" in page
    ward.nurse.user.refresh_from_db()
    assert ward.nurse.user.language == "fr"


def test_a_page_of_the_clinic_says_so_and_not_unblinded(nurse: Browser) -> None:
    page = nurse.read("/participants/")
    assert 'data-door="clinic"' in page and "<title>Participants · Velum</title>" in page
    assert "UNBLINDED" not in page


def test_a_page_of_the_pharmacy_says_unblinded_even_without_context() -> None:
    page = render_to_string("pharmacy.html", {})
    assert 'data-door="pharmacy"' in page and "<title>UNBLINDED" in page
    assert "UNBLINDED: do not show, print for, or read to blinded staff" in page


def test_what_breaks_is_said_without_any_context() -> None:
    assert "Something went wrong in Velum" in render_to_string("500.html")


def test_hint_and_error_are_tied_to_their_question(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    _status, page = nurse.refused(f"/participants/{person.number}/contact/", email="no")
    described = set(" ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split())
    assert described >= {"id_email_error", "id_consented_on_helptext", "id_consented_on_error"}
    assert all(f'id="{name}"' in page for name in described)


def test_the_navigation_folds_all_but_the_first_two_pages(nurse: Browser) -> None:
    """On a phone it stays on one line; `tests/journeys` looks at it there."""
    page = nurse.read("/outbox/")
    menu = page[page.index('class="nav-fold"') :].partition("</details>")[0]
    assert 'href="/outbox/" aria-current="page"' in menu
    assert 'href="/today/"' not in menu and page.count('class="nav-room"') == menu.count("<a ")
