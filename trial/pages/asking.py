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
    """A form whose service may meet an answer with a question; it gets what was `confirmed`, by field.

    `asks_besides` are questions about something that is no field of the form; their boxes stand before the
    secret, or last.
    """

    asks_besides: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """The answers, and beside them the values that were confirmed."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        asked = (*self.fields, *self.asks_besides)
        answers["confirmed"] = {
            name: self.data[CONFIRM + name] for name in asked if self.data.get(CONFIRM + name)
        }
        return answers

    def ask_back(self, doubt: Doubt) -> None:
        """Put a box after the field of a doubt."""
        if doubt.field not in (*self.fields, *self.asks_besides):
            return
        names = list(self.fields)
        names.insert(self._place(doubt.field), CONFIRM + doubt.field)
        self.fields[CONFIRM + doubt.field] = forms.BooleanField(
            label=in_page_language(doubt.keeps), required=False, widget=ConfirmBox(doubt.value)
        )
        self.order_fields(names)

    def _place(self, field: str) -> int:
        """Where the box of a field stands: after it, or before what signs."""
        names = list(self.fields)
        if field in names:
            return names.index(field) + 1
        signs = [names.index(name) for name in ("user_name", "password") if name in names]
        return min(signs, default=len(names))
