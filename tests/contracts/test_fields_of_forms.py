"""No form of either door leaves it to the browser what was typed: no number, date or time field of its."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lanes import TESTS
from tests.tools.form_fields import in_markup, in_sources, in_templates

ROOT = TESTS.parent
PLANTED = [
    "from django import forms\n\nclass Vials(forms.Form):\n    count = forms.IntegerField()",
    "from django import forms\n\ndef field():\n    return forms.DecimalField()",
    "from django import forms\n\nfield = forms.CharField(widget=forms.NumberInput())",
    "from django import forms\n\nwhen = forms.DateTimeField()",
    "from django import forms\n\nclass Clock(forms.TimeInput):\n    input_type = 'time'",
    "from django.forms import FloatField",
    "from django.forms.widgets import NumberInput as Digits",
]


def test_no_form_has_a_field_that_reads_by_a_country() -> None:
    assert in_sources(ROOT) == []


def test_no_template_writes_such_an_input() -> None:
    assert in_templates(ROOT) == []


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_field_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "dosing").mkdir()
    (tmp_path / "dosing" / "planted.py").write_text(text + "\n")
    assert in_sources(tmp_path)


@pytest.mark.parametrize(
    "tag", ['<input type="number" name="x">', "<input name=x type=number>", "<INPUT\n TYPE='Number'>"]
)
def test_a_planted_input_is_found(tmp_path: Path, tag: str) -> None:
    (tmp_path / "templates" / "trial").mkdir(parents=True)
    (tmp_path / "templates" / "trial" / "planted.html").write_text(f"<form>{tag}</form>")
    assert in_templates(tmp_path) == ["templates/trial/planted.html: number"]
    assert in_markup('<input type="text" inputmode="numeric"><input type="date">') == []
