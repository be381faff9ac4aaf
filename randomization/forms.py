"""What is asked before an envelope is drawn."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from randomization.twins import FIELD as ANOTHER_PERSON
from randomization.waiting import FIELD as FIRST_INJECTION
from trial.pages.asking import AskingForm
from trial.pages.number_fields import WholeField
from trial.pages.signing import SigningForm


class ConfirmEligibilityForm(SigningForm):
    """That the answers are right, for the check that the page shows, and the signature."""

    check = WholeField(widget=forms.HiddenInput())
    field_order = ("check", "password")


class ConfirmAndSign(AskingForm, SigningForm):
    """The participant's number read once more, and the signature. Asks back about a twin and about day 1."""

    # Their answers take the place of the box `confirmed` once the form is read.
    asks_besides = (ANOTHER_PERSON, FIRST_INJECTION)

    confirmed = forms.BooleanField(
        label=_("Consent and eligibility are checked, and this is the right person."),
        error_messages={"required": _("Tick this if it is so. If not, go back.")},
    )
    field_order = ("confirmed", "password")
