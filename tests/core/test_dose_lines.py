"""Every dose line of a protocol file is arithmetic, and is written so that nobody misreads it."""

from __future__ import annotations

import pytest

from tests.core.planted_doses import NONE, ONE, PLACEBO, PRODUCT, STOPPED, STRONG, TWO, WEAK, dose
from tests.core.planted_faults import FRAME, IMODALS, MIROCALS
from trial.core.doses.amounts import read_amounts
from trial.protocol.judging import faults_in


def found(*changes: tuple[str, str], text: str = IMODALS) -> list[tuple[int, str, str]]:
    for words, other in changes:
        assert words in text, words
        text = text.replace(words, other)
    return [(fault.line, fault.field, str(fault.message)) for fault in faults_in(text)]


def line_of(words: str, text: str = IMODALS) -> int:
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize("kind", STOPPED)
def test_a_dose_line_that_can_harm_is_stopped(kind: str) -> None:
    words, other, arm, said = STOPPED[kind]
    faults = found((words, other))
    assert [field for _, field, message in faults if said in message and f"arms[{arm}]" in field], faults


LINES = {
    "the strength": (STRONG, WEAK, STRONG, "concentration"),
    "the dose, where label and product agree": (TWO, dose("4 MIU", "4 MUI"), TWO, "dose"),
    "the French words": (ONE, dose("1 MIU", "10 MUI"), ONE, "dose.fr"),
    "the English words": (ONE, dose("10 MIU", "1 MUI"), ONE, "dose.en"),
    "a point": (ONE, dose(".5 MIU", "1 MUI"), ONE, "dose.en"),
    "the placebo's product": (PLACEBO, 'product = "Aldesleukin"', PRODUCT, "product"),
}


@pytest.mark.parametrize("kind", LINES)
def test_the_fault_stands_at_its_line(kind: str) -> None:
    words, other, where, field = LINES[kind]
    assert (line_of(where), field) in [
        (line, path.partition("[STUDY].")[2]) for line, path, _ in found((words, other))
    ]


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        ("50", "50 mL is more than a syringe for injection holds, 20 mL"),
        ("20.5", "more than a syringe"),
        ("500", "more than a syringe"),
        ("0.005", "less than a syringe can measure"),
        (".5", "can be read without its point"),
        ("0.50", "can be read as ten times"),
        ("1.0", "can be read as ten times"),
        ("5E-1", "is no way to write a dose"),
        ("00.5", "in plain digits"),
        ("+0.5", "in plain digits"),
    ],
)
def test_a_volume_that_no_syringe_holds_or_that_is_misread_is_stopped(volume: str, said: str) -> None:
    faults = found(('volume_ml = "0.5"', f'volume_ml = "{volume}"'))
    fields = {field for _, field, message in faults if said in message}
    assert fields == {
        f"arms[{arm}].preparations[STUDY].volume_ml" for arm in ("PLACEBO", "IL2-1MIU", "IL2-2MIU")
    }


GOOD = {
    "as it stands": (ONE, ONE),
    "commas and spaces": (ONE, dose("1,000,000 IU", "1 000 000 UI")),
    "a narrow space": (ONE, dose("1 MIU", "1\u202f000\u202f000\u00a0UI")),
    "a word for a million": (ONE, dose("1 million units", "1 million d’UI")),
    "an M apart": (ONE, dose("1 M IU", "1 M UI")),
    "the sum in words": (ONE, dose("1 MIU in 0.5 mL of 2 MIU/mL", "1 MUI dans 0,5 mL à 2 MUI/mL")),
    "each day": (ONE, dose("1 MIU/day", "1 MUI/jour")),
    "a strength of its volume": (WEAK, 'concentration = "1 MIU/0.5 mL"'),
    "small letters": (WEAK, 'concentration = "2 MIU/ml"'),
    "per": (WEAK, 'concentration = "2 MIU per mL"'),
    "a placebo of the vehicle's strength": (NONE, NONE + '\nconcentration = "5 %"'),
    "a placebo of nothing": (NONE, dose("0 MIU", "0 MUI")),
    "a placebo to a product": (PLACEBO, 'product = "Placebo to aldesleukin"'),
    "a matching placebo": (PLACEBO, 'product = "Aldesleukin, matching placebo"'),
    "glucose": (PLACEBO, 'product = "Glucose 5 %"'),
    "a label without a dose": ("Interleukin-2, 1 MIU a day", "Interleukin-2, low dose"),
    "a label by the week": (
        'label = { en = "Interleukin-2, 1 MIU a day", fr = "Interleukine-2, 1 MUI par jour" }',
        'label = { en = "Interleukin-2, 5 MIU a week", fr = "Interleukine-2, 5 MUI par semaine" }',
    ),
}


@pytest.mark.parametrize("kind", sorted(set(GOOD) - {"a label without a dose"}))
def test_a_good_dose_line_is_taken(kind: str) -> None:
    assert found(GOOD[kind]) == []


def test_a_label_without_a_dose_is_taken_in_both_languages_alone() -> None:
    bare = ("Interleukin-2, 1 MIU a day", "Interleukin-2, low dose")
    assert found(bare, ("Interleukine-2, 1 MUI par jour", "Interleukine-2, faible dose")) == []
    assert "give one number in both" in found(bare)[0][2]


MASS = {
    ("210 mg", "210 mg", "70 mg/mL"): "",
    ("0.21 g", "0,21 g", "70 mg/mL"): "",
    ("210,000 µg", "210 000 µg", "70 mg/mL"): "",
    ("210 mg", "0,21 g", "7 %"): "",
    ("210 mg", "210 mg", "70,000 mcg/mL"): "",
    ("210 mg", "210 mg", "70 g/L"): "",
    ("210 milligrams", "210 milligrammes", "210 mg/3 mL"): "",
    ("210 mcg", "210 µg", "70 ug/mL"): "",
    ("210 AU", "210 AU", "70 AU/mL"): "",
    ("210 mmol", "210 mmol", "70 mmol/mL"): "",
    ("210 mg", "210 mg", "70 µg/mL"): "is 0.21 mg, not 210 mg",
    ("210 µg", "210 µg", "70 mg/mL"): "is 210000 µg, not 210 µg",
    ("210 mg", "210 µg", "70 mg/mL"): "give one number in both",
    ("210 mg", "210 mg", "0.7 %"): "is 21 mg, not 210 mg",
    ("210 mg", "210 mg", "60 mg/mL"): "is 180 mg, not 210 mg",
    ("211 mg", "211 mg", "70 mg/mL"): "is 210 mg, not 211 mg",
    ("210 AU", "210 AU", "70 BU/mL"): "without a unit that can be read",
    ("210mg", "210 mg", "70 mg/mL"): "runs number and unit together",
}  # fmt: skip


@pytest.mark.parametrize("written", MASS)
def test_units_are_converted_without_rounding(written: tuple[str, str, str]) -> None:
    english, french, strength = written
    faults = found(
        ('dose = { en = "210 mg", fr = "210 mg" }', dose(english, french)),
        ('concentration = "70 mg/mL"', f'concentration = "{strength}"'),
        text=FRAME,
    )
    wanted = MASS[written]
    assert any(wanted in message for _, _, message in faults) if wanted else faults == []


def test_the_shipped_files_hold() -> None:
    assert [faults_in(text) for text in (IMODALS, MIROCALS, FRAME)] == [(), (), ()]


@pytest.mark.parametrize(
    ("words", "language", "worth"),
    [
        ("1.5 million IU", "en", 1_500_000),
        ("9,9 millions d’unités internationales", "fr", 9_900_000),
        ("0.5 million IU", "en", 500_000),
        ("2.4 million units", "en", 2_400_000),
        ("two million IU", "en", 2_000_000),
        ("2 hundred thousand IU", "en", 200_000),
    ],
)
def test_a_number_of_millions_keeps_its_decimals(words: str, language: str, worth: int) -> None:
    assert [amount.worth for amount in read_amounts(words, language)] == [worth]
