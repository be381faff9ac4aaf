"""Every citation of an ICH guideline names a section that says what it is cited for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "dosing", "randomization", "templates", "tests", "tools", "trial")
KINDS = ("*.py", "*.md", "*.toml", "*.html", "*.po")
CITED = re.compile(r"ICH (E\d+(?:\(R\d\))?)(?: (Q&A \d+|\d[\d.]*\d))?")
FURTHER = re.compile(r"(?:,| and) (\d\.\d[\d.]*\d?)")

SECTIONS = {
    "E3": {"Q&A 7": "important protocol deviations"},
    "E6(R3)": {
        "2.3.3": "a record of who was delegated what",
        "2.8": "informed consent",
        "2.11": "randomisation procedures and unblinding by the investigator",
        "3.15.2": "blinding, coding and rapid identification in an emergency",
        "4.1": "safeguarding the blind in data governance",
        "4.1.4": "every unblinding is documented",
        "4.2.2": "audit trails",
        "4.2.6": "data sets made final before analysis",
        "4.3.5": "release of a system to a site",
        "4.3.8": "access of users",
    },
    "E9": {"2.3.2": "randomisation: block lengths, predictability, an element of chance"},
}
"""The sections that are cited, with what each says. Predictability is E9 2.3.2; 2.3.1 is blinding."""


def cited(text: str) -> set[tuple[str, str]]:
    """The guidelines and sections that a text names, also the second of two ("4.1.4 and 4.2")."""
    found = set()
    for match in CITED.finditer(text):
        if match[2]:
            found.add((match[1], match[2]))
            further = FURTHER.match(text, match.end())
            if further:
                found.add((match[1], further[1]))
    return found


def kept_files() -> list[Path]:
    found = (path for folder in FOLDERS for kind in KINDS for path in (ROOT / folder).rglob(kind))
    return [*ROOT.glob("*.md"), *(path for path in found if path.name != "test_ich.py")]


def test_every_section_that_is_cited_is_known_to_say_it() -> None:
    for path in kept_files():
        for guideline, section in cited(path.read_text()):
            assert section in SECTIONS.get(guideline, {}), (path, guideline, section)


def test_every_section_of_the_table_is_cited_somewhere() -> None:
    found = set().union(*(cited(path.read_text()) for path in kept_files()))
    known = {(guideline, section) for guideline, held in SECTIONS.items() for section in held}
    assert known == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(ICH E9 2.3.1: enough)", {("E9", "2.3.1")}),
        ("ICH E9 3.6, 5.1)", {("E9", "3.6"), ("E9", "5.1")}),
        ("ICH E6(R3) 2.3.3 and 4.3.8: access", {("E6(R3)", "2.3.3"), ("E6(R3)", "4.3.8")}),
        ("(ICH E3 Q&A 7).", {("E3", "Q&A 7")}),
        ("ICH E9 says", set()),
    ],
)
def test_a_citation_is_read(text: str, found: set[tuple[str, str]]) -> None:
    assert cited(text) == found
