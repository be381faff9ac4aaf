"""The questions of the pages for people. What the answers mean is judged by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from trial.models import Site
from trial.pages.signing import SigningForm
from trial.people.duties.inviting import NOT_INVITED
from trial.permissions import Role

WHY = gettext_lazy("Why")


class ReasonForm(forms.Form):
    """Why something is done about a person."""

    reason = forms.CharField(label=WHY, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class InviteForm(forms.Form):
    """Whom, as what, where, why."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150, required=False)
    username = forms.CharField(
        label=gettext_lazy("Log-in name"),
        help_text=gettext_lazy("Small letters. Whoever has an account already keeps its name and password."),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The link goes there. Leave it empty to print the invitation instead."),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    role = forms.ChoiceField(label=gettext_lazy("Duty"))
    site = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    reason = forms.CharField(label=WHY, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    beside = {"site": "site"}

    def __init__(self, *args: Any, sites: Sequence[Site], everywhere: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, role.label) for role in Role if role not in NOT_INVITED]
        places = [(str(site.pk), f"{site.number} {site.city}") for site in sites]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        whole = [("", everywhere)] if everywhere else []
        self.fields["site"].choices = [*places, *whole]  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """The password that the invited person chooses, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("Twelve characters or more. Three or four words are good."),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("password") != answers.get("again"):
            self.add_error("again", gettext_lazy("The two passwords differ. Type the same one twice."))
        return answers


class ReviewForm(SigningForm):
    """What the reviewer found, the log that was seen, and the password."""

    statement = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy("Such as: every duty is still needed; the one of … was ended."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    field_order = ["statement", "seen", "password"]
