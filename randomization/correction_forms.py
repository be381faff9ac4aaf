"""The forms that correct a draw without changing its envelope."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from trial.core.protocol import Protocol
from trial.core.strata import asked_factors
from trial.pages.day_fields import ClockField, DayField
from trial.screening.forms import stratum_field


class Signed(forms.Form):
    """Why, and the password again: the signature."""

    reason = forms.CharField(
        label=_("What happened?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("It signs this with your name and the time."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )


class PaperForm(Signed):
    """The number on the paper, and when it was used."""

    number = forms.CharField(
        label=_("Randomisation number on the paper"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    day = DayField(label=_("Day it was used"))
    time = ClockField(label=_("Time"))
    before_consent = forms.BooleanField(
        label=_("It was made before the consent was signed. A deviation is entered with it."),
        required=False,
    )
    beside = {"happened_at": "day"}
    field_order = ("number", "day", "time", "reason", "before_consent", "password")

    def happened_at(self, zone: ZoneInfo) -> datetime:
        """The moment on the paper, by the site's clock."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], zone)


class StratumForm(Signed):
    """The levels to which the participant really belongs."""

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [factor.code for factor in asked_factors(protocol)]
        self.fields |= {factor.code: stratum_field(factor) for factor in asked_factors(protocol)}
        self.order_fields([*self.codes, "reason", "password"])

    def strata(self) -> dict[str, str]:
        """The level of each factor."""
        return {code: self.cleaned_data[code] for code in self.codes}
