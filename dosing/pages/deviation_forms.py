"""What is asked about a deviation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from dosing.pages.forms import reason_field
from dosing.reading.deviations import DeviationView
from trial.pages.signing import SigningForm, signature


class ReviewForm(SigningForm):
    """Which deviation, whether it is important, why, and whether it is closed: then it is signed."""

    number = forms.TypedChoiceField(label=gettext_lazy("Deviation"), coerce=int)
    important = forms.TypedChoiceField(
        label=gettext_lazy("Is it important?"),
        help_text=gettext_lazy(
            "Important is what may significantly affect the reliability of the data, or a participant's "
            "rights, safety or well-being (ICH E3 Q&A 7)."
        ),
        choices=[("yes", gettext_lazy("Important")), ("no", gettext_lazy("Not important"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    assessment = reason_field()
    closed = forms.BooleanField(
        label=gettext_lazy("Close the deviation with this assessment"), required=False
    )
    field_order = ("number", "important", "assessment", "closed", "password")

    def __init__(self, *args: Any, deviations: Iterable[DeviationView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.number, f"{row.number}. {row.label} ({row.event})") for row in deviations]
        self.fields["number"].choices = choices  # type: ignore[attr-defined]
        self.fields["password"].required = False
        self.fields["password"].help_text = gettext_lazy(
            "Only to close the deviation: it signs this with your name and the time."
        )

    def ask_for_name(self) -> None:
        """Ask for both parts, of whoever closes it."""
        super().ask_for_name()
        self.fields["user_name"].required = False

    def clean(self) -> dict[str, Any]:
        """What closes a deviation is signed."""
        answers: dict[str, Any] = super().clean() or {}
        for name in signature(answers) if answers.get("closed") else ():
            if not answers[name]:
                self.add_error(name, gettext_lazy("Sign this to close the deviation."))
        return answers
