"""What is asked before an envelope is drawn."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmAndSign(forms.Form):
    """The participant's number read once more, and the password again: an electronic signature."""

    confirmed = forms.BooleanField(
        label=_("Consent and eligibility are checked, and this is the right person."),
        error_messages={"required": _("Tick this if it is so. If not, go back.")},
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("It signs the draw with your name and the time."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
