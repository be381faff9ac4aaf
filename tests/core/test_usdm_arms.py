"""What an arm gets follows from its type and its elements, never from a word in its label."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.usdm_documents import Json, administration, alias, amount, code, document, draft, lost
from trial.protocol.files import parse_toml

X: Json = {
    "id": "X",
    "name": "Drug X",
    "administrations": [administration("X daily", dose=amount(5, "Milligram"))],
}
Z: Json = {"id": "Z", "name": "Drug Z", "administrations": [administration("Z daily")]}
NOTHING: Json = {"id": "N", "name": "Placebo of Y", "administrations": [administration("N daily")]}
ACTIVE: Json = {"id": "A", "label": "Drug X", "type": code("Active Comparator Arm", "C174267")}


def arm(label: str, kind: str = "", number: str = "") -> Json:
    return {"id": "V", "label": label, **({"type": code(kind, number)} if kind or number else {})}


def of(
    one: Json, *named: str, other: tuple[str, ...] = ("X",), products: tuple[Json, ...] = (X, NOTHING, Z)
) -> Json:
    """The arm V and an active one, with the products that the elements of each name."""
    elements = [
        {"id": "EV", "name": "EV", "studyInterventionIds": list(named)},
        {"id": "EA", "name": "EA", "studyInterventionIds": list(other)},
    ]
    cells = [{"armId": "V", "elementIds": ["EV"]}, {"armId": "A", "elementIds": ["EA"]}]
    return document(
        {"arms": [one, ACTIVE], "elements": elements, "studyCells": cells},
        {"studyInterventions": list(products)},
    )


def drafted(whole: Json) -> tuple[Any, Any]:
    """Product and dose of the arm V."""
    held = parse_toml(draft(whole).text)["arms"][0]["preparations"][0]
    return held["product"], held["dose"]["en"]


PLACEBO = ("Placebo", "No active substance")
UNSAID = ("?", "?")


@pytest.mark.parametrize(
    ("one", "named", "held"),
    [
        (arm("X and placebo of Y", "Active Comparator Arm", "C174267"), ["X"], ("Drug X", "5 mg")),
        (arm("X and placebo of Y", "Active Comparator Arm"), ["X", "N"], UNSAID),
        (arm("Placebo then X", "Experimental Arm", "C174266"), ["X"], ("Drug X", "5 mg")),
        (arm("Placebo then X"), ["X"], ("Drug X", "5 mg")),
        (arm("Control", "Experimental Arm"), ["N"], PLACEBO),
        (arm("Control"), ["N"], PLACEBO),
        (arm("Arm B", "Placebo Comparator Arm"), ["N"], PLACEBO),
        (arm("Arm B", "Comparateur", "C174268"), [], PLACEBO),
        (arm("Matching placebo"), [], PLACEBO),
        (arm("Placebo then X"), [], UNSAID),
        (arm("Placebo"), ["X"], UNSAID),
        (arm("Placebo", "Experimental Arm"), [], UNSAID),
        (arm("Sham", "Sham Comparator Arm"), [], UNSAID),
        (arm("Watched", "Control Arm"), [], UNSAID),
    ],
)  # fmt: skip
def test_an_arm_gets_what_its_type_and_its_elements_say(one: Json, named: list[str], held: object):
    assert drafted(of(one, *named)) == held


@pytest.mark.parametrize(
    "name", ["X and placebo", "Placebo or X", "Non placebo", "No placebo", "X + placebo"]
)
def test_a_name_that_says_more_than_placebo_is_none(name: str):
    assert drafted(of(arm("Control"), "N", products=(X, {**NOTHING, "name": name})))[0] == name


def test_a_product_is_a_placebo_by_its_role():
    role = code("Placebo", "C753")
    assert drafted(of(arm("Control"), "N", products=(X, {**NOTHING, "name": "Capsule", "role": role}))) == (
        PLACEBO
    )


def test_of_a_double_dummy_nothing_is_called_a_placebo_that_is_none():
    left = lost(of(arm("X and placebo of Y", "Active Comparator Arm"), "X", "N", other=("Z",)))
    assert "as its placebo" not in left
    assert "The elements of “X and placebo of Y” name several products" in left


@pytest.mark.parametrize("kind", [("No Intervention Arm", ""), ("Aucune", "C174270"), ("", "")])
@pytest.mark.parametrize("linked", [True, False])
def test_an_arm_without_intervention_is_given_no_product(kind: tuple[str, str], linked: bool):
    one = arm("Watched" if any(kind) else "No treatment", *kind)
    whole = of(one, other=("X",) if linked else (), products=(X,))
    assert drafted(whole) == UNSAID
    why = f"its type is “{kind[0]}”" if kind[0] else "it is called “No treatment”"
    assert f"what “{one['label']}” gets: {why}; no product and no dose is drafted for it" in lost(whole)
    row = next(
        row for row in parse_toml(draft(whole).text)["assumptions"] if row["field"].startswith("arms[")
    )
    assert row["status"] == "open" and "No product is drafted for the arm" in row["reason"]


def test_an_arm_without_intervention_whose_elements_name_a_product_is_left_to_a_person():
    whole = of(arm("Watched", "No Intervention Arm"), "X", other=())
    assert drafted(whole) == UNSAID
    assert "its type is “No Intervention Arm”, and its elements name “Drug X”; no product" in lost(whole)
    assert "the product “Drug X”: what “Watched” gets is left to a person" in lost(whole)
    assert "the dose 5 mg of “Drug X”, “X daily”: what “Watched” gets is left to a person" in lost(whole)


def test_a_placebo_arm_that_gets_a_medicine_beside_it_says_so():
    left = lost(of(arm("Add-on", "Placebo Comparator Arm"), "N", "Z"))
    assert "the product “Drug Z”: one drug is drafted" in left
    assert "“Add-on” gets it beside others, and is drafted with “Placebo” alone" in left
    assert "its elements name “Drug Z”; “Placebo” without active substance is drafted" in left


def test_nobody_is_given_the_only_product_where_that_is_a_placebo():
    assert drafted(of(arm("Watched", "Experimental Arm"), other=(), products=(NOTHING,))) == UNSAID


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        (amount(10), "the dose 10 (no unit) of “Drug X”, “D”: its unit is missing"),
        (amount(0, "Milligram"), "the dose 0 milligram of “Drug X”, “D”: it is nought"),
        (amount(0), "“D”: it is nought, and its unit is missing"),
        (amount(-1, "Milligram"), "“D”: it is less than nought"),
        (amount(None, "Milligram"), "the dose of “Drug X”, “D”: it has no number"),
        ({"quantity": {"value": 10, "unit": None}}, "“D”: its unit is missing"),
        ({"quantity": {"unit": alias("Gram")}}, "the dose of “Drug X”, “D”: it has no number"),
    ],
)
def test_of_a_dose_that_stands_in_no_arm_the_true_reason_is_said(dose: Json, said: str):
    rows = {**X, "administrations": [administration("D", dose=dose)]}
    whole = of(arm("High", "Experimental Arm"), "X", products=(rows,))
    assert drafted(whole) == ("Drug X", "?")
    assert said in lost(whole) and "no arm's elements" not in lost(whole)


def test_a_dose_of_a_placebo_is_not_said_to_lead_nowhere():
    rows = {**NOTHING, "administrations": [administration("D", dose=amount(1, "Milliliter"))]}
    said = "the dose 1 mL of “Placebo of Y”, “D”: “Control” is a placebo arm, and is drafted without active"
    assert said in lost(of(arm("Control"), "N", products=(X, rows)))
