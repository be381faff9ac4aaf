"""What the registry record says is carried, and what it contradicts is said."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tests.core.planted_faults import IMODALS
from trial.core.judges.untranslated import untranslated
from trial.core.record.values import (
    NO_RECORD,
    Allocation,
    Director,
    DirectorRole,
    Masking,
    Model,
    Purpose,
    Sex,
)
from trial.protocol.files import UnreadableProtocol, parse_protocol
from trial.protocol.judging import faults_in

RECORD = parse_protocol(IMODALS).protocol.record
DAY_1 = date(2015, 10, 12)


def found(words: str, other: str, *drop: str) -> list[tuple[str, str]]:
    """What stops the file with the words replaced, and without the assumptions on those fields."""
    assert words in IMODALS
    head, *rows = IMODALS.replace(words, other, 1).split("[[assumptions]]\n")
    kept = [row for row in rows if not row.startswith(tuple(f'field = "{field}"' for field in drop))]
    assert len(rows) - len(kept) == len(drop)
    try:
        faults = faults_in("[[assumptions]]\n".join([head, *kept]))
    except UnreadableProtocol as refused:
        faults = refused.faults
    return [(fault.field, str(fault.message)) for fault in faults]


def test_the_record_of_imodals_is_carried_line_by_line() -> None:
    assert RECORD.condition is not None and RECORD.condition.fr == "Sclérose latérale amyotrophique"
    assert (RECORD.allocation, RECORD.intervention_model) == (Allocation.RANDOMIZED, Model.PARALLEL)
    assert (RECORD.purpose, RECORD.masking) == (Purpose.TREATMENT, Masking.TRIPLE)
    assert (RECORD.sex, RECORD.healthy_volunteers) == (Sex.ALL, False)
    assert (RECORD.minimum_age, RECORD.maximum_age) == (18, 75)
    assert (RECORD.started_on, RECORD.completed_on) == (date(2015, 9, 30), date(2016, 5, 25))
    assert RECORD.director == Director(
        "Raul Juntas-Morales, MD", DirectorRole.STUDY_DIRECTOR, "CHRU de Montpellier"
    )
    assert RECORD.publication is not None and RECORD.publication.doi == "10.1016/j.ebiom.2020.102844"
    assert [row.id for row in RECORD.objectives] == ["A", "B", "C", "D"]
    assert all(row.text.en and row.text.fr for row in RECORD.objectives)


def test_an_older_file_has_an_empty_record() -> None:
    start, end = (
        IMODALS.index("# What the registry record says"),
        IMODALS.index("# What no public source fixes"),
    )
    head, *rows = (IMODALS[:start] + IMODALS[end:]).split("[[assumptions]]\n")
    rows = [row for row in rows if not row.startswith('field = "record')]
    text = "[[assumptions]]\n".join([head, *rows])
    assert (parse_protocol(text).protocol.record, faults_in(text)) == (NO_RECORD, ())


@pytest.mark.parametrize(
    ("words", "other", "field", "said"),
    [
        ('"2015-09-30"', '"2015-09-31"', "record.started_on", "is no day"),
        ('"2016-05-25"', '"25 May 2016"', "record.completed_on", "is no day"),
        ('"2016-05-25"', '"2015-05-25"', "record.completed_on", "lies before `started_on`"),
        ('"10.1016', '"11.1016', "record.publication.doi", "is no DOI"),
        (
            'id = "B"\ntext',
            'id = "A"\ntext',
            "record.objectives[1].id",
            "already the id of another objective",
        ),
        ('masking = "triple"', 'masking = "treble"', "record.masking", "is not one of"),
        ('sex = "all"', 'sex = "any"', "record.sex", "is not one of"),
        ("healthy_volunteers = false", 'healthy_volunteers = "No"', "record.healthy_volunteers", "must be"),
        ("minimum_age = 18", "minimum_age = 180", "record.minimum_age", "the maximum is 120"),
        ('purpose = "treatment"', 'purpose = "treatment"\nfunding = "x"', "record.funding", "no such field"),
        ('"randomized"', '"non_randomized"', "record.allocation", "a trial that is randomised"),
        ('"parallel"', '"single_group"', "record.intervention_model", "has 3 arms"),
        ("minimum_age = 18", "minimum_age = 21", "record.minimum_age", "is 21 beside 18 in criterion I3"),
    ],
)
def test_a_wrong_line_of_the_record_is_a_fault(words: str, other: str, field: str, said: str) -> None:
    faults = found(words, other)
    assert [message for at, message in faults if at == field and said in message], faults


@pytest.mark.parametrize(
    ("field", "assumptions", "said"),
    [
        ("record.masking", ["trial.masked"], "means 3 masked roles beside 4"),
        (
            "record.maximum_age",
            ["record.maximum_age"],
            "is 75 beside 74 in criterion I3",
        ),
        (
            "record.completed_on",
            ["record.completed_on", "trial.recruitment_months"],
            "comes before 12 months of recruitment are over",
        ),
    ],
)
def test_a_contradiction_needs_a_row_that_says_what_counts(
    field: str, assumptions: list[str], said: str
) -> None:
    assert found("target", "target") == []
    (fault,) = found("target", "target", *assumptions)
    assert fault[0] == field and said in fault[1]


TENSIONS = {
    "record.objectives[B].text": ("day 166", "day 169", "day 183"),
    "courses[COURSE].every": ("three consecutive months", "every four weeks"),
    "criteria[I10].text": ("six months", "6.4", "6.9"),
    "visits": ("seven study visits", "screening"),
    "record.maximum_age": ("75", "less than 75"),
    "criteria[E12].text": ("EBV alone",),
    "record.completed_on": ("2015-09-30", "2016-05-25", "twelve months"),
    "trial.masked": ("triple",),
}


@pytest.mark.parametrize("field", TENSIONS)
def test_each_tension_of_the_record_is_an_assumption_in_both_languages(field: str) -> None:
    (row,) = [row for row in parse_protocol(IMODALS).protocol.assumptions if row.field == field]
    assert [words for words in TENSIONS[field] if words not in row.reason] == []
    assert row.reason_fr and row.reason_fr != row.reason


def test_the_days_and_months_that_the_rows_name_are_those_of_the_file() -> None:
    protocol = parse_protocol(IMODALS).protocol
    last = protocol.visits[-1]
    planned = 1 + last.offset.value
    assert (planned - last.window.before, planned, planned + last.window.after) == (166, 169, 183)
    last_injection = 1 + 2 * 28 + 4
    assert last_injection + 15 * 7 == planned - last.window.before
    consent = DAY_1 + timedelta(days=protocol.screening.earliest_day)
    months = [
        (DAY_1 + timedelta(days=day - 1) - consent).days / (365.25 / 12) for day in (planned, planned + 14)
    ]
    assert [f"{value:.1f}" for value in months] == ["6.4", "6.9"]


def in_english_alone(*fields: str) -> str:
    """The file with the reasons of these rows as one text."""
    text = IMODALS
    for field in fields:
        row = rf'(field = "{re.escape(field)}"\nreason)\.en( = .*\n)reason\.fr = .*\n'
        text, found = re.subn(row, r"\1\2", text)
        assert found == 1
    return text


def test_reasons_in_english_alone_are_told_where_a_site_works_in_french_and_stop_nothing() -> None:
    text = in_english_alone("numbers", "visits[V5].day")
    assert faults_in(text) == ()
    told = str(untranslated(parse_protocol(text).protocol))
    assert "in English: numbers, visits[V5].day." in told
    assert untranslated(parse_protocol(IMODALS).protocol) is None
    abroad = parse_protocol(text.replace('country = "FR"', 'country = "DE"')).protocol
    assert untranslated(abroad) is None


def test_a_reason_may_stand_in_one_language_or_in_two() -> None:
    protocol = parse_protocol(in_english_alone("numbers", "visits[V5].day")).protocol
    rows = {row.field: row for row in protocol.assumptions}
    assert rows["numbers"].reason_fr == "" and rows["numbers"].reason.startswith("How the trial")
    assert rows["reminders"].reason_fr
    assert found('reason.fr = "Le registre dit triple', 'reason.de = "Dreifach') != []
