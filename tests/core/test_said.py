"""A number that is said and one that is computed with agree: in criteria, labels and both languages."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.core.planted_faults import FRAME, IMODALS, MIROCALS
from tests.core.test_counts import explained, faults, planted
from trial.core.doses.counted import digits_in, in_any_form, in_digits

NOT_SAID = "does not stand in the words of the criterion"


@pytest.mark.parametrize("text", [IMODALS, FRAME, MIROCALS])
def test_the_files_that_are_shipped_say_what_they_compute(text: str) -> None:
    assert faults(text) == []


OTHER_NUMBERS = [
    ("minimum = 70", "minimum = 60", "criteria[I7].minimum"),
    ("minimum = 70", "minimum = 7", "criteria[I7].minimum"),
    ("below = 75\nquestion", "below = 85\nquestion", "criteria[I3].below"),
    ("minimum = 18\n", "minimum = 16\n", "criteria[I3].minimum"),
    ("maximum = 5\n", "maximum = 6\n", "criteria[I6].maximum"),
    ('maximum = 5\nunit = "years"', 'maximum = 5\nunit = "months"', "criteria[I6].maximum"),
    ('above = 3\nunit = "months"', 'above = 3\nunit = "weeks"', "criteria[I5].parts[a].above"),
    ("below = 2\n", "below = 3\n", "criteria[I5].parts[b].below"),
    ("within = { months = 3 }", "within = { months = 6 }", "criteria[E1].within"),
    ("within = { months = 3 }", "within = { weeks = 3 }", "criteria[E1].within"),
    ("within = { years = 5 }", "within = { years = 2 }", "criteria[E15].within"),
    ("Aged 18 or over", "Aged 81 or over", "criteria[I3].minimum"),
    ("5 years or less", "six years or less", "criteria[I6].maximum"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "other", "field"), OTHER_NUMBERS)
def test_a_bound_that_its_criterion_does_not_say_is_asked_about(words: str, other: str, field: str) -> None:
    assert [said for at, said in faults(planted(words, other)) if at == field and NOT_SAID in said]


def test_the_french_words_are_held_against_the_bound_as_well() -> None:
    other = planted("d’au moins 70 % de la normale", "d’au moins sept dixièmes, 60 %, de la normale")
    assert [at for at, _said in faults(other) if at.startswith("criteria[I7]")]


SAME = [
    ("within = { years = 5 }", "within = { months = 60 }"),
    ("maximum = 5\nunit = \"years\"", "maximum = 60\nunit = \"months\""),
    ("within = { months = 3 }", "within = { weeks = 13 }"),
    ("within = { weeks = 8, before", "within = { days = 56, before"),
    ("of 5 years or less", "of five years or less"),
    ("Vital capacity of 70 % of normal or more", "Vital capacity in the normal range"),
    ("Vital capacity of 70 %", "Vital capacity of seventy per cent (70 %)"),
    ("Day 85, follow-up", "Follow-up"),
    ("Jour 85, suivi", "J85, suivi"),
    ("within the 8 weeks before", "within the eight weeks before"),
    ("seven study visits", "7 study visits"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "other"), SAME)
def test_the_same_in_other_words_is_taken(words: str, other: str) -> None:
    assert faults(planted(words, other)) == []


def test_a_span_of_days_holds_its_day_and_over_17_is_18_or_over() -> None:
    spans = planted("Day 85, follow-up", "Days 80 to 90").replace("Jour 85, suivi", "Jours 80 à 90")
    assert faults(spans) == []
    ages = planted("Aged 18 or over and under 75", "Aged over 17 and at most 74")
    assert faults(ages.replace("18 ans ou plus et de moins de 75", "plus de 17 ans et au plus 74")) == []


@pytest.mark.parametrize(
    ("words", "other", "field"),
    [
        ("day = 85", "day = 58", "visits[V6].day"),
        ("en = \"Day 85, follow-up\"", "en = \"Day 58, follow-up\"", "visits[V6].label"),
        ("fr = \"Jour 85, suivi\"", "fr = \"Jour 58, suivi\"", "visits[V6].label"),
        ("vaccinated within the 8 weeks", "vaccinated within the 6 weeks", "criteria[E13].text"),
        ("au cours des 5 dernières années", "au cours des 15 dernières années", "criteria[E15].text"),
        ("within the 8 weeks before", "within the 8 months before", "criteria[E13].text"),
        ("au cours des trois derniers mois", "au cours des trois dernières semaines", "criteria[E1].text"),
        ("sept visites", "huit visites (8)", "criteria[I10].text"),
    ],
)  # fmt: skip
def test_a_label_says_its_day_and_one_language_what_the_other_says(
    words: str, other: str, field: str
) -> None:
    assert field in [at for at, _said in faults(planted(words, other))]


TURNED = [
    ("minimum = 70", "maximum = 70", "criteria[I7].maximum"),
    ("maximum = 5\n", "minimum = 5\n", "criteria[I6].minimum"),
    ("below = 75\nquestion", "maximum = 75\nquestion", "criteria[I3].maximum"),
    ("minimum = 18\n", "above = 18\n", "criteria[I3].above"),
    ("above = 3\n", "below = 3\n", "criteria[I5].parts[a].below"),
    ("of 5 years or less", "of less than 5 years", "criteria[I6].maximum"),
]


@pytest.mark.parametrize(("words", "other", "field"), TURNED)
def test_a_bound_on_the_other_side_than_its_words_is_asked_about(words: str, other: str, field: str) -> None:
    found = [said for at, said in faults(planted(words, other)) if at == field]
    assert [said for said in found if "is not the side" in said]


BEFORE, AVANT = "Blood samples before the injection", "Prélèvements sanguins avant l’injection"
TRUE_PAIRS = [
    (BEFORE, AVANT, "100,000 platelets before", "100 000 plaquettes avant"),
    (BEFORE, AVANT, "1,500 mL before", "1\u202f500 mL avant"),
    (BEFORE, AVANT, "2.5 mL before", "2,5 mL avant"),
    ("Day 85, follow-up", "Jour 85, suivi", "Cycle 2 Day 1", "Cure 2, jour 1"),
    ("Day 85, follow-up", "Jour 85, suivi", "C2 D1", "C2 J1"),
    ("Day 85, follow-up", "Jour 85, suivi", "Vitamin D3 level", "Dosage de vitamine D3"),
    ("Day 85, follow-up", "Jour 85, suivi", "Week 12", "Semaine 12"),
    (BEFORE, AVANT, "Any adverse events since then?", "Des événements depuis lors ?"),
]  # fmt: skip


@pytest.mark.parametrize(("english", "french", "other", "autre"), TRUE_PAIRS)
def test_what_a_true_trial_writes_is_taken(english: str, french: str, other: str, autre: str) -> None:
    assert faults(planted(english, other).replace(french, autre, 1)) == []


COUNTED = [
    ("FEV1 of 70 % or more.", "VEMS de 70 % ou plus.", "minimum = 70"),
    ("Fewer than 3 earlier lines of treatment.", "Moins de 3 lignes antérieures.", "maximum = 2"),
    ("At most 2 earlier lines of treatment.", "Au plus 2 lignes antérieures.", "below = 3"),
    ("At least one lesion (RECIST 1.1).", "Au moins une lésion (RECIST 1.1).", "minimum = 1"),
    ("Score of 5.5 or less.", "Score de 5,5 ou moins.", "minimum = 0\nmaximum = 5.5"),
    ("HbA1c of 7.0 % or more.", "HbA1c de 7,0 % ou plus.", "minimum = 7"),
    ("Neutrophils ≥ 1,500.", "Neutrophiles ≥ 1\u202f500.", "minimum = 1500"),
    ("No more than 4 relapses.", "Pas plus de 4 poussées.", "maximum = 4"),
    ("Above 12 weeks of life: 20 or more.", "Plus de 12 semaines : 20 ou plus.", "minimum = 20"),
]  # fmt: skip


@pytest.mark.parametrize(("english", "french", "bounds"), COUNTED)
def test_a_number_in_other_words_is_the_same_bound(english: str, french: str, bounds: str) -> None:
    other = planted('text.en = "Vital capacity of 70 % of normal or more."', f'text.en = "{english}"')
    other = other.replace(
        'text.fr = "Capacité vitale d’au moins 70 % de la normale."', f'text.fr = "{french}"'
    )
    other = other.replace("minimum = 70\n", f"{bounds}\n").replace(
        "plausible = [5, 160]", "plausible = [0, 9000]"
    )
    assert [said for at, said in faults(other) if "I7" in at and "plausible" not in at] == []


def test_an_assumption_that_names_the_value_explains_it() -> None:
    other = planted("minimum = 70", "minimum = 60")
    assert faults(explained(other, "criteria[I7].minimum", "Amendment 2 lowers it to 60 %.")) == []
    assert faults(explained(other, "criteria[I7].minimum", "Amendment 2 lowers it.")) != []


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("Aged 18 or over and under 75", "en", {18, 75}),
        ("au cours des trois derniers mois", "fr", {3}),
        ("five to ten, twenty-one days", "en", {5, 10, 21}),
        ("soixante et onze ans", "fr", {71}),
        ("quatre-vingt-dix-neuf", "fr", {99}),
        ("une dose, un patient, one of them", "fr", set()),
        ("grade III, twice, the fifth", "en", {3, 2, 5}),
        ("deux cent mille", "fr", {200_000}),
        ("HbA1c, IL-2 and FEV1: 7 of 10⁹", "en", {7, 10, 9}),
    ],
)
def test_numbers_are_read_in_every_form(text: str, language: str, numbers: set[int]) -> None:
    assert in_any_form(text, language) == {Fraction(number) for number in numbers}


def test_a_comma_is_read_both_ways_and_a_narrow_space_groups() -> None:
    assert digits_in("1,000 mg, 2 mL") == [{Fraction(1000), Fraction(1)}, {Fraction(2)}]
    assert in_digits("1,000 mg") == {Fraction(1000), Fraction(1)}
    assert in_digits("1\u202f000 UI, 2,5 mg") == {Fraction(1000), Fraction(5, 2)}
