"""Whatever a dose line says, it is judged: nothing that can be written makes a judge stumble or wait."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.core.planted_faults import IMODALS
from trial.core.doses.amounts import read_amounts, read_concentration
from trial.core.doses.writing import misread
from trial.core.judges.alike import judge_arms_differ, judge_placebos
from trial.core.judges.dose_words import judge_dose_words
from trial.core.judges.doses import judge_doses
from trial.core.judging import judge
from trial.protocol.files import parse_protocol

PROTOCOL = parse_protocol(IMODALS).protocol
PARTS = ("1", "0", "000", "25", ",", ".", " ", "\u202f", "MIU", "MUI", "UI", "mg", "µg", "mL", "/", "%", "U",
         "million", " d’", "x 10^6", "×10⁶", "e9", "-", "–", "per", "kg", "½", "٣", "(", "AU")  # fmt: skip
TEXT = some.lists(some.sampled_from(PARTS), max_size=9).map("".join)
JUDGES = (judge_doses, judge_dose_words, judge_arms_differ, judge_placebos)


@settings(max_examples=200, deadline=None)
@given(english=TEXT, french=TEXT, strength=TEXT, label=TEXT)
def test_any_text_is_judged(english: str, french: str, strength: str, label: str) -> None:
    data = tomllib.loads(IMODALS, parse_float=Decimal)
    row = data["arms"][1]["preparations"][0]
    row |= {"dose": {"en": english, "fr": french}, "concentration": strength, "product": label}
    data["arms"][1]["label"] = {"en": label, "fr": french}
    for fault in judge(data, PROTOCOL, JUDGES):
        assert str(fault.message)


@pytest.mark.parametrize(
    ("words", "language", "number"),
    [
        ("1,000.5 mg", "fr", "1000.5"),
        ("1,000,5 mg", "en", "1000.5"),
        ("1.000.000 mg", "fr", "1000000"),
        ("1,000,000 mg", "fr", "1000000"),
        ("2 x 10^6 mg", "en", "2000000"),
    ],
)
def test_a_number_that_breaks_its_rules_is_read_as_it_can_only_be_meant(
    words: str, language: str, number: str
) -> None:
    assert [str(Decimal(float(amount.number))) for amount in read_amounts(words, language)] == [number]


@pytest.mark.parametrize("words", ["1 x 10^999999999 IU/mL", "1e999999999 IU/mL"])
def test_a_number_without_end_is_no_amount(words: str) -> None:
    assert read_concentration(words) is None


@pytest.mark.parametrize("volume", ["1E+999999999", "1E-999999999"])
def test_a_volume_without_end_is_a_fault_at_once(volume: str) -> None:
    data = tomllib.loads(IMODALS, parse_float=Decimal)
    for arm in data["arms"]:
        arm["preparations"][0]["volume_ml"] = volume
    said = [str(fault.message) for fault in judge(data, PROTOCOL, JUDGES)]
    assert any("a syringe" in words for words in said)


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_what_can_be_misread_is_quoted_from_the_text(text: str) -> None:
    for language in ("en", "fr"):
        for sentence in misread(text, language):
            assert str(sentence.places["words"]).strip() in text
