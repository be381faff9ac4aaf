"""Each sentence about a design that cannot be has a form that the page knows, and French for it."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest
from django.utils import translation

from randomization.core import blocks, methods, minimization, weighted
from randomization.sealed.design_words import FORMS, in_words
from tests.pharmacy.test_report_words import sample

MODULES = (blocks, methods, minimization, weighted)


def faults_of(module: ModuleType) -> list[str]:
    """What it raises as a DesignFault, with 7 in every place."""
    return [
        sample(node.args[0])
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DesignFault"
    ]


@pytest.mark.parametrize("module", MODULES, ids=[module.__name__ for module in MODULES])
def test_no_fault_of_a_design_stays_in_english_on_a_french_page(module: ModuleType) -> None:
    faults = faults_of(module)
    with translation.override("fr"):
        left = [fault for fault in faults if in_words(fault) == fault]
    assert (left, len(faults) > 2) == ([], True)


def test_on_an_english_page_a_fault_stands_as_it_was_raised() -> None:
    faults = [fault for module in MODULES for fault in faults_of(module)]
    with translation.override("en"):
        assert [in_words(fault) for fault in faults] == faults
    assert len(faults) >= 25 and len(set(FORMS)) == len(FORMS)
