"""Sentences are values: English by themselves, French by the catalogue, and kept as they are."""

from __future__ import annotations

import json

import pytest

from randomization.core.design import DesignFault
from tests.french import in_french
from trial.core.chain import Break
from trial.core.protocol import Text
from trial.core.sentences import LIST, Sentence, as_json, counted, from_json, joined

CHANGED = Sentence("it was changed after it was written")
ENTRY = Sentence("entry %(entry)s: %(reason)s", entry=3, reason=CHANGED)
LOTS = (
    "%(count)s lot does not close: vials taken and syringes made differ",
    "%(count)s lots do not close: vials taken and syringes made differ",
)


def test_a_sentence_says_what_stands_in_its_places_in_the_same_language() -> None:
    assert str(ENTRY) == "entry 3: it was changed after it was written"
    assert in_french(ENTRY) == "entrée 3\u00a0: elle a été modifiée après son écriture"


def test_a_place_may_hold_a_name_or_words_of_the_protocol() -> None:
    visit = Sentence("list %(list)s", list=Text("first", "première"))
    assert (str(visit), in_french(visit)) == ("list first", "liste première")
    assert in_french(Sentence("list %(list)s", list="entry")) == "liste entry"


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [(0, "lots do", "lot ne"), (1, "lot does", "lot ne"), (2, "lots do", "lots ne")],
)
def test_a_count_goes_by_each_language_s_own_plural(count: int, english: str, french: str) -> None:
    said = counted(*LOTS, count=count)
    assert (str(said).startswith(f"{count} {english}"), in_french(said).startswith(f"{count} {french}")) == (
        True,
        True,
    )


def test_a_kept_sentence_comes_back_as_the_same_value() -> None:
    for words in (ENTRY, counted(*LOTS, count=2), Text("a", "b"), "plain"):
        assert from_json(json.loads(json.dumps(as_json(words)))) == words


def test_what_older_answers_kept_in_english_stays_as_it_is() -> None:
    assert (
        in_french(from_json("it was changed after it was written")) == "it was changed after it was written"
    )


def test_several_things_are_named_one_after_the_other() -> None:
    named = joined((Sentence("its length"), Sentence("its last sign"), Sentence("its letters")), LIST)
    assert str(named) == "its length, its last sign, its letters"
    assert in_french(named) == "sa longueur, son dernier signe, ses lettres"


def test_an_exception_carries_its_sentence_and_says_it_in_english() -> None:
    fault = DesignFault(CHANGED)
    assert (str(fault), fault.sentence) == ("it was changed after it was written", CHANGED)
    assert Break(3, CHANGED).reason == fault.sentence


def test_a_sign_that_marks_places_stands_alone_where_there_are_none() -> None:
    assert str(Sentence("100 % of them")) == "100 % of them"
