"""Every form class of the clinic door, its libraries' too: numbers are text that Velum reads itself."""

from __future__ import annotations

from django import forms

from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture
from tests.tools.door_forms import form_classes
from tests.tools.form_fields import in_forms, in_markup


def test_no_form_of_the_clinic_leaves_a_number_to_the_browser() -> None:
    classes = form_classes()
    assert {"EligibilityForm", "GivenForm", "PaperForm"} <= {form.__name__ for form in classes}
    assert in_forms(classes) == []


def test_a_planted_form_is_found_without_being_named() -> None:
    class Planted(forms.Form):
        weight = forms.DecimalField()
        day = forms.CharField(widget=forms.NumberInput())

    planted = [form for form in form_classes() if form is Planted]
    found = [name.rsplit(".", 1)[1] for name in in_forms(planted)]
    assert found == ["weight", "day"]


def test_the_checklist_as_it_is_rendered_has_none(nurse: Browser, ward: SiteFixture) -> None:
    page = nurse.read(f"/participants/{ward.consented().number}/eligibility/")
    assert in_markup(page) == []
    assert 'name="I7"' in page and 'inputmode="decimal"' in page
