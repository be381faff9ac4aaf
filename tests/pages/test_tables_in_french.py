"""A table from a French page lies in columns when it is opened; one from an English page is as it was."""

from __future__ import annotations

import codecs
import csv
import io

import pytest

from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture
from trial.pages.tables import with_semicolons
from trial.permissions import Role

FILES = {
    "calendar": Role.STUDY_NURSE,
    "deviations": Role.MONITOR,
    "flow": Role.MONITOR,
    "signatures": Role.MONITOR,
    "trail": Role.MONITOR,
}


def address(ward: SiteFixture, name: str) -> str:
    person = ward.booked(MONDAY)
    ward.inject(person, 1, outcome="missed", happened_at=None, reason="Fièvre ; =1+1")
    return {
        "calendar": f"/participants/{person.number}/calendar.csv",
        "deviations": "/deviations.csv",
        "flow": "/progress/flow.csv",
        "signatures": "/signatures.csv",
        "trail": "/audit/trail.csv",
    }[name]


@pytest.mark.parametrize("name", FILES)
def test_a_french_page_gives_semicolons_and_the_mark_and_the_same_cells(ward: SiteFixture, name: str) -> None:
    path, browser = address(ward, name), Browser(ward.world.person(FILES[name]))
    english = browser.get(path, HTTP_ACCEPT_LANGUAGE="en")
    french = browser.get(path, HTTP_ACCEPT_LANGUAGE="fr")
    assert english.status_code == french.status_code == 200
    assert french.content.startswith(codecs.BOM_UTF8) and not english.content.startswith(codecs.BOM_UTF8)
    assert french["Content-Type"] == english["Content-Type"] == "text/csv; charset=utf-8"
    assert french["Content-Disposition"] == english["Content-Disposition"]
    here, there = cells(french.content.decode("utf-8-sig"), ";"), cells(english.content.decode(), ",")
    assert {len(row) for row in here} == {len(row) for row in there} == {len(here[0])}
    assert len(here[0]) > 1 and len(here) >= len(there)  # that somebody took the trail along is entered


def cells(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_semicolon_a_quote_a_line_break_and_a_guarded_formula_stay_in_their_cell() -> None:
    row = ["a;b", 'say "so"', "two\r\nlines", "'=1+1", "1,5", "é", ""]
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerow(row)
    assert cells(with_semicolons(sheet.getvalue().encode()).decode("utf-8-sig"), ";") == [row]
