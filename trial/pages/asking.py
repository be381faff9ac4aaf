"""A form that asks back: an unlikely answer is kept as it was typed, with a box to confirm that very answer.

The box is never ticked beforehand, also where it was ticked for another answer, and no browser keeps it.
"""

from __future__ import annotations

from typing import Any

from django import forms

from trial.core.doubts import Doubt
from trial.refusals import in_page_language

CONFIRM = "confirm-"
"""How the name of a box begins; the name of its field follows."""


class ConfirmBox(forms.CheckboxInput):
    """A box whose value is what it confirms. It is shown unticked, whatever was sent."""

    def __init__(self, value: str) -> None:
        attrs = {"value": value, "data-unkept": "yes", "data-uncounted": "yes", "autocomplete": "off"}
        super().__init__(attrs=attrs, check_test=lambda _sent: False)


class AskingForm(forms.Form):
    """A form whose service may meet an answer with a question; it gets what was `confirmed`, by field."""

    def clean(self) -> dict[str, Any]:
        """The answers, and beside them the values that were confirmed."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        answers["confirmed"] = {
            name: self.data[CONFIRM + name] for name in self.fields if self.data.get(CONFIRM + name)
        }
        return answers

    def ask_back(self, doubt: Doubt) -> None:
        """Put a box after the field of a doubt."""
        if doubt.field not in self.fields:
            return
        names = list(self.fields)
        names.insert(names.index(doubt.field) + 1, CONFIRM + doubt.field)
        self.fields[CONFIRM + doubt.field] = forms.BooleanField(
            label=in_page_language(doubt.keeps), required=False, widget=ConfirmBox(doubt.value)
        )
        self.order_fields(names)
