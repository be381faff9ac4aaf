"""What is asked before a link is made, of whoever holds one, and of a code that was broken elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from randomization.sealed.models import Means
from randomization.sealed.opening.code_break_form import WhoseCodeForm
from trial.pages.day_fields import ClockField, DayField
from trial.pages.signing import SigningForm
from trial.screening.forms import LETTER_BY_LETTER


class LinkForm(WhoseCodeForm):
    """As for a code break, and who is to see the answer."""

    doctor = forms.CharField(
        label=_("Who will see the answer?"),
        help_text=_("The treating doctor by name. You will not see what the participant receives."),
        max_length=120,
    )
    field_order = ["number", "doctor", "reason", "asker"]


class MailLinkForm(LinkForm):
    """The same where this door has a mail server: whoever asks need not hold the link."""

    way = forms.ChoiceField(
        label=_("How does the link reach the doctor?"),
        choices=[
            ("mail", _("Velum mails it; I never see it")),
            ("screen", _("I see it on this screen and pass it on")),
        ],
        widget=forms.RadioSelect,
        initial="mail",
    )
    known = forms.ChoiceField(label=_("Address that was entered beforehand"), required=False)
    email = forms.EmailField(
        label=_("Or another address, confirmed by calling the hospital back"), required=False, max_length=120
    )
    called_number = forms.CharField(
        label=_("Which of the hospital's numbers was called?"), required=False, max_length=40
    )
    called_by = forms.CharField(label=_("Who called?"), required=False, max_length=120)
    field_order = [
        "number", "doctor", "reason", "way", "known", "email", "called_number", "called_by", "asker"
    ]  # fmt: skip

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["known"])
        field.choices = [("", _("none of these")), *known]

    def clean(self) -> dict[str, Any]:
        """One address if it is mailed: one that is known, or one that was confirmed by a call."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("way") == "mail" and bool(answers.get("known")) == bool(answers.get("email")):
            self.add_error(
                "known", _("Choose an address, or write one that was confirmed by a call: one of both.")
            )
        return answers


class DoctorForm(forms.Form):
    """Where a treating doctor is reached."""

    doctor = forms.CharField(label=_("Doctor or department"), max_length=120)
    email = forms.EmailField(label=_("Address for mail"), max_length=120)


class SecretForm(forms.Form):
    """The code at the end of a link, after the sign #. A browser puts it here and sends it in no address."""

    secret = forms.CharField(
        label=_("Code of the link"),
        help_text=_("What stands after the sign # in the address that you were given."),
        max_length=200,
        widget=forms.TextInput(attrs=LETTER_BY_LETTER | {"autocapitalize": "none", "data-from-address": ""}),
    )


class ElsewhereForm(SigningForm):
    """What stands on the opened sheet, or what the off-line command printed; signed by who enters it."""

    number = forms.CharField(
        label=_("Participant number or randomisation number"),
        help_text=_("As on the sheet, such as R-58213, or as on the card."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    means = forms.ChoiceField(
        label=_("How was it opened?"),
        choices=[(each.value, each.label) for each in (Means.PAPER, Means.OFFLINE)],
    )
    opened_by = forms.CharField(label=_("Who opened it?"), max_length=120)
    day = DayField(label=_("On which day was it opened? (by the site's calendar)"))
    time = ClockField(label=_("At what time? (by the site's clock)"))
    reason = forms.CharField(label=_("Why?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    beside = {"happened_at": "day"}
    field_order = ["number", "means", "opened_by", "day", "time", "reason", "password"]
