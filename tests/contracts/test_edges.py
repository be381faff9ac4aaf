"""A request reads the clock once, and a view asks `queries`: the code as it is, and where it is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lanes import TESTS
from tests.tools.edges import clock_readings, reads_in_views

ROOT = TESTS.parent
CLOCKS = [
    "from django.utils import timezone\n\ndef view(request):\n    return timezone.now()",
    "from django.utils.timezone import now as moment\n\ndef view(request):\n    return moment()",
    "from django.utils import timezone\n\nclass Page:\n    def get(self):\n        f(at=timezone.now)",
    "from datetime import date\n\ndef view(request):\n    return date.today()",
    "import datetime\n\ndef view(request):\n    return datetime.datetime.now(datetime.UTC)",
    "from time import time\n\ndef view(request):\n    return time()",
]
READS = [
    "from django.shortcuts import render\n\ndef view(request):\n    return render(Site.objects.all())",
    "from django.views.generic import TemplateView\n\nrows = Site._default_manager.all()",
    "from django import forms\n\nfield = forms.ModelChoiceField(queryset=Site.objects.none())",
    "from rest_framework.response import Response\n\nrows = Site.objects.all()",
]


def planted(tmp_path: Path, text: str) -> Path:
    (tmp_path / "dosing" / "pages").mkdir(parents=True)
    (tmp_path / "dosing" / "pages" / "planted.py").write_text(text + "\n")
    return tmp_path


def test_nothing_reads_the_clock_but_the_edge() -> None:
    assert clock_readings(ROOT) == []


@pytest.mark.parametrize("text", CLOCKS)
def test_a_view_that_reads_the_clock_is_found(tmp_path: Path, text: str) -> None:
    line = len(text.splitlines())

    assert clock_readings(planted(tmp_path, text)) == [f"dosing/pages/planted.py:{line}"]


def test_no_view_asks_a_model_for_rows() -> None:
    assert reads_in_views(ROOT) == []


@pytest.mark.parametrize("text", READS)
def test_a_view_that_asks_a_model_for_rows_is_found(tmp_path: Path, text: str) -> None:
    line = len(text.splitlines())

    assert reads_in_views(planted(tmp_path, text)) == [f"dosing/pages/planted.py:{line}"]
