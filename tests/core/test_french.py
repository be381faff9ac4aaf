"""Amounts and spaces in French: the comma, the units, and what stays beside what."""

from __future__ import annotations

import pytest

from trial.core.french import french_amount, french_spaces


@pytest.mark.parametrize(
    ("said", "french"),
    [
        ("0.5 mL", "0,5\u00a0mL"),
        ("2 MIU/mL", "2\u00a0MUI/mL"),
        ("1.25 MIU (1.25 million)", "1,25\u00a0MUI (1,25 million)"),
        ("500 IU", "500\u00a0UI"),
        ("5 µg/kg", "5\u00a0µg/kg"),
        ("Glucose 5 %", "Glucose 5\u00a0%"),
        ("IL2-1MIU", "IL2-1MIU"),
        ("Sans substance active. Fin", "Sans substance active. Fin"),
    ],
)
def test_an_amount_is_written_as_in_a_french_hospital(said: str, french: str) -> None:
    assert french_amount(said) == french


def test_no_line_ends_between_a_word_and_the_mark_behind_it() -> None:
    said = french_spaces("Rien ne presse ; est-ce vrai ? « Oui » : à 10:30, voir [a] : b")
    assert said == (
        "Rien ne presse\u202f; est-ce vrai\u202f? «\u00a0Oui\u00a0»\u00a0: à 10:30, voir [a]\u00a0: b"
    )
    assert french_spaces(said) == said
