"""One word for one thing in French as well: pages use the words of the glossary."""

from __future__ import annotations

import re
from pathlib import Path

import polib

ROOT = Path(__file__).parents[2]
VERBS = {"seal"}
"""Words that stand on a button as a verb, where the glossary has the noun."""
ARTICLE = re.compile(r"^(?:le |la |les |l’)")
"""A sentence may hold a term as a word of its own: `28 jours après le jour 1`."""


def terms() -> dict[str, str]:
    """English -> French, of the rows that have as many words in each language."""
    found: dict[str, str] = {}
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0] != "code" and not cells[0].startswith("-"):
            english, french = (re.sub(r" *\(.*?\)", "", cell).split(", ") for cell in cells[1:3])
            found |= dict(zip(english, french, strict=False)) if len(english) == len(french) else {}
    return found


def said() -> dict[str, str]:
    """What pages say in English -> in French, without its article, whatever they are about."""
    catalogue = polib.pofile(str(ROOT / "trial" / "locale" / "fr" / "LC_MESSAGES" / "django.po"))
    words = [entry for entry in catalogue if not entry.obsolete and not entry.msgctxt]
    return {entry.msgid: ARTICLE.sub("", entry.msgstr) for entry in words}


def test_pages_say_in_french_what_the_glossary_says() -> None:
    pages, known = said(), terms()
    shared = (set(pages) & set(known)) - VERBS
    assert len(shared) > 20
    assert {term: pages[term] for term in shared} == {term: known[term] for term in shared}
