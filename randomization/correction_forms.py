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
from trial.pages.signing import SigningForm
from trial.refusals import moment_at
from trial.screening.forms import levels_unasked, stratum_field


class Signed(SigningForm):
    """What happened, and the signature."""

    reason = forms.CharField(
        label=_("What happened?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order: tuple[str, ...] = ("reason", "password")


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
        """The moment on the paper, by the site's clock. Raises InvalidInput."""
        return moment_at(self.cleaned_data["day"], self.cleaned_data["time"], zone)


class StratumForm(Signed):
    """The levels to which the participant really belongs."""

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.protocol = protocol
        self.codes = [factor.code for factor in asked_factors(protocol)]
        self.fields |= {factor.code: stratum_field(factor) for factor in asked_factors(protocol)}
        self.order_fields([*self.codes, "reason", "password"])

    def strata(self) -> dict[str, str]:
        """The level of each factor that is asked, and of others what was sent all the same."""
        asked = {code: self.cleaned_data[code] for code in self.codes}
        return asked | levels_unasked(self.protocol, self.data)
