"""Sentences in French, and what is left in English on a French page: words that no French sentence has."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from html.parser import HTMLParser

from tests.lanes import TESTS
from trial.core.sentences import Language, said

CATALOGUE = TESTS.parent / "trial" / "locale" / "fr" / "LC_MESSAGES" / "django.mo"

ENGLISH = re.compile(
    r"\b(the|and|with|given|not|late|today|book|record|of|is|are|to|from|by|this|that|has|was|no|none|yes|"
    r"visit|injection given|step|list is|number of|ready|checked|released|prepared|days|day)\b",
    re.IGNORECASE,
)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SHOWN = ("placeholder", "aria-label", "title", "alt", "data-label")
ALSO_FRENCH = {"note", "site", "part", "no"}


def in_french(words: object) -> str:
    """A core's words in French, without Django: the compiled catalogue is read as it is."""
    with CATALOGUE.open("rb") as file:
        catalogue = GNUTranslations(file)
    return said(words, Language("fr", catalogue.gettext, catalogue.ngettext))


class _Reader(HTMLParser):
    """Collects what a person reads, but for what is marked as another language or not to be translated."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipping: list[bool] = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        marked = (
            known.get("lang", "fr") != "fr" or known.get("translate") == "no" or tag in {"script", "style"}
        )
        skip = (
            self.skipping[-1] or (marked and tag != "html") or "letter" in (known.get("class") or "").split()
        )
        if not skip:
            self.words += [known[name] or "" for name in SHOWN if name in known]
        if tag not in VOID:
            self.skipping.append(skip)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self.skipping) > 1:
            self.skipping.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipping[-1]:
            self.words.append(data)


def english_on(page: str) -> set[str]:
    """The English words that somebody reads on a page in French, each with what stands around it."""
    reader = _Reader()
    reader.feed(page)
    text = " ".join(" ".join(reader.words).split())
    found = (match for match in ENGLISH.finditer(text) if match[0].lower() not in ALSO_FRENCH)
    return {text[max(0, match.start() - 25) : match.end() + 25] for match in found}
