"""What is asked before a code is broken: a reason and the password, and nobody's approval."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from trial.screening.forms import LETTER_BY_LETTER


class BreakCodeForm(forms.Form):
    """One participant, why, and the signature."""

    number = forms.CharField(
        label=_("Participant number"),
        help_text=_("As on the participant's card, such as IM-0122-7."),
        max_length=40,
        widget=forms.TextInput(attrs=LETTER_BY_LETTER),
    )
    reason = forms.CharField(
        label=_("Why must you know?"),
        help_text=_("A few words are enough. Nobody has to agree."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = forms.CharField(
        label=_("Your password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
