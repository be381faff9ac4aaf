"""What the two languages of an arm say beside the dose is one thing: days, syringes, and how often."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from tests.core.planted_doses import ONE, dose
from tests.core.planted_faults import FRAME, IMODALS, MIROCALS
from trial.core.judges.arm_words import judge_arm_words
from trial.core.judges.dose_words import judge_dose_words
from trial.core.judges.doses import judge_doses
from trial.core.judging import judge
from trial.protocol.files import parse_protocol

PROTOCOL = parse_protocol(IMODALS).protocol
LABEL = 'label = { en = "Interleukin-2, 1 MIU a day", fr = "Interleukine-2, 1 MUI par jour" }'


def said(text: str) -> list[str]:
    data = tomllib.loads(text, parse_float=Decimal)
    faults = judge(data, PROTOCOL, (judge_doses, judge_dose_words, judge_arm_words))
    return [str(fault.message) for fault in faults]


@pytest.mark.parametrize(
    ("english", "french", "part"),
    [
        ("1 MIU for 5 days", "1 MUI pendant 50 jours", "5 stands in one only"),
        ("1 MIU, two syringes", "1 MUI, trois seringues", "2 stands in one only"),
        ("1 MIU twice daily", "1 MUI une fois par jour", "2 stands in one only"),
        ("1 MIU a day", "1 MUI deux fois par jour", "2 stands in one only"),
        ("1 MIU per week", "1 MUI par jour", "how often in the same way"),
        ("1 MIU monthly", "1 MUI par semaine", "how often in the same way"),
    ],
)
def test_languages_of_a_dose_and_of_a_label_that_differ_are_a_fault(english: str, french: str, part: str):
    assert [words for words in said(IMODALS.replace(ONE, dose(english, french))) if part in words]
    label = f'label = {{ en = "{english}", fr = "{french}" }}'
    assert LABEL in IMODALS
    told = (part, "give one number in both")  # a label by the week has no dose of a day at all
    assert [words for words in said(IMODALS.replace(LABEL, label)) if any(one in words for one in told)]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("1 MIU for 5 days", "1 MUI pendant cinq jours"),
        ("1 MIU, two syringes", "1 MUI, deux seringues"),
        ("1 MIU twice daily", "1 MUI deux fois par jour"),
        ("1 MIU twice daily", "1 MUI matin et soir"),
        ("1 MIU once daily", "1 MUI par jour"),
        ("1 MIU (one million)", "1 MUI (1 million)"),
        ("1,000,000 IU a day", "1 MUI/jour"),
        ("1 MIU a day, with 1,500 kcal", "1 MUI par jour, avec 1\u202f500 kcal"),
    ],
)
def test_languages_that_say_the_same_are_taken(english: str, french: str):
    assert said(IMODALS.replace(ONE, dose(english, french))) == []


def test_the_arms_of_the_shipped_files_hold():
    assert [said(text) for text in (IMODALS, MIROCALS, FRAME)] == [[], [], []]
