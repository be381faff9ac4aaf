"""Each line that a verification can write has a form that the page knows, and French for it."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest
from django.utils import translation

from dosing.pharmacy import verification as stock_checks
from randomization import list_checks, verification
from randomization.sealed import verification as sealed_checks
from randomization.sealed.report_words import FORMS, in_words
from trial.core import chain

MODULES = (list_checks, verification, sealed_checks, stock_checks, chain)
BY_HAND = "no audit entry and no list has the hash 7: history was cut or written anew"
"""Only the command line is given anchors."""


def sample(node: ast.expr) -> str:
    """A sentence as the check would write it, with 7 in every place."""
    if isinstance(node, ast.JoinedStr):
        return "".join(sample(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "7"


def written_by(module: ModuleType) -> list[str]:
    """What it yields, and the texts that it puts into reports and breaks."""
    found: list[ast.expr] = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Yield) and node.value:
            found.append(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Report", "Break"}:
            found += node.args
        elif isinstance(node, ast.IfExp):
            found += [node.body, node.orelse]
    texts = [one for one in found if isinstance(one, ast.JoinedStr) or _is_text(one)]
    return [text for one in texts if " " in (text := sample(one))]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("module", MODULES, ids=[module.__name__ for module in MODULES])
def test_no_line_of_a_check_stays_in_english_on_a_french_page(module: ModuleType) -> None:
    lines = written_by(module)
    with translation.override("fr"):
        left = [line for line in lines if in_words(line) == line and line != BY_HAND]
    assert (left, bool(lines)) == ([], True)


def test_on_an_english_page_a_line_stands_as_the_check_wrote_it() -> None:
    lines = [line for module in MODULES for line in written_by(module)]
    with translation.override("en"):
        assert [in_words(line) for line in lines] == lines
    assert len(lines) >= 35 and len(set(FORMS)) == len(FORMS)


def test_what_stands_in_the_places_is_put_into_words_as_well() -> None:
    with translation.override("fr"):
        line = in_words("entry 3: it was changed after it was written")
        other = in_words("the code break of IM-0101-0 by anne at noon is not in the sealed trail")
    assert line == "entrée 3 : elle a été modifiée après son écriture"
    assert other == "la levée d’aveugle de IM-0101-0 par anne à noon n’est pas dans la piste scellée"


def test_a_name_and_what_nobody_foresaw_stay_as_they_are() -> None:
    with translation.override("fr"):
        assert in_words("list nct02059759 The list 1") == "liste nct02059759 The list 1"
        assert [in_words(line) for line in ("", "something else")] == ["", "something else"]
