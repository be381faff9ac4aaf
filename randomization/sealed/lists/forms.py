"""The forms before a list is read, takes a step, or is imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from randomization.core.imported import OURS, THEIRS
from trial.models import Environment, Trial
from trial.pages.number_fields import WholeField
from trial.refusals import in_page_language

MOST_ON_A_PAGE = 20_000
"""Envelopes of a list that comes through a page: that takes some ten seconds, and a server waits 30."""


class Signature(forms.Form):
    """The password again: an electronic signature (21 CFR 11.200)."""

    password = forms.CharField(
        label=_("Your password again"),
        help_text=_("It signs this with your name and the time."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ImportForm(Signature):
    """A CSV file, and how its words lead to the protocol's."""

    file = forms.FileField(
        label=_("CSV file of the list"),
        help_text=_("Of blockrand, Sealed Envelope, the NCI tool, or in Velum's own columns. At most 4 MiB."),
        error_messages={"required": _("Choose a CSV file of at most 4 MiB.")},
    )
    name = forms.CharField(label=_("Name of the list"), max_length=60, required=False)
    environment = forms.ChoiceField(label=_("Used for"), choices=Environment.choices)
    numbers = forms.ChoiceField(
        label=_("Randomisation numbers"),
        choices=[(OURS, _("drawn by Velum")), (THEIRS, _("those of the file"))],
    )
    first_number = WholeField(
        label=_("Where the file's count begins"),
        help_text=_("Only for numbers that count, and begin neither at 1 nor at a number that ends in 01."),
        min_value=0,
        required=False,
    )
    uneven = forms.BooleanField(
        label=_("The arms need not stand in the trial's ratio (complete randomisation)."), required=False
    )

    def __init__(self, *args: Any, trial: Trial, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocol = trial.protocol_version.protocol
        self.arms = {f"arm_{n}": arm.code for n, arm in enumerate(protocol.arms)}
        self.sizes = {f"size_{n}": key for n, key in enumerate(protocol.stratum_keys())}
        for (name, code), arm in zip(self.arms.items(), protocol.arms, strict=True):
            label = _("The file's name for “%(arm)s”") % {"arm": in_page_language(arm.label)}
            self.fields[name] = forms.CharField(label=label, max_length=200, initial=code, strip=False)
        for name, key in self.sizes.items():
            label = _("Envelopes of stratum %(key)s") % {"key": key}
            initial = protocol.target if len(self.sizes) == 1 else None
            self.fields[name] = WholeField(label=label, min_value=1, initial=initial)
        self.fields["environment"].initial = trial.environment
        first = ["file", "name", "environment", *self.arms, *self.sizes, "numbers", "first_number", "uneven"]
        self.order_fields([*first, "password"])

    def clean(self) -> dict[str, Any]:
        """Longer lists have a command of their own, which shows how far it is."""
        answers: dict[str, Any] = super().clean() or {}
        if sum(answers.get(name) or 0 for name in self.sizes) > MOST_ON_A_PAGE:
            self.add_error(
                next(iter(self.sizes)),
                _("A page takes at most 20,000 envelopes. Bring a longer list with manage.py import_list."),
            )
        return answers

    def words(self) -> dict[str, Any]:
        """What `expected_of` takes beside trial and environment."""
        answers = self.cleaned_data
        return {
            "arm_names": {answers[name]: code for name, code in self.arms.items()},
            "sizes": {key: answers[name] for name, key in self.sizes.items()},
            "numbers": answers["numbers"],
            "uneven": answers["uneven"],
            "first_number": answers["first_number"],
        }
