"""The questions of the pages after a slip, and of closed days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from dosing.pages.forms import reason_field
from dosing.pages.options_presenters import Choice
from trial.pages.asking import AskingForm
from trial.pages.day_fields import CalendarField
from trial.screening.forms import AtSite


class OptionForm(forms.Form):
    """One of the lawful options, and why."""

    option = forms.ChoiceField(label=gettext_lazy("What is done"), widget=forms.RadioSelect)
    reason = reason_field()

    def __init__(self, *args: Any, choices: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(choices)
        self.fields["option"].choices = [(row.value, row.title) for row in self.offered]  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[Any, Choice]]:
        """Each radio button with its option."""
        return list(zip(self["option"], self.offered, strict=True))


class ClosedDayForm(AskingForm, AtSite):
    """A day on which a site is closed."""

    day = CalendarField(label=gettext_lazy("Closed on"))
    name = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=80,
        required=False,
        help_text=gettext_lazy(
            "Shown where days are chosen: a strike, a move, a local holiday. Do not enter a person's name."
        ),
    )
    open_again = forms.BooleanField(widget=forms.HiddenInput(), required=False)
