"""Every action that an entry may have has words, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.utils.translation import override

from tests.lanes import TESTS
from trial.pages.trail import role_in_words
from trial.wording.acts import SEALED_WORDS, act_in_words
from trial.wording.acts import WORDS as BOTH

ROOT = TESTS.parent
CALLED = re.compile(r"record|note|enter|announce|_act|append|replan|refuse|fail|turn|moved", re.IGNORECASE)
"""Names of functions that write entries, or hand an action on to one that does."""
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
OTHER = {"record.started_on", "limits.max_days_to_first_injection"}
"""What looks like an action, and names a field of a protocol file."""
MADE = {
    "list": {"checked", "sealed", "activated", "exhausted", "closed"},
    "stock": {"received", "quarantined", "freed", "destroyed"},
    "reminder": {"sent", "skipped", "overdue", "failed"},
}
"""Actions whose second half is a value: the first half, and every value."""
WORDS = BOTH | SEALED_WORDS
TURNS = {"log_in", "confirm", "second_factor", "enrolment_code"}
"""What is tried: each fails, or comes too soon."""


def calls() -> Iterator[ast.Call]:
    """Every call in the product's code of a function that may write an entry."""
    for house in ("trial", "randomization", "dosing"):
        for file in (ROOT / house).rglob("*.py"):
            if "migrations" not in file.parts:
                for node in ast.walk(ast.parse(file.read_text())):
                    if isinstance(node, ast.Call) and CALLED.search(name_of(node.func)):
                        yield node


def name_of(function: ast.expr) -> str:
    return getattr(function, "attr", None) or getattr(function, "id", "")


def said_in(call: ast.Call) -> Iterator[str]:
    """The actions that stand in a call; of one that is put together, the first half and a star."""
    for argument in (*call.args, *(word.value for word in call.keywords if word.arg in {None, "action"})):
        options = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        for option in options:
            if isinstance(option, ast.Constant) and isinstance(option.value, str):
                yield option.value
            if isinstance(option, ast.JoinedStr) and isinstance(option.values[0], ast.Constant):
                yield f"{option.values[0].value}*"


def actions() -> set[str]:
    """Every action that the code can write."""
    said = {one for call in calls() for one in said_in(call)}
    made = {f"{half}.{value}" for half, values in MADE.items() for value in values}
    turns = {f"{what}.{how}" for what in TURNS for how in ("failed", "too_soon")}
    return {one for one in said if ACTION.fullmatch(one)} - OTHER | made | turns


def test_every_action_has_words() -> None:
    assert sorted(actions() - WORDS.keys()) == []


def test_every_action_that_is_put_together_is_known() -> None:
    halves = {one.removesuffix(".*") for call in calls() for one in said_in(call) if one.endswith(".*")}
    assert halves == MADE.keys()


@pytest.mark.parametrize("known", ["envelope.drawn", "delegation.granted", "envelope.opened", "day.closed"])
def test_the_search_finds_what_is_there(known: str) -> None:
    assert known in actions()


def test_words_are_words_and_french_ones_are_french() -> None:
    with override("fr"):
        french = {action: act_in_words(action) for action in WORDS}
    with override("en"):
        english = {action: act_in_words(action) for action in WORDS}
        assert role_in_words("system") == "Velum itself"
        assert role_in_words("study_nurse") == "study nurse"
    assert not [action for action, words in english.items() if ACTION.fullmatch(words)]
    assert [action for action in WORDS if french[action] == english[action]] == []


def test_an_action_without_words_shows_itself() -> None:
    assert act_in_words("pigeon.sent") == "pigeon.sent"
