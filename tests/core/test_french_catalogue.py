"""The French catalogue and the templates, sentence by sentence: what holds before any page is walked."""

from __future__ import annotations

import re

import polib
import pytest

from tests.french import faults_in
from tests.lanes import TESTS
from tests.tools.translations import catalogues

ROOT = TESTS.parent
PLACE = re.compile(r"%\((\w+)\)[sd]|\{\w+\}")
COUNTS = (
    "n|count|days|left|unused|envelopes|found|cells|total|signed|sealed|all|given|open|inside|done|important|"
    "drawn|target|answered|asked|on_hand|runs|people"
)
COUNTED_IN_FRENCH = re.compile(rf"(?:^|\s)%\((?:{COUNTS})\)[sd] \w{{3,}}")
"""A count with a word behind it; it needs a plural form, unless the word is the same after any count."""
SAME = re.compile(
    r"(?:écart|cure) %\(n\)s|%\(asked\)s Réponse|"
    r"%\(\w+\)[sd] (?:sur|à|en|dans|depuis|hors|aujourd|clos|octets)"
)
"""What agrees with no count, and a deviation or course of that number."""
DJANGOS_DAY = re.compile(r'\|date:"[^"]*[DlMFNbE]')


def french() -> list[polib.POEntry]:
    (path,) = catalogues()
    return list(polib.pofile(str(path)))


def forms(entry: polib.POEntry) -> list[str]:
    return [entry.msgstr, *entry.msgstr_plural.values()]


def test_no_sentence_of_the_catalogue_has_a_fault() -> None:
    found = {entry.msgid: faults_in(PLACE.sub("x", form)) for entry in french() for form in forms(entry)}
    assert {msgid: faults for msgid, faults in found.items() if faults} == {}


def test_a_count_before_a_word_has_a_plural_form() -> None:
    entries = [entry for entry in french() if not entry.msgid_plural]
    alone = [entry.msgstr for entry in entries if COUNTED_IN_FRENCH.search(SAME.sub("", entry.msgstr))]
    assert alone == []


def test_zero_is_singular_in_french() -> None:
    (path,) = catalogues()
    assert polib.pofile(str(path)).metadata["Plural-Forms"] == "nplurals=2; plural=n > 1;"


@pytest.mark.parametrize("planted", ["%(count)d réponses", "Il reste %(n)s flacons."])
def test_a_count_without_a_plural_form_is_found(planted: str) -> None:
    assert COUNTED_IN_FRENCH.search(SAME.sub("", planted))


def test_no_template_writes_a_day_in_djangos_words() -> None:
    """Its short French months mislead: *jui* is June there. See `trial.pages.filters`."""
    written = {path.name: DJANGOS_DAY.findall(path.read_text()) for path in ROOT.glob("templates/**/*.*")}
    assert {name: days for name, days in written.items() if days} == {}
    assert DJANGOS_DAY.search('{{ day|date:"j M Y" }}') and not DJANGOS_DAY.search('{{ at|date:"H:i" }}')
