"""Every form class of the pharmacy door, its libraries' too: numbers are text that Velum reads itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django import forms
from django.test import Client

from tests.tools.door_forms import form_classes
from tests.tools.form_fields import in_forms, in_markup
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role


def test_no_form_of_the_pharmacy_leaves_a_number_to_the_browser() -> None:
    classes = form_classes()
    assert {"ReceiveForm", "WhatIfForm", "ImportForm", "ElsewhereForm"} <= {form.__name__ for form in classes}
    assert in_forms(classes) == []


def test_a_planted_form_is_found_without_being_named() -> None:
    class PlantedHere(forms.Form):
        vials = forms.IntegerField()

    assert [name.rsplit(".", 1)[1] for name in in_forms([f for f in form_classes() if f is PlantedHere])] == [
        "vials"
    ]


@pytest.mark.parametrize(("address", "fields"), [("/lists/import/", 2), ("/what-if/", 3)])
def test_the_statistician_s_pages_as_they_are_rendered_have_none(
    world: TrialFixture, enter: Callable[[Delegation], Client], address: str, fields: int
) -> None:
    statistician = world.person(Role.UNBLINDED_STATISTICIAN, "stat.forms")
    page = enter(statistician).get(address).content.decode()
    assert in_markup(page) == []
    assert page.count('inputmode="numeric"') >= fields
