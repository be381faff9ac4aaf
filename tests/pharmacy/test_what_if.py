"""The what-if page: designs compared for the unblinded statistician, and for nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from django.test import Client

from randomization.core.design_file import Plan
from randomization.sealed.comparing.what_if import what_if
from randomization.sealed.comparing.work import plan_as_json, plan_from_json
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role

QUESTION = {
    "blocks": "3, 6, 9\n6 cut",
    "others": ["complete", "big_stick"],
    "max_range": 3,
    "runs": 50,
    "seed": 7,
}


@pytest.fixture
def page(world: TrialFixture, enter: Callable[[Delegation], Client]) -> Client:
    return enter(world.person(Role.UNBLINDED_STATISTICIAN, "stat.one"))


def test_the_page_starts_with_the_recommended_design(page: Client) -> None:
    html = page.get("/what-if/").content.decode()
    assert "3, 6, 9\n6\n12" in html
    assert '<svg class="bar"' not in html


def test_four_designs_are_shown_as_table_and_bars(page: Client, world: TrialFixture) -> None:
    answer = page.post("/what-if/", QUESTION)
    html = answer.content.decode()
    protocol = world.trial.protocol_version.protocol
    found = what_if(protocol, Plan(block_sizes=(3, 6, 9)), runs=50, seed=7).overall
    assert answer.status_code == 200
    assert html.count('<svg class="bar"') == 8
    assert f"{100 * found.guessed.mean:.1f} %" in html
    for name in ("Blocks of 3, 6, 9", "Blocks of 6, cut", "Complete", "Big stick, range up to 3"):
        assert html.count(f">{name}<") == 3  # two charts and the table


RESTRICTED = QUESTION | {
    "blocks": "",
    "others": ["efron", "block_urn", "maximal"],
    "sets": 2,
    "probability": "4/5",
    "max_range": 4,
}


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "en-gb",
            ("Efron&#x27;s coin, 4/5", "Block urn of 2 times the ratio", "Maximal procedure, range up to 4"),
        ),
        ("fr", ("Pièce d’Efron, 4/5", "Urne par blocs, 2 fois le ratio", "Procédure maximale, étendue")),
    ],
)
def test_the_restricted_methods_are_compared_with_their_parameters(
    page: Client, world: TrialFixture, language: str, names: tuple[str, ...]
) -> None:
    html = page.post("/what-if/", RESTRICTED, headers={"Accept-Language": language}).content.decode()
    found = what_if(world.trial.protocol_version.protocol, Plan("block_urn", sets=2), runs=50, seed=7).overall
    assert all(name in html for name in names)
    figures = (found.guessed, found.knowing, found.greatest, found.certain)
    if language == "en-gb":
        assert all(f"{100 * figure.mean:.1f} %" in html for figure in figures if figure)


def test_a_question_with_these_methods_survives_being_kept() -> None:
    """As long work its parameters go into a box and come back; a question from before they were has none."""
    plans = [
        Plan("efron", probability=Fraction(2, 3)),
        Plan("block_urn", sets=2),
        Plan("maximal", max_range=3),
        Plan(block_sizes=(3, 6)),
    ]
    kept = [json.loads(json.dumps(plan_as_json(plan))) for plan in plans]
    assert [plan_from_json(data) for data in kept] == plans
    old = {name: kept[3][name] for name in ("method", "block_sizes", "exact", "max_range", "alpha", "beta")}
    assert plan_from_json(old) == plans[3]


def test_nothing_is_left_but_the_page(page: Client) -> None:
    """No address holds the design, so no log does."""
    assert page.post("/what-if/", QUESTION).request["QUERY_STRING"] == ""
    assert "3, 6, 9 cut" not in page.get("/what-if/").content.decode().split("<form")[0]


BAD = [
    ({"blocks": "3; six"}, "“3; six” is no row of sizes"),
    ({"blocks": "4", "others": []}, "Blocks of 4: block_sizes has 4, which is no multiple of 3"),
    ({"blocks": "", "others": []}, "Name at least one design."),
    ({"blocks": "3\n" * 13}, "at most 12 designs"),
    ({"runs": 1_000_000}, "at most 416666 trials here. For more, use the command manage.py simulate"),
    ({"others": ["minimization"], "blocks": ""}, "the protocol has no strata"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD)
def test_what_cannot_be_simulated_is_said(page: Client, change: dict[str, object], sentence: str) -> None:
    answer = page.post("/what-if/", QUESTION | change)
    assert answer.status_code == 422
    assert sentence in re.sub(r"\s+", " ", answer.content.decode())


def test_a_design_that_fails_does_not_hide_the_others(page: Client) -> None:
    html = page.post("/what-if/", QUESTION | {"blocks": "4"}).content.decode()
    assert "no multiple of 3" in html
    assert ">Complete<" in html


def test_in_french_a_design_that_fails_says_so_in_french(page: Client) -> None:
    question = QUESTION | {"blocks": "4", "others": ["one_block"]}
    html = page.post("/what-if/", question, headers={"Accept-Language": "fr"}).content.decode()
    assert "Un bloc de 4 n’est pas un multiple de 3, la somme du ratio." in html
    assert "no multiple" not in html


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.INVESTIGATOR])
def test_nobody_else_may_compare(
    world: TrialFixture, enter: Callable[[Delegation], Client], role: Role
) -> None:
    assert enter(world.person(role, f"somebody-{role}")).post("/what-if/", QUESTION).status_code == 403


def test_the_page_speaks_french(page: Client, world: TrialFixture) -> None:
    page.cookies["django_language"] = "fr"
    html = page.post("/what-if/", QUESTION, headers={"Accept-Language": "fr"}).content.decode()
    for words in (
        "Comparer des plans",
        "Bras devinés juste",
        "Blocs de 3, 6, 9",
        "Étendue finale",
        "Le trait marque 33,3",
    ):
        assert words in html


def test_a_large_block_is_asked_about_and_simulated_once_it_is_confirmed(page: Client) -> None:
    question = QUESTION | {"blocks": "3, 36", "runs": 20}
    for ticked in ({}, {"confirm-blocks": "3"}):
        answer = page.post("/what-if/", question | ticked)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert "A block of 36, where the ratio adds up to 3. Is it right?" in html
        assert 'name="confirm-blocks"' in html and '<svg class="bar"' not in html
    answer = page.post("/what-if/", question | {"confirm-blocks": "36"})
    assert answer.status_code == 200 and "Blocks of 3, 36" in answer.content.decode()
