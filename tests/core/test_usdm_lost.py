"""What a draft does not hold is listed by name, and nothing is listed that is not so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.usdm_documents import (
    DESIGN,
    Json,
    administration,
    alias,
    amount,
    code,
    document,
    draft,
    instance,
    lost,
    planned,
    scheduled,
)
from trial.protocol.files import parse_toml

PRODUCTS = [
    {"id": "X", "name": "Drug X", "administrations": [administration("X daily")]},
    {"id": "Y", "name": "Drug Y",
     "administrations": [administration("Y weekly", "Weekly", 4, "Week", dose=amount(5, "Milligram"))]},
]  # fmt: skip
ARMS: list[Json] = DESIGN["arms"]
COHORT: Json = {
    "id": "K",
    "name": "Adults",
    "criterionIds": ["c1", "c2"],
    "plannedEnrollmentNumber": amount(12),
}
CONDITION: Json = {"id": "Z", "name": "COND", "text": "Only if diabetic"}

LEFT: list[tuple[str, Json, str]] = [
    (
        "a second product",
        document(version={"studyInterventions": PRODUCTS}),
        "the product “Drug Y”: one drug",
    ),
    (
        "its administration",
        document(version={"studyInterventions": PRODUCTS}),
        "the administration “Y weekly” (5 mg, weekly): one course is drafted",
    ),
    (
        "a device",
        document(version={"medicalDevices": [{"id": "M", "name": "Pen"}]}),
        "the medical device “Pen”: a protocol file has no place",
    ),
    ("a cohort", planned(cohorts=[COHORT]), "the cohort “Adults”, 12 planned, 2 criteria of its own"),
    (
        "a condition",
        document(version={"conditions": [CONDITION]}),
        "the condition “Only if diabetic”: what is",
    ),
    (
        "a condition on an arm",
        document(version={"conditions": [{**CONDITION, "appliesToIds": ["A"]}]}),
        "the condition “Only if diabetic” on “Active”",
    ),
    (
        "a condition on what is gone",
        document(version={"conditions": [{**CONDITION, "contextIds": ["gone"]}]}),
        "on “gone”",
    ),
    (
        "a condition of USDM 4 drafts",
        document({"conditions": [CONDITION]}),
        "the condition “Only if diabetic”",
    ),
    (
        "an arm for a cohort",
        document(
            {"arms": [ARMS[0], {**ARMS[1], "populationIds": ["K"]}], "population": {"cohorts": [COHORT]}}
        ),
        "the arm “Active” is for “Adults” only",
    ),
    (
        "an observational design",
        document({"instanceType": "ObservationalStudyDesign"}),
        "an observational design",
    ),
    (
        "an observational type",
        document({"studyType": code("Observational Study")}),
        "an observational design",
    ),
    ("one arm", document({"arms": ARMS[:1]}), "one arm only, or none: nobody is randomised"),
    ("no arm", document({"arms": []}), "one arm only, or none: nobody is randomised"),
    ("a crossover", document({"model": code("Crossover Study")}), "the model “Crossover Study”"),
    ("a single group", document({"model": code("Single Group Study")}), "the model “Single Group Study”"),
    (
        "specimens",
        document({"biospecimenRetentions": [{"id": "B"}]}),
        "the design's biospecimen retentions (1)",
    ),
    (
        "an unknown key",
        document(version={"fooBar": {"x": 1}}),
        "the version's foo bar: a protocol file has no",
    ),
    ("an unknown key of the design", document({"fooBar": "x"}), "the design's foo bar"),
    (
        "a role",
        document(version={"roles": [{"code": code("Medical Expert"), "assignedPersons": [{}]}]}),
        "the role “Medical Expert” (1 person): only the sponsor is named",
    ),
    (
        "another title",
        document(
            version={
                "titles": [
                    {"text": "Long", "type": code("Official Study Title")},
                    {"text": "Short", "type": code("Brief Study Title")},
                ]
            }
        ),
        "the brief study title “Short”: a protocol file has one title",
    ),
    (
        "a language",
        document()
        | {"study": document()["study"] | {"documentedBy": [{"id": "W", "language": code("Spanish", "es")}]}},
        "the language, Spanish: its words stand under `en`",
    ),
    (
        "a rule",
        document({"elements": [{"id": "E", "transitionStartRule": {"text": "Randomised"}}]}),
        "1 rule of when an element or a visit begins or ends: “Randomised”",
    ),
    (
        "a call",
        document({"encounters": [{"id": "E", "label": "Week 8", "contactModes": [code("Telephone Call")]}]}),
        "how 1 visit may be held other than in person: “Week 8”",
    ),
    (
        "another timeline",
        document({"scheduleTimelines": [*DESIGN["scheduleTimelines"], {"id": "T2", "name": "Unscheduled"}]}),
        "the timeline “Unscheduled”",
    ),
    (
        "a timeline within",
        scheduled([instance("D1", timelineId="T2")], []),
        "the timeline that “Visit D1” runs through",
    ),
    (
        "a second sponsor",
        document(version={"roles": [{"code": code("Sponsor"), "organizationIds": ["O1", "R"]}]}),
        "the sponsor “ClinicalTrials.gov”: a protocol file names one",
    ),
    (
        "an activity that is gone",
        scheduled([instance("D1", activityIds=["gone"])], []),
        "names activities that the design does not have: gone",
    ),
]


@pytest.mark.parametrize(("of", "words"), [row[1:] for row in LEFT], ids=[row[0] for row in LEFT])
def test_what_is_left_is_listed(of: Json, words: str):
    assert words in lost(of)
    assert f"# - {lost(of).splitlines()[0]}" in draft(of).text


def test_nothing_is_listed_that_the_document_does_not_have():
    """Of a plain document: its unlinked doses, its chain, its gap, and one visit without a day."""
    assert sorted(line.split(":")[0] for line in draft(document()).lost) == [
        "the window of “Visit M3”",
        "what 1 criterion fills in from elsewhere",
        "which arm gets which dose",
        "“Visit LOST”",
        "“Visit N” follows “Visit W2” (after, P3D)",
    ]


def test_several_versions_and_designs_are_named_and_the_version_is_open():
    of = document(version={"studyDesigns": [DESIGN, {**DESIGN, "id": "D2", "name": "Extension"}]})
    of["study"]["versions"].append({"versionIdentifier": "4"})
    assert "1 of 2 versions of the study: only 3 is read" in lost(of)
    assert "1 of 2 designs, “Extension”: only the first, “Design”, is read" in lost(of)
    rows = {row["field"]: row for row in parse_toml(draft(of).text)["assumptions"]}
    assert rows["trial.version"]["reason"] == "The document holds the versions 3, 4 and 2 designs."


def test_only_what_the_design_names_is_given_in_it():
    of = document({"studyInterventionIds": ["Y"]}, {"studyInterventions": PRODUCTS})
    assert said_of("Drug X", of) == f"{SECOND}. The design that is drafted does not name it"
    assert "the product “Drug Y”" not in lost(of)
    assert "Y weekly" in next(
        row["reason"]
        for row in parse_toml(draft(of).text)["assumptions"]
        if row["field"] == "courses[COURSE]"
    )


@pytest.mark.parametrize(
    "design",
    [
        {"instanceType": "ObservationalStudyDesign"},
        {"arms": ARMS[:1]},
        {"arms": []},
        {"model": code("Crossover")},
    ],
)
def test_a_design_that_is_no_parallel_comparison_is_open_at_its_arms(design: dict[str, Any]):
    rows = parse_toml(draft(document(design)).text)["assumptions"]
    assert "arms" in {row["field"] for row in rows}


def test_routes_that_differ_are_left_to_a_person_and_named():
    rows = [administration("a", route=alias("Oral")), administration("b", route=alias("Subcutaneous"))]
    of = document(version={"studyInterventions": [{"id": "X", "name": "Drug", "administrations": rows}]})
    data = parse_toml(draft(of).text)
    assert data["drugs"][0]["route"]["en"] == "?"
    reasons = [row["reason"] for row in data["assumptions"] if row["field"] == "drugs[STUDY]"]
    assert reasons[0].endswith("the document says: Oral, Subcutaneous.")


# products


SECOND = "one drug is drafted; a second has its own [[drugs]] and [[courses]]"


def said_of(product: str, of: Json) -> str:
    """What the list says of a product; empty where it does not name it, an error where it does twice."""
    found = [line for line in draft(of).lost if line.startswith(f"the product “{product}”: ")]
    assert len(found) < 2
    return found[0].partition(": ")[2] if found else ""


def given(*named: list[str], interventions: list[Json] = PRODUCTS, **design: Any) -> Json:
    """Two arms, P and A, whose elements name these products; no element where nothing is named."""
    elements = [{"id": f"E{i}", "name": f"E{i}", "studyInterventionIds": ids} for i, ids in enumerate(named)]
    cells = [{"armId": "PA"[i], "elementIds": [f"E{i}"]} for i in range(len(named))]
    return document(
        {"elements": elements, "studyCells": cells, **design}, {"studyInterventions": interventions}
    )


@pytest.mark.parametrize(
    ("of", "first", "second"),
    [
        (given(), f"{SECOND}. No element of an arm names it", f"{SECOND}. No element of an arm names it"),
        (given([], ["X"]), "", f"{SECOND}. No element of an arm names it"),
        (given([], ["Y"]), f"{SECOND}. No element of an arm names it", ""),
        (given([], ["X", "Y"]), *[f"{SECOND}. The elements of “Active” name several products"] * 2),
        (given(["X"], ["Y"]), "“Placebo” gets it as its placebo, and the draft calls that “Placebo”", ""),
        (given(["X"], ["X"], studyCells=[]), f"{SECOND}. Its element belongs to no arm",
         f"{SECOND}. No element of an arm names it"),
        (given(arms=ARMS[:1]), *[f"{SECOND}. Every arm is called a placebo"] * 2),
        (given(["X"], ["Y"], arms=[{"id": "P", "name": "One"}, {"id": "A", "name": "Two"}]), "", ""),
        (given(interventions=PRODUCTS[:1]), "", ""),
    ],
)  # fmt: skip
def test_every_product_stands_in_an_arm_or_in_the_list_with_why(of: Json, first: str, second: str):
    assert (said_of("Drug X", of), said_of("Drug Y", of)) == (first, second)
    products = {row["preparations"][0]["product"] for row in parse_toml(draft(of).text)["arms"]}
    assert {f"Drug {name}" for name, why in (("X", first), ("Y", second)) if not why} >= products - {
        "Placebo",
        "?",
    }


def test_each_of_many_products_is_named():
    rows = [{"id": f"Q{number}", "name": f"Drug {number}"} for number in range(7)]
    of = given([], ["Q3"], interventions=rows)
    assert [number for number in range(7) if said_of(f"Drug {number}", of)] == [0, 1, 2, 4, 5, 6]


def test_a_product_that_is_only_named_is_listed_as_missing():
    of = given([], ["gone"], studyInterventionIds=["X", "lost"])
    assert said_of("gone", of) == "the element “E1” names it, and the document does not have it"
    assert said_of("lost", of) == "the design names it, and the document does not have it"


def dosed(name: str, value: object = 5, unit: str | None = "Milligram", **more: object) -> Json:
    return administration(name, dose=amount(value, unit), **more)


def test_of_several_doses_of_one_product_each_is_listed():
    rows = [dosed("Loading", 10), dosed("Then", 5)]
    of = given([], ["X"], interventions=[{"id": "X", "name": "Drug X", "administrations": rows}])
    assert "the dose 10 mg of “Drug X”, “Loading”: no arm's elements lead to it alone" in lost(of)
    assert "the dose 5 mg of “Drug X”, “Then”: no arm's elements lead to it alone" in lost(of)
    assert "the administration “Then” (5 mg, daily): one course is drafted" in lost(of)


@pytest.mark.parametrize(
    ("row", "listed"), [(dosed("One"), ""), (dosed("One", 10, None), "10 (no unit)"), (administration(), "")]
)
def test_a_dose_that_stands_in_the_arm_is_not_listed(row: Json, listed: str):
    of = given([], ["X"], interventions=[{"id": "X", "name": "Drug X", "administrations": [row]}])
    assert ("the dose" in lost(of)) == bool(listed) and listed in lost(of)


@pytest.mark.parametrize("where", ["version", "design", "administration"])
def test_what_is_administered_is_listed_by_name_wherever_it_is_kept(where: str):
    held = {"id": "M", "name": "Xiline patch"}
    link = {"administrableProduct": held} if where == "administration" else {"administrableProductId": "M"}
    rows = [{"id": "X", "name": "Drug X", "administrations": [dosed("One", **link)]}]
    of = given([], ["X"], interventions=rows)
    inner = of["study"]["versions"][0]
    if where != "administration":
        (inner if where == "version" else inner["studyDesigns"][0])["administrableProducts"] = [held]
    of_it = "" if where == "administration" else " of “One”"
    assert f"the administrable product “Xiline patch”{of_it}: a protocol file has no place" in lost(of)


def test_what_is_administered_and_nowhere_held_is_listed():
    link = {"administrableProductId": "M", "medicalDeviceId": "N"}
    rows = [{"id": "X", "name": "Drug X", "administrations": [dosed("One", **link)]}]
    left = lost(given([], ["X"], interventions=rows))
    assert "the administrable product “M”: an administration names it, and the document does not" in left
    assert "the medical device “N”: an administration names it, and the document does not" in left
