"""What finds bad French, seen red: one planted sentence for each kind of fault, and good ones beside it."""

from __future__ import annotations

import pytest

from tests.french import FAULTS, faults_in, faults_on

PLANTED = {
    "plural of 0 or 1": ("0 réponses", "1 réponses sur 1", "1 faites", "0 jours", "<b>1</b> jours de retard"),
    "singular of more": ("2 jour de retard", "72 faite", "12 flacon présent"),
    "plural in brackets": ("3 jour(s)", "prévu(e)"),
    "first of a month": ("le 1 décembre", "lun. 1 déc. 2026"),
    "decimal point": ("0.5 mL", "0.5\u00a0mL", "12.5 %"),
    "English unit": ("2 MIU/mL", "500 IU"),
    "short month": ("7 jui 2026", "7 déc 2026", "le 12 oct"),
    "month in capitals": ("7 Décembre", "7 Juil. 2026"),
    "short weekday": ("lun 7 déc.", "Mar 8"),
    "two full stops": ("le 7 déc..",),
    "plain space": ("Rien ; plus", "Vrai ?", "Lot : A1", "« Oui »"),
    "no space": ("Rien; plus", "Lot: A1", "vrai? Oui"),
    "wrong word": ("Décès ou perte de vue", "À emporter", "retard 1 jour"),
}
GOOD = (
    "0 réponse, 1 réponse sur 1, 2 réponses sur 3, 72 faites · 1 mois · 2 fois · 0 à évaluer",
    "jour 2 faite, jour 1 faite · cure 1, jour 2 · Page 1 sur 3 · 1 sur 9 · IM-0101-0 · 08:31 · R-58213",
    "mardi 1er décembre 2026, mar. 1er déc. 2026, 12–16 juil., 7 mars, 7 mai 2026, 7 juin, 7 août",
    "0,5\u00a0mL à 2\u00a0MUI/mL (Interleukine-2, 1\u00a0MUI par jour) · IL2-1MIU · version 2.1",
    "Rien\u202f; vrai\u202f? «\u00a0Oui\u00a0»\u00a0: non… https://exemple.org : ".rstrip(": "),
    "<p>Cure 1</p><p>jours 1 à 5</p><td>0</td><td>jours</td>",
)


def test_every_kind_of_fault_is_planted() -> None:
    assert PLANTED.keys() == FAULTS.keys()


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_is_found(kind: str) -> None:
    for said in PLANTED[kind]:
        assert [found for found in faults_on(f"<p>{said}</p>") if found.startswith(f"{kind}:")], said


@pytest.mark.parametrize("said", GOOD)
def test_good_french_has_no_fault(said: str) -> None:
    assert faults_on(f"<div>{said}</div>") == set()


def test_plain_text_is_judged_as_well() -> None:
    assert faults_in("Votre rendez-vous du mardi 1 décembre 2026") == {
        "first of a month: tre rendez-vous du mardi 1 décembre 2026"
    }
