"""A draft is a draft: what nobody has said yet stops a file, with its line, until a person has said it."""

from __future__ import annotations

import pytest

from tests.core.planted_faults import MIROCALS
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


@pytest.mark.parametrize("word", ["Todos", "Tbilisi", "Xi'an", "L’Haÿ-les-Roses", "Nice"])
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
    assert faults(planted('text.en = "Refuses', 'text.en = "[x] Refuses? Refuses')) == []


@pytest.mark.parametrize(
    "name",
    ["Montpellier ?", "What?", "Montpellier TBD", "tbc, Montpellier", "XXX", "CHU de XXXX", "n/a", "N/A", "-",
     "Montpellier (à compléter)", "Montpellier, à définir", "Montpellier…", "unknown", "Inconnu", "____",
     "to be confirmed", "Lorem ipsum", "??? Montpellier", "Montpellier (?)", "{{ city }}",
     "none", "na", "xx", "<city>", "[ville]", "Montpellier (to confirm)", "Montpellier, à vérifier", "aucun"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("words", "field"),
    [
        ('city = "Montpellier"', "sites[01].city"),
        ('sponsor = "CHU de Nîmes"', "trial.sponsor"),
        ('affiliation = "CHRU de Montpellier"', "record.director.affiliation"),
    ],
)
def test_a_name_holds_no_placeholder(name: str, words: str, field: str) -> None:
    (told,) = faults(planted(words, f'{words.split(" = ")[0]} = "{name}"'))
    assert told[0] == field and "nobody has said" in told[1]


@pytest.mark.parametrize("name", ["0", "12345", "--", "…", "__"])
def test_a_place_and_a_person_have_letters_and_a_sponsors_number_need_not(name: str) -> None:
    for words, field in (
        ('city = "Montpellier"', "sites[01].city"),
        ('name = "Raul Juntas-Morales, MD"', "record.director.name"),
    ):
        (told,) = faults(planted(words, f'{words.split(" = ")[0]} = "{name}"'))
        assert told[0] == field
    assert faults(planted('sponsor = "LOCAL/2014/WC-01"', 'sponsor = "20070337"')) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Aged ? years or more."), ("en", "At least ? mg a day."), ("en", "n/a"), ("en", "XXX"),
     ("en", "Refuses (?) the consent."), ("en", "Refuses [TBC] the consent."),
     ("en", "Limit: to be defined"), ("en", "Refuses TBD."), ("fr", "Au moins ? ans."), ("fr", "À préciser."),
     ("fr", "Refuse (à compléter)."), ("fr", "Seuil : à définir"), ("fr", "Sans objet"),
     ("en", "None"), ("fr", "Au plus ? mg par jour.")],
)  # fmt: skip
def test_a_criterion_holds_no_placeholder(language: str, words: str) -> None:
    at = {
        "en": 'text.en = "Refuses to sign the consent."',
        "fr": 'text.fr = "Refuse de signer le consentement."',
    }
    (told,) = faults(planted(at[language], f'text.{language} = "{words}"'))
    assert told[0] == f"criteria[E5].text.{language}" and "nobody has said" in told[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Is the person pregnant?"), ("en", "Is the person pregnant ?"), ("en", "Active TBC or HIV."),
     ("en", "Has a 47,XXX karyotype."), ("en", "Fills in the questionnaire to be completed at home."),
     ("en", "Refuses… or hesitates."), ("fr", "La personne est-elle enceinte ? Allaite-t-elle ?"),
     ("fr", "Enceinte ? si oui, préciser."), ("fr", "Refuse le carnet à compléter chaque jour."),
     ("fr", "Traitement à définir par le médecin.")],
)  # fmt: skip
def test_a_true_sentence_or_question_is_no_placeholder(language: str, words: str) -> None:
    at = {
        "en": 'text.en = "Refuses to sign the consent."',
        "fr": 'text.fr = "Refuse de signer le consentement."',
    }
    assert faults(planted(at[language], f'text.{language} = "{words}"')) == []


@pytest.mark.parametrize("key", ["en", "fr"])
@pytest.mark.parametrize(
    "name", ["Blood samples ?", "Blood samples (à compléter)", "Samples, TBC", "XXX", "…"]
)
def test_a_label_and_a_procedure_hold_no_placeholder(key: str, name: str) -> None:
    both = {"en": "Slow vital capacity", "fr": "Capacité vitale lente"}
    good = 'name = {{ en = "{en}", fr = "{fr}" }}'
    (told,) = faults(planted(good.format(**both), good.format(**both | {key: name})))
    assert told[0] == f"visits[V1].procedures[2].name.{key}"
    label = 'label = { en = "Course", fr = "Cure" }'
    (told,) = faults(planted(label, label.replace('"Course"' if key == "en" else '"Cure"', f'"{name}"')))
    assert told[0] == f"courses[COURSE].label.{key}"


def test_what_does_not_apply_may_be_a_level_of_a_stratum() -> None:
    level = 'label = { en = "Bulbar", fr = "Bulbaire" }'
    assert level in MIROCALS
    assert faults(MIROCALS.replace(level, 'label = { en = "n/a", fr = "n/a" }', 1)) == []


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
