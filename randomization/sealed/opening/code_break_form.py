"""What is asked before a code is broken: whose and why, then the password; and nobody's approval."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from trial.screening.forms import LETTER_BY_LETTER


class WhoseCodeForm(forms.Form):
    """One participant by either number, and why."""

    number = forms.CharField(
        label=_("Participant number or randomisation number"),
        help_text=_("As on the card or the receipt, such as IM-0122-7 or R-58213. Dashes may be left out."),
        max_length=40,
        widget=forms.TextInput(attrs=LETTER_BY_LETTER),
    )
    reason = forms.CharField(
        label=_("Why must you know?"),
        help_text=_("A few words are enough. Nobody has to agree."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    asker = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class BreakCodeForm(forms.Form):
    """The password, once the page has shown whose code it is."""

    password = forms.CharField(
        label=_("Your password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
