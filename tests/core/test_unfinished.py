"""A draft is a draft: what nobody has said yet stops a file, with its line, until a person has said it."""

from __future__ import annotations

import pytest

from tests.faulty_files import GOOD
from trial.protocol.files import UnreadableProtocol, parse_protocol
from trial.protocol.judging import faults_in


def faults(text: str) -> list[tuple[str, str]]:
    """Field and English sentence of everything that stops a text."""
    try:
        found = faults_in(text)
    except UnreadableProtocol as refused:
        found = refused.faults
    return [(fault.field, str(fault.message)) for fault in found]


def planted(words: str, unsaid: str) -> str:
    assert words in GOOD
    return GOOD.replace(words, unsaid, 1)


@pytest.mark.parametrize(
    ("words", "unsaid", "field"),
    [
        ('city = "Montpellier"', 'city = " ? "', "sites[01].city"),
        ("target = 36", 'target = "?"', "trial.target"),
        ('country = "FR"', 'country = "?"', "sites[01].holidays.country"),
        ('zone = "Europe/Paris"', 'zone = "?"', "sites[01].zone"),
        ("days = [1, 2, 3, 4, 5]", 'days = "?"', "courses[COURSE].days"),
        ("from_day = -28", 'from_day = "?"', "screening.from_day"),
        ('volume_ml = "0.5"', 'volume_ml = "?"', "arms[PLACEBO].preparations[STUDY].volume_ml"),
        ('text.fr = "Refuse de signer le consentement."', 'text.fr = "?"', "criteria[E5].text.fr"),
    ],
)
def test_an_unknown_value_is_one_fault_of_its_own_whatever_belongs_there(
    words: str, unsaid: str, field: str
) -> None:
    assert [row for row in faults(planted(words, unsaid)) if row[0] == field] == [
        (field, "is “?”: nobody has said it yet. Write what the protocol says, and answer its row in "
         "[[assumptions]].")
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["?", "??", "…", "...", "TBD", "tbc", "Todo", "à compléter", " FIXME "])
def test_the_other_words_for_not_known_are_known(word: str) -> None:
    (told,) = faults(planted('city = "Montpellier"', f'city = "{word}"'))
    assert told == ("sites[01].city", told[1]) and f"is “{word.strip()}”: nobody" in told[1]


@pytest.mark.parametrize("word", ["Todos", "What?", "Tbilisi", "n/a", "-"])
def test_a_word_that_only_looks_like_one_is_taken(word: str) -> None:
    assert faults(planted('city = "Montpellier"', f'city = "{word}"')) == []


def test_of_an_unknown_dose_only_that_is_told() -> None:
    """A judge that reads doses would name the same place for another reason."""
    (told,) = faults(planted('concentration = "2 MIU/mL"', 'concentration = "?"'))
    assert "nobody has said it yet" in told[1]


def test_every_unknown_value_is_told_at_once_also_beside_a_fault_of_shape() -> None:
    text = planted("target = 36", 'target = "?"').replace('city = "Montpellier"', 'city = "?"', 1)
    assert [field for field, _ in faults(text)] == ["trial.target", "sites[01].city"]


def test_a_question_mark_within_a_sentence_is_no_gap() -> None:
    assert faults(planted('text.en = "Refuses', 'text.en = "[x] Refuses? (?) Refuses')) == []


@pytest.mark.parametrize(("status", "stops"), [("open", True), ("answered", False), ("done", True)])
def test_an_assumption_is_open_until_it_is_answered(status: str, stops: bool) -> None:
    text = planted('field = "trial.version"', f'field = "trial.version"\nstatus = "{status}"')
    assert [field for field, _ in faults(text)] == ["assumptions[0].status"] * stops


def test_a_row_whose_value_is_still_unknown_is_told_once_and_again_when_the_value_is_there() -> None:
    row = '[[assumptions]]\nfield = "sites[01]"\nreason = "Chosen."\nstatus = "open"\n'
    assert [field for field, _ in faults(planted('city = "Montpellier"', 'city = "?"') + row)] == [
        "sites[01].city"
    ]
    (told,) = faults(GOOD + row)
    assert "“sites[01]” is still open" in told[1]


def test_the_number_that_earlier_drafts_invented_is_no_number() -> None:
    assert [field for field, _ in faults(GOOD.replace("NCT02059759", "NCT00000000").replace(
        "nct02059759", "nct00000000"))] == ["trial.key", "trial.identifiers.nct"]  # fmt: skip


def test_what_is_open_stands_in_the_protocol_that_is_read() -> None:
    text = planted('field = "trial.version"', 'field = "trial.version"\nstatus = "open"')
    assert [row.open for row in parse_protocol(text).protocol.assumptions[:2]] == [True, False]
