"""A dose is judged wherever a person reads it: spelled in words, in a procedure, a criterion or a reason."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.core.planted_faults import IMODALS
from trial.core.doses.amounts import read_amounts
from trial.core.judges.alike import spelled_alike
from trial.protocol.judging import faults_in


def faults(text: str) -> list[tuple[str, str]]:
    return [(fault.field, str(fault.message)) for fault in faults_in(text)]


def planted(*pairs: str) -> str:
    text = IMODALS
    for words, other in zip(pairs[::2], pairs[1::2], strict=True):
        assert words in text
        text = text.replace(words, other, 1)
    return text


# spelled numbers


@pytest.mark.parametrize(
    ("language", "text", "number", "words"),
    [
        ("en", "two million international units", 2_000_000, "two million international units"),
        ("en", "two hundred thousand IU", 200_000, "two hundred thousand IU"),
        ("en", "2 hundred thousand IU", 200_000, "2 hundred thousand IU"),
        ("en", "One Million IU a day", 1_000_000, "One Million IU"),
        ("en", "one million two hundred and fifty thousand IU", 1_250_000, None),
        ("en", "one and a half million units", 1_500_000, None),
        ("en", "half a million IU", 500_000, None),
        ("en", "a million IU", 1_000_000, None),
        ("en", "twenty-five mg/mL", 25, None),
        ("en", "ninety-nine mg", 99, None),
        ("fr", "deux millions d’unités internationales", 2_000_000, None),
        ("fr", "deux cent mille UI", 200_000, None),
        ("fr", "cent mille UI", 100_000, None),
        ("fr", "un million et demi d’UI", 1_500_000, None),
        ("fr", "un demi-million d'UI", 500_000, None),
        ("fr", "quatre-vingt-dix-sept mg", 97, None),
        ("fr", "soixante et onze mg", 71, None),
        ("fr", "vingt et un mg", 21, None),
        ("fr", "mille deux cents UI", 1200, None),
        ("fr", "cent quatre-vingts UI", 180, None),
        ("fr", "dix-sept millions d’UI", 17_000_000, None),
    ],
)
def test_a_spelled_number_before_a_unit_is_read(language: str, text: str, number: int, words: str | None):
    (amount,) = read_amounts(text, language)
    assert (amount.number, amount.words) == (Fraction(number), words or text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "two five MIU"),
        ("en", "one unit dose"),
        ("en", "one of two arms"),
        ("en", "two million people"),
        ("en", "and a mg"),
        ("fr", "une unité de soins"),
        ("fr", "deux bras"),
    ],
)
def test_what_is_no_spelled_amount_is_none(language: str, text: str):
    assert read_amounts(text, language) == ()


TWO_EN = '"2 MIU (2 million international units)"'
TWO_FR = '"2 MUI (2 millions d’unités internationales)"'


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("2 MIU (two million international units)", "2 MUI (trois millions d’unités internationales)"),
        ("2 MIU (two hundred thousand IU)", "2 MUI (deux millions d’UI)"),
        ("2 MIU (2 million international units)", "2 MUI (deux cent mille unités internationales)"),
        ("2 MIU (three million units)", "2 MUI (trois millions d’unités)"),
        ("2 MIU (twenty million units)", "2 MUI"),
        ("2 MIU (two million)", "2 MUI (trois millions)"),
        ("2 MIU (two hundred thousand)", "2 MUI"),
        ("2 MIU, three million", "2 MUI"),
        ("2 MIU (three)", "2 MUI (deux)"),
        ("2 MIU (3 million)", "2 MUI (2 millions)"),
    ],
)
def test_a_dose_in_words_that_disagrees_is_a_fault(english: str, french: str):
    found = faults(planted(TWO_EN, f'"{english}"', TWO_FR, f'"{french}"'))
    assert {at.rpartition(".")[0] for at, _ in found} == {"arms[IL2-2MIU].preparations[STUDY].dose"}


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("2 MIU (two million units)", "2 MUI (deux millions d’unités)"),
        ("2 MIU (two million)", "2 MUI (deux millions)"),
        ("2 MIU (two)", "2 MUI (deux)"),
        ("2 MIU (2 million)", "2 MUI (2 millions)"),
        ("2 MIU in two parts", "2 MUI en deux parties"),
        ("2 MIU, one injection", "2 MUI, une injection"),
    ],
)
def test_a_dose_in_words_that_agrees_is_none(english: str, french: str):
    assert faults(planted(TWO_EN, f'"{english}"', TWO_FR, f'"{french}"')) == []


def test_words_disagree_in_an_arms_label_and_in_a_course_as_well():
    label = 'label = { en = "Interleukin-2, 2 MIU a day", fr = "Interleukine-2, 2 MUI par jour" }'
    other = 'label = { en = "Two million IU a day", fr = "Trois millions d’UI par jour" }'
    assert [at for at, _ in faults(planted(label, other))] == ["arms[IL2-2MIU].label"]
    course = 'label = { en = "Course", fr = "Cure" }'
    other = 'label = { en = "Five mg a day", fr = "Dix mg par jour" }'
    assert [at for at, _ in faults(planted(course, other))] == ["courses[COURSE].label"]


# one product, one name

ARM_2 = f'dose = {{ en = {TWO_EN}, fr = {TWO_FR} }}\nvolume_ml = "0.5"\nconcentration = "4 MIU/mL"'
AS_ARM_1 = ARM_2.replace("4 MIU", "2 MIU").replace(TWO_EN, '"1 MIU"').replace(TWO_FR, '"1 MUI"')
PRODUCT = 'product = "Aldesleukin"'


@pytest.mark.parametrize(
    "name",
    ["aldesleukin", "aldesleukin.", "Aldesleukin®", "Aldesleukin (R)", "Aldesleukin™", "Aldes-leukin",
     "Aldes leukin", "Aldesléukin", "Aldesleukin  ", "Aldesleukine", "«Aldesleukin»", "ALDESLEUKIN",
     "Aldes\u200bleukin", "Aldesleukin,"],
)  # fmt: skip
def test_two_arms_are_the_same_whatever_the_spelling_of_the_product(name: str):
    head, _, tail = planted(ARM_2, AS_ARM_1).rpartition(PRODUCT)
    found = faults(f'{head}product = "{name}"{tail}')
    assert [said for at, said in found if at == "arms[IL2-2MIU].preparations" and "the same as arm" in said]
    assert [said for at, said in found if at.endswith("product") and "differ in spelling alone" in said]


@pytest.mark.parametrize(("one", "other"), [("Product A", "Product B"), ("IL-2", "IL-12"), ("Drug", "Druge")])
def test_other_products_are_others(one: str, other: str):
    assert spelled_alike(one) != spelled_alike(other)


def test_a_placebo_is_not_filled_from_the_active_product_in_another_spelling():
    placebo = 'product = "Placebo (vehicle alone)"'
    label = '\nlabel = { en = "Placebo (vehicle alone)", fr = "Placebo (véhicule seul)" }'
    text = planted(placebo + label, 'product = "aldes-leukin."')
    assert "arms[PLACEBO].preparations[STUDY].product" in dict(faults(text))


# every place where a person reads a dose

PLACES = {
    "a procedure": ('"Slow vital capacity"', '"%s"', "visits[V1].procedures[2].name.en"),
    "a visit": ('"Day 85, follow-up"', '"Day 85, %s"', "visits[V6].label.en"),
    "a course": ('{ en = "Course"', '{ en = "%s"', "courses[COURSE].label.en"),
    "a route": ('"Subcutaneous injection"', '"%s"', "drugs[STUDY].route.en"),
    "a criterion": ('"Has another life-threatening disease."', '"Takes %s"', "criteria[E7].text.en"),
    "a question": ('question.en = "Date of the first symptoms"', 'question.en = "%s"',
                   "criteria[I6].question.en"),
    "an objective": ('text.en = "Functional changes', 'text.en = "%s', "record.objectives[C].text.en"),
    "a reason": ('reason.en = "Follows from', 'reason.en = "%s, follows from',
                 "assumptions[11].reason.en"),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("dose", "said"),
    [
        ("heparin 5000U", "U is read as 0, 4 or cc"),
        ("heparin 5000 u a day", "U is read as 0, 4 or cc"),
        ("heparin 50mg", "runs number and unit together"),
        ("heparin .5 mg", "can be read without its point"),
        ("heparin 1.0 mg", "can be read as ten times as much"),
        ("heparin 5000iu", "runs number and unit together"),
        ("heparin 1,5 mg", "English writes a decimal point"),
        ("2.0 tablets", "can be read as ten times as much"),
        ("saline .9%", "can be read without its point"),
    ],
)
def test_a_dose_that_is_misread_is_a_fault_wherever_it_stands(place: str, dose: str, said: str):
    words, other, field = PLACES[place]
    found = faults(planted(words, other % dose))
    assert [message for at, message in found if at == field and said in message], found


@pytest.mark.parametrize(
    ("dose", "said"),
    [("héparine 5000U", "U is read"), ("héparine 50mg", "together"), ("héparine ,5 mg", "without its point"),
     ("héparine 1,0 mg", "ten times"), ("héparine 1.5 mg", "decimal comma"), ("héparine 50 IU", "UI, MUI")],
)  # fmt: skip
def test_the_same_in_french(dose: str, said: str):
    found = faults(planted('"Capacité vitale lente"', f'"{dose}"'))
    assert [words for at, words in found if at == "visits[V1].procedures[2].name.fr" and said in words], found


@pytest.mark.parametrize(
    "words",
    ["Draw 5 mL of blood", "ALT below 50 U/L", "24h ECG, 12-lead", "IL-2 level", "Heparin 5,000 IU",
     "Creatinine 1.0 mg/dL", "5G test", "Heparin 5000 units", "Vitamin B12", "Vital capacity of 70%",
     "Saturation of 95.0 %",
     "2 tablets of 5 mg"],
)  # fmt: skip
def test_what_is_no_dose_or_written_well_is_taken(words: str):
    assert faults(planted('"Slow vital capacity"', f'"{words}"')) == []


@pytest.mark.parametrize(
    "words", ["Creatinine above 1.50 mg/dL", "Viral load of 1000IU/mL", "ALT over 40U/L"]
)
def test_a_result_of_a_laboratory_in_a_criterion_is_no_dose(words: str):
    assert faults(planted('"Has another life-threatening disease."', f'"{words}"')) == []


def test_doses_in_both_languages_of_a_procedure_are_the_same():
    both = 'en = "Slow vital capacity", fr = "Capacité vitale lente"'
    found = faults(planted(both, 'en = "Heparin 5 mg", fr = "Héparine 50 mg"'))
    assert found == [
        (
            "visits[V1].procedures[2].name",
            "English says “Heparin 5 mg”, French “Héparine 50 mg”; give one number in both.",
        )
    ]
    assert faults(planted(both, 'en = "Heparin 5 mg", fr = "Héparine cinq mg"')) == []
    assert faults(planted(both, 'en = "Heparin 5 mg", fr = "Héparine"')) == []
