"""Words that stand for what nobody has said yet, within a text: `Montpellier ?`, `TBD`, `(à compléter)`.

A name never asks and never announces. A sentence may: “Is the person pregnant?” and “questionnaire to be
completed at home” are whole. What is one whole placeholder is found by `unfinished`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trial.core.judges.texts import Kind, Words

_ALWAYS = re.compile(
    r"(?<![\w,])(?:TBD|FIXME|X{3,})(?!\w)|\?{2,}|_{3,}|\blorem ipsum\b"
    r"|[(\[]\s*(?:\?+|…|\.{3}|X{2,}|_+)\s*[)\]]|\{\{.*?\}\}",
    re.IGNORECASE,
)
"""Nobody writes these for anything else; 47,XXX is a karyotype."""
_TODO = re.compile(r"(?<!\w)TODO(?!\w)")
_ANNOUNCED = (
    r"TB[AC]|[ÀA] (?:compl[ée]ter|d[ée]finir|pr[ée]ciser|renseigner|d[ée]terminer|confirmer|remplir|revoir"
    r"|v[ée]rifier|venir)|to (?:add|check|confirm|define|verify)\b"
    r"|to be (?:added|announced|completed|confirmed|decided|defined|determined|filled in|provided|specified"
    r"|verified)"
    r"|non (?:renseign[ée]|pr[ée]cis[ée]|d[ée]fini)e?|not (?:yet )?(?:known|specified|defined)"
)
_NOT_HERE = r"n/a|n\.a\.|N\.?/?D\."
_WHOLE = re.compile(
    rf"(?:{_ANNOUNCED}|{_NOT_HERE}|unknown|inconnue?|nobody knows|n[ée]ant|-+|–|—|\.+|/+)", re.IGNORECASE
)
_NOBODY = re.compile(r"none|aucune?|nil|x+|not applicable|sans objet|na", re.IGNORECASE)
"""As a whole name or criterion; an arm may give none, and a level of a stratum may not apply."""
_NO_LETTER = re.compile(r"[\W\d_]+")
"""No hospital, city or person is called so; a sponsor's own number and a product's code may be digits."""
_IN_NAME = re.compile(
    rf"(?<!\w)(?:{_ANNOUNCED}|n/a)(?!\w)"
    r"|[?¿？]|…|\.{3}|\bTODO\b|^<.*>$|^\[.*\]$",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(
    r"(?:sponsor|promoteur|site|cent(?:re|er)|city|ville|name|nom|acronyme?|hospital|hôpital|product|produit"
    r"|example|exemple)s?",
    re.IGNORECASE,
)
"""A field that says no more than what it is for."""
_SET_APART = re.compile(
    rf"[(\[]\s*(?:{_ANNOUNCED}|{_NOT_HERE})\s*[)\]]|[:–—]\s*(?:{_ANNOUNCED}|{_NOT_HERE}|…|\.{{3}})\s*\.?$",
    re.IGNORECASE,
)
_IN_LABEL = re.compile(rf"\?|[,:–—]\s*(?:{_ANNOUNCED}|{_NOT_HERE})\s*$|…|\.{{3}}", re.IGNORECASE)
_UNIT = r"(?:\d|%|(?:mg|g|kg|µg|mL|ml|L|IU|UI|MIU|MUI|cm|h|ans?|mois|jours?|semaines?|heures?|fois)\b)"
_FOR_A_VALUE = {
    "en": re.compile(rf"(?:^|[\s(<>≤≥=])\?(?=\s*(?:[a-z]|{_UNIT}))"),
    "fr": re.compile(rf"(?:^|[\s(<>≤≥=])\?(?=\s*{_UNIT})"),
}
"""`at least ? years`. French parts the mark of a true question from its words, and may go on after it."""
_MAY_NOT_APPLY = {("strata", "levels", "label"), ("arms", "preparations", "dose")}
"""Where “not applicable” can be what is so."""
_MAY_BE_UNKNOWN = re.compile(
    r"(?:status )?(?:unknown|inconnue?|not (?:known|specified|determined))", re.IGNORECASE
)
"""A level of a stratum: of a marker that was not looked for."""
_ASKS = re.compile(r"\w+\W+\w+\W+\w.*\w[ \u00a0\u202f]?\?")
"""What is looked at in a visit may be a question of three words or more."""


def placeholder(words: Words) -> str | None:
    """What in the text stands for something that nobody has said yet; None where nothing does."""
    text = words.text.strip()
    if _is_true(words.steps, text):
        return None
    if _NOBODY.fullmatch(text) and (words.kind is Kind.NAME or words.steps[0] == "criteria"):
        return text
    if _NO_LETTER.fullmatch(text) and words.steps[0] in ("sites", "record") and words.kind is Kind.NAME:
        return text
    if found := _WHOLE.fullmatch(text.removesuffix(".") or text):
        is_so = words.steps in _MAY_NOT_APPLY and re.fullmatch(_NOT_HERE + "|-+|–|—", text, re.IGNORECASE)
        return None if is_so else found[0]
    if words.kind is Kind.NAME and _OWN_NAME.fullmatch(text):
        return text
    return next((found[0].strip() for pattern in _patterns(words) if (found := pattern.search(text))), None)


def _is_true(steps: tuple[str, ...], text: str) -> bool:
    """What looks like a placeholder and is none."""
    unknown = steps == ("strata", "levels", "label") and _MAY_BE_UNKNOWN.fullmatch(text)
    asks = steps == ("visits", "procedures", "name") and _ASKS.fullmatch(text)
    return bool(unknown or asks)


def _patterns(words: Words) -> Iterator[re.Pattern[str]]:
    yield _ALWAYS
    yield _TODO
    yield _SET_APART
    if words.kind is Kind.NAME:
        yield _IN_NAME
    elif words.steps == ("record", "condition"):
        yield re.compile(r"[?…]")
    elif words.kind is Kind.LABEL:
        yield _IN_LABEL
    else:
        yield _FOR_A_VALUE[words.language]
