"""The clinic door's codes: a closed list, documented, and silent about what is blinded."""

from __future__ import annotations

import json
import re

import pytest

from tests.caller import plain_document
from tests.closed_list import for_door, listed, promised, raised
from trial.rest.problems import GENERAL

UNBLINDING = re.compile(
    r"\b(arms?|placebo|active drug|doses?|stock|vials?|lots?|keys?|interleukin\w*|seal\w*)\b", re.I
)
HARMLESS = re.compile(
    r"idempotency.?key|upper arm|\barm (left|right)\b|\bthe key answered\b|\bthe same key\b|new key", re.I
)
PHARMACY = (
    "randomization.sealed",
    "dosing.pharmacy",
    "trial.urls_pharmacy",
    "trial.people.second_factor",
    "trial.management",
)
"""What this door does not load, or only as a command."""


def speaks(text: str) -> list[str]:
    """The words of a text that could tell a blinded person something."""
    return UNBLINDING.findall(HARMLESS.sub("", text.replace("_", " ")))


def test_every_code_of_this_door_is_listed_with_its_status() -> None:
    codes = raised(without=PHARMACY)
    assert codes == {code: listed()[code][0] for code in codes if code in listed()}


def test_the_document_promises_what_the_list_gives_to_this_door() -> None:
    general = {code for code, _sentence in GENERAL.values()}
    assert promised() | general == for_door("clinic")


def test_no_code_and_no_sentence_of_this_door_speaks_of_what_is_blinded() -> None:
    told = {code: speaks(f"{code} {listed()[code][2]}") for code in for_door("clinic")}
    assert {code: words for code, words in told.items() if words} == {}


def test_the_document_of_this_door_speaks_of_nothing_blinded() -> None:
    assert speaks(json.dumps(plain_document(), ensure_ascii=False)) == []


@pytest.mark.parametrize("leak", ["arm", "placebo", "wrong_lot_state", "2 vials", "the key"])
def test_the_search_finds_what_it_looks_for(leak: str) -> None:
    assert speaks(f"a sentence with {leak} in it")
