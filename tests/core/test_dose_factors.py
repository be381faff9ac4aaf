"""Doses given several times over, in two measures, in odd digits; and what only looks like a dose."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.core.planted_doses import NONE, ONE, PLACEBO, TWO, WEAK, dose
from tests.core.planted_faults import IMODALS
from trial.core.doses.amounts import read_amounts
from trial.core.doses.writing import misread_in_text
from trial.core.judges.alike import judge_placebos
from trial.core.judges.dose_words import judge_dose_words
from trial.core.judges.doses import judge_doses
from trial.core.judging import judge
from trial.protocol.files import parse_protocol

PROTOCOL = parse_protocol(IMODALS).protocol
JUDGES = (judge_doses, judge_dose_words, judge_placebos)


def found(*changes: tuple[str, str]) -> list[tuple[str, str]]:
    text = IMODALS
    for words, other in changes:
        assert words in text, words
        text = text.replace(words, other)
    data = tomllib.loads(text, parse_float=Decimal)
    return [(str(fault.path), str(fault.message)) for fault in judge(data, PROTOCOL, JUDGES)]


@pytest.mark.parametrize(
    ("language", "text", "worth"),
    [
        ("en", "2 x 1 MIU", 2_000_000),
        ("en", "2x1 MIU", 2_000_000),
        ("en", "2 × 1 MIU", 2_000_000),
        ("en", "1 MIU x2", 2_000_000),
        ("en", "1 MIU (2x)", 2_000_000),
        ("en", "2 times 1 MIU", 2_000_000),
        ("en", "twice 1 MIU", 2_000_000),
        ("en", "2 syringes of 1 MIU", 2_000_000),
        ("en", "Two syringes of one MIU", 2_000_000),
        ("en", "2 x 106 IU", 212),
        ("en", "1 MIU + 1 MIU", 2_000_000),
        ("en", "1 MIU plus 500,000 IU", 1_500_000),
        ("en", "2 pens of 1 MIU", 2_000_000),
        ("en", "2 pre-filled syringes of 1 MIU", 2_000_000),
        ("fr", "2 seringues préremplies de 1 MUI", 2_000_000),
        ("en", "2 x 10^6 IU", 2_000_000),
        ("en", "1 MIU x 5 days", 1_000_000),
        ("en", "1 MIU x2 daily", 1_000_000),
        ("fr", "2 fois 1 MUI", 2_000_000),
        ("fr", "deux seringues d’1 MUI", 2_000_000),
        ("fr", "1 MUI, 2 fois par jour", 1_000_000),
    ],
)
def test_what_is_given_several_times_is_counted_in_all(language: str, text: str, worth: int):
    assert [amount.worth for amount in read_amounts(text, language)] == [Fraction(worth)]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("2 x 1 MIU", "2 x 1 MUI"),
        ("1 MIU x2", "1 MUI x2"),
        ("2 times 1 MIU", "2 fois 1 MUI"),
        ("2 syringes of 1 MIU", "2 seringues de 1 MUI"),
        ("1 MIU", "2 x 1 MUI"),
        ("1 MIU (2 x 1 MIU)", "1 MUI"),
        ("1 MIU + 1 MIU", "1 MUI + 1 MUI"),
        ("1 MIU/1 mL", "1 MUI/1 mL"),
        ("2 MIU/0.5 mL", "2 MUI/0,5 mL"),
        ("300 µg", "300 µg"),
        ("1 MIU (10 µg, 2 MIU)", "1 MUI (10 µg, 2 MUI)"),
        ("１ MIU", "1 MUI"),
        ("1 MIU", "١ MUI"),
        ("1\u200b MIU", "1 MUI"),
    ],
)
def test_a_line_of_one_million_is_not_called_so(english: str, french: str):
    assert found((ONE, dose(english, french)))


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("1 MIU (2 x 0.5 MIU)", "1 MUI (2 x 0,5 MUI)"),
        ("2 x 0.5 MIU", "2 fois 0,5 MUI"),
        ("1 MIU/0.5 mL", "1 MUI/0,5 mL"),
        ("1 MIU (10 µg)", "1 MUI (10 µg)"),
        ("10 µg (1 MIU)", "10 µg (1 MUI)"),
        ("1 MIU daily", "1 MUI par jour"),
    ],
)
def test_a_line_of_one_million_may_be_called_so(english: str, french: str):
    assert found((ONE, dose(english, french))) == []


@pytest.mark.parametrize(
    ("active", "placebo"),
    [("IL-2", "IL-2"), ("BCG", "bcg"), ("EPO", "EPO vials"), ("MTX 25", "MTX 25"), ("MTX 25", "MTX"),
     ("Heparin sodium", "Heparin"), ("Heparin", "Sodium heparin"), ("Solution", "Solution")],
)  # fmt: skip
def test_a_placebo_is_not_filled_from_an_active_product_however_short(active: str, placebo: str):
    faults = found((PLACEBO, f'product = "{placebo}"'), ('product = "Aldesleukin"', f'product = "{active}"'))
    assert [said for _, said in faults if "is what arm IL2-1MIU is given as active" in said]


@pytest.mark.parametrize(
    ("active", "placebo"),
    [("IL-2", "IL-2 placebo"), ("Product A", "Product B"), ("Aldesleukin in glucose 5 %", "Glucose 5 %"),
     ("Glucose with insulin", "Glucose"), ("Sodium heparin", "Sodium chloride"), ("IL-2", "IL-12")],
)  # fmt: skip
def test_a_placebo_of_another_product_is_taken(active: str, placebo: str):
    labels = '\nlabel = { en = "Aldesleukin", fr = "Aldesleukine" }'
    changes = [(PLACEBO, f'product = "{placebo}"'), ('product = "Aldesleukin"', f'product = "{active}"')]
    faults = found(*changes, *([(labels, "")] if labels in IMODALS else []))
    assert [said for _, said in faults if "is given as active" in said] == []


@pytest.mark.parametrize("words", ["Low dose / Faible dose", "One million / Un million"])
def test_a_dose_without_an_amount_is_a_fault_unless_nothing_is_given(words: str):
    english, french = words.split(" / ")
    line = (f'{ONE}\nvolume_ml = "0.5"\n{WEAK}', dose(english, french) + '\nvolume_ml = "0.5"')
    assert [said for _, said in found(line) if "says no amount" in said]
    assert [said for _, said in found((NONE, dose("No active dose", "Sans dose active")))] == []


@pytest.mark.parametrize(
    ("english", "french", "good"),
    [
        ("75 mg daily", "75 mg par jour", True),
        ("75 mg a day", "75 mg/jour", True),
        ("75 mg every day", "75 mg par jour", True),
        ("75 mg once daily", "75 mg par jour", True),
        ("50 µg per day", "50 µg de X par jour", True),
        ("75 mg/d", "75 mg une fois par jour", True),
        ("75 mg per day", "dose quotidienne de 75 mg", True),
        ("75 mg", "75 mg par jour", False),
        ("75 mg weekly", "75 mg par jour", False),
        ("75 mg/injection", "75 mg par jour", False),
        ("7 mg daily", "75 mg par jour", False),
        ("2 x 5 mg", "2 fois 5 mg", True),
        ("2 x 5 mg", "5 mg", False),
    ],
)
def test_how_often_is_the_same_in_any_words(english: str, french: str, good: bool):
    both = 'en = "Slow vital capacity", fr = "Capacité vitale lente"'
    assert (found((both, f'en = "{english}", fr = "{french}"')) == []) is good


@pytest.mark.parametrize(
    "words",
    ["BMI ≤ 40.0 kg/m²", "BMI of 18.5 to 30.0 kg/m2", "FEV1 above 1.0 L", "Proteinuria of 1.0 g/24 h",
     "A ratio above 3.0 mg/mmol", "Oxygen above 2.0 L/min", "Weight below 50.0 kg"],
)  # fmt: skip
def test_a_result_may_be_exact_to_the_tenth(words: str):
    assert list(misread_in_text(words, "en", criteria=True)) == []


@pytest.mark.parametrize(
    "words", ["Takes 1.0 mg/kg", "Takes 300.0 mg/m²", "Takes 1.0 mg", "Weight of .5 kg", "Takes 1.0 g a day"]
)
def test_a_dose_may_not(words: str):
    assert list(misread_in_text(words, "en", criteria=True))


def test_a_label_may_name_one_of_several_or_all():
    said = ('"Interleukin-2, 2 MIU a day"', '"2 x 1 MIU a day"')
    dit = ('"Interleukine-2, 2 MUI par jour"', '"2 x 1 MUI par jour"')
    assert found(said, dit) == []
    assert found(
        (TWO, dose("2 MIU", "2 MUI")), (said[0], '"2 x 3 MIU a day"'), (dit[0], '"2 x 3 MUI par jour"')
    )
