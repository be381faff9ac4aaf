"""What a French page should not say: English words, and French that no hospital writes.

A pattern of FAULTS names a kind of fault. Text is judged piece by piece: what stands in two blocks of a page
is no sentence, so that *Cure 1* above *jours 1 à 5* is none either.
"""

from __future__ import annotations

import re
from functools import cache
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
    catalogue = _catalogue(CATALOGUE.stat().st_mtime_ns)
    return said(words, Language("fr", catalogue.gettext, catalogue.ngettext))


@cache
def _catalogue(_written: int) -> GNUTranslations:
    """The catalogue as it was written at that moment; read once."""
    with CATALOGUE.open("rb") as file:
        return GNUTranslations(file)


INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "tspan"}
BREAK = "|"
"""Stands between two blocks of a page."""

ALIKE = (
    "mois|fois|cas|clos|temps|dans|sans|plus|sous|vers|puis|pas|après|depuis|bras|jamais|hors|sur|avis|"
    "tous|toutes"
)
"""Words that end in s after any count, or that no count is said of."""
COUNTED = (
    "jour|semaine|réponse|critère|enveloppe|flacon|seringue|fiche|feuille|page|participant|personne|écart|"
    "rappel|visite|injection|entrée|contrôle|donnée|lot|événement|essai|dose|échec|fait|faite|prévu|prévue|"
    "libérée|manquée|suspendue|arrêtée|annulé|envoyé|classé|randomisé|restant|présent"
)
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
SHORT_MONTHS = r"janv\.|févr\.|avr\.|juil\.|sept\.|oct\.|nov\.|déc\."
ALONE = r"(?<![\w.,:/–-])(?<!\w )"
"""Before a count: no part of a number, a date or a name such as *jour 2*."""

FAULTS = {
    "plural of 0 or 1": rf"{ALONE}[01] (?!(?:{ALIKE})\b)\w{{2,}}s\b",
    "singular of more": rf"{ALONE}(?!(?:19|20)\d\d\b)(?:[2-9]|[1-9]\d+) (?:{COUNTED})\b",
    "plural in brackets": r"\w\((?:s|e|es|x)\)",
    "first of a month": rf"\b1 (?:{MONTHS}|{SHORT_MONTHS})",
    "decimal point": r"\d\.\d+ ?(?:mL|mg|g|µg|MUI|UI|%|point)",
    "English unit": r"\bM?IU\b",
    "short month": (
        r"\b\d{1,2}(?:er)? (?:jan|fév|mar|avr|jui|jul|aoû|sep|oct|nov|déc|janv|févr|juil|sept)\b(?!\.)"
    ),
    "month in capitals": (r"\b\d{1,2}(?:er)? (?-i:Jan|Fév|Mar|Avr|Mai|Jui|Aoû|Sep|Oct|Nov|Déc)"),
    "short weekday": r"\b(?:lun|mar|mer|jeu|ven|sam|dim) \d",
    "two full stops": r"\.\.(?!\.)",
    "plain space": r"\w [;!?](?:\s|$)|\w :(?:\s|$)|« | »",
    "no space": r"[a-zé][;!?](?:\s|$)|[a-zé]: ",
    "wrong word": (
        r"perte de vue|à emporter|\bhistoire\b|faire ainsi|\bretard \d|(?<!au )\bsujets?\b|\bpatiente?s?\b"
    ),
}
"""Kind of fault -> what gives it away. Unbreakable spaces count as spaces, but for *plain space*."""


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
        if tag not in INLINE:
            self.words.append(BREAK)
        if not skip:
            self.words += [f"{BREAK} {known[name] or ''} {BREAK}" for name in SHOWN if name in known]
        if tag not in VOID:
            self.skipping.append(skip)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self.words.append(BREAK)
        if tag not in VOID and len(self.skipping) > 1:
            self.skipping.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipping[-1]:
            self.words.append(data)


def english_on(page: str) -> set[str]:
    """The English words that somebody reads on a page in French, each with what stands around it."""
    text = " ".join(read(page).replace(BREAK, " ").split())
    found = (match for match in ENGLISH.finditer(text) if match[0].lower() not in ALSO_FRENCH)
    return {_around(text, match) for match in found}


def read(page: str) -> str:
    """What a person reads on a page, with BREAK between its blocks."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(reader.words)


def faults_on(page: str) -> set[str]:
    """What is wrong in the French of a page."""
    return faults_in(read(page))


def faults_in(text: str) -> set[str]:
    """What is wrong in a French text: `kind: what stands around it`."""
    printed = re.sub(r"[ \t\n\r]+", " ", text)
    spaced = re.sub(r"[\u00a0\u202f]", " ", printed)
    return {
        f"{kind}: {_around(where, match)}"
        for kind, pattern in FAULTS.items()
        for where in [printed if kind == "plain space" else spaced]
        for match in re.finditer(pattern, where, re.IGNORECASE)
    }


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 25) : match.end() + 25]
