"""What is asked before a link is made, and of a code that was broken elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from randomization.sealed.models import Means
from randomization.sealed.opening.code_break_form import BreakCodeForm
from trial.pages.day_fields import ClockField, DayField


class LinkForm(BreakCodeForm):
    """As for a code break, and who is to see the answer."""

    doctor = forms.CharField(
        label=_("Who will see the answer?"),
        help_text=_("The treating doctor by name. You will not see what the participant receives."),
        max_length=120,
    )
    field_order = ["number", "doctor", "reason", "password"]


class ElsewhereForm(forms.Form):
    """What stands on the opened sheet, or what the off-line command printed."""

    number = forms.CharField(
        label=_("Randomisation number"),
        help_text=_("As on the sheet, such as R-58213."),
        max_length=31,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    means = forms.ChoiceField(
        label=_("How was it opened?"),
        choices=[(each.value, each.label) for each in (Means.PAPER, Means.OFFLINE)],
    )
    opened_by = forms.CharField(label=_("Who opened it?"), max_length=120)
    day = DayField(label=_("On which day was it opened? (UTC)"))
    time = ClockField(label=_("At what time? (UTC)"))
    reason = forms.CharField(label=_("Why?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    beside = {"happened_at": "day"}

    def clean(self) -> dict[str, Any]:
        """Day and time as one moment."""
        answers: dict[str, Any] = super().clean() or {}
        if not self.errors:
            day, time = answers.pop("day"), answers.pop("time")
            answers["happened_at"] = datetime.combine(day, time, UTC)
        return answers
