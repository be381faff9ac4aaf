"""What is asked about a deviation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from dosing.pages.forms import reason_field
from dosing.reading.deviations import DeviationView


class ReviewForm(forms.Form):
    """Which deviation, whether it is important, why, and whether it is closed with that."""

    number = forms.TypedChoiceField(label=gettext_lazy("Deviation"), coerce=int)
    important = forms.TypedChoiceField(
        label=gettext_lazy("Is it important?"),
        help_text=gettext_lazy(
            "Important is what may significantly affect the reliability of the data, or a participant's "
            "rights, safety or well-being (ICH E3 Q&A 7)."
        ),
        choices=[("yes", gettext_lazy("Important")), ("no", gettext_lazy("Not important"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    assessment = reason_field()
    closed = forms.BooleanField(
        label=gettext_lazy("Close the deviation with this assessment"), required=False
    )

    def __init__(self, *args: Any, deviations: Iterable[DeviationView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.number, f"{row.number}. {row.label} ({row.event})") for row in deviations]
        self.fields["number"].choices = choices  # type: ignore[attr-defined]
