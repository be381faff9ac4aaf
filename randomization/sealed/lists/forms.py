"""The forms before a list is read, takes a step, or is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from randomization.core.brought.headings import ROLES
from randomization.core.brought.table_file import ENCODINGS, LONGEST_CELL, MOST_COLUMNS
from randomization.core.imported import OURS, THEIRS
from randomization.sealed.lists.order import LONGEST_REASON
from trial.core.doubts import Doubt
from trial.models import Environment, Trial
from trial.pages.asking import AskingForm
from trial.pages.number_fields import WholeField
from trial.pages.signing import SigningForm
from trial.refusals import in_page_language

MOST_ON_A_PAGE = 20_000
"""Envelopes of a list that comes through a page: that takes some ten seconds, and a server waits 30."""


SIGNS = ("user_name", "password")
"""What signs; the user name is asked for with the first signature of a session."""


class Signature(SigningForm):
    """The password again: an electronic signature (21 CFR 11.200)."""

    password = forms.CharField(
        label=_("Your password again"),
        help_text=_("It signs this with your name and the time."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SetAsideForm(Signature):
    """Why a draft is set aside."""

    reason = forms.CharField(
        label=_("Why this list is set aside"),
        help_text=_("It is kept with the list, for the unblinded alone."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("reason", "password")


def reason_field() -> forms.CharField:
    """Why a list is taken whose order is rare."""
    return forms.CharField(
        label=_("Reason, if the order is rare"),
        help_text=_(
            "Needed only where an order like this comes once in more than 1,000 lists of its design."
        ),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StepForm(Signature):
    """What is signed with the next step of a list."""

    reason = reason_field()

    field_order = ("reason", "password")


class ImportForm(AskingForm, Signature):
    """A file, and how its words lead to the protocol's. `headings` are the columns that were asked about."""

    file = forms.FileField(
        label=_("File of the list"),
        help_text=_(
            "As you have it: CSV, Excel (.xlsx), Stata (.dta), SPSS (.sav), SAS (.xpt). At most 4 MiB."
        ),
        error_messages={"required": _("Choose a file of at most 4 MiB.")},
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

    reason = reason_field()
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV file"),
        help_text=_("Only where the file is not UTF-8. Words with accents show whether it is right."),
        required=False,
    )
    sheet = forms.CharField(
        label=_("Sheet of a workbook"),
        help_text=_("Only where several sheets could be the list."),
        max_length=40,
        required=False,
    )

    def __init__(self, *args: Any, trial: Trial, headings: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocol = self.protocol = trial.protocol_version.protocol
        encodings = [(name, in_page_language(words)) for name, words in ENCODINGS.items()]
        self.fields["encoding"].choices = encodings  # type: ignore[attr-defined]
        self.arms = {f"arm_{n}": arm.code for n, arm in enumerate(protocol.arms)}
        self.sizes = {f"size_{n}": key for n, key in enumerate(protocol.stratum_keys())}
        for (name, code), arm in zip(self.arms.items(), protocol.arms, strict=True):
            label = _("The file's name for “%(arm)s”") % {"arm": in_page_language(arm.label)}
            self.fields[name] = forms.CharField(label=label, max_length=200, initial=code, strip=False)
        several = len(self.sizes) > 1
        self.strata = {f"stratum_{n}": key for n, key in enumerate(self.sizes.values())} if several else {}
        for name, key in self.strata.items():
            label = _("The file's name for stratum %(key)s") % {"key": key}
            self.fields[name] = forms.CharField(label=label, max_length=200, initial=key, strip=False)
        for name, key in self.sizes.items():
            label = _("Envelopes of stratum %(key)s") % {"key": key}
            initial = protocol.target if len(self.sizes) == 1 else None
            self.fields[name] = WholeField(label=label, min_value=1, initial=initial)
        self.fields["environment"].initial = trial.environment
        self.columns: dict[str, str] = {}
        self.ask(headings)

    def ask(self, headings: Iterable[str]) -> None:
        """Ask what the columns under these headings are, each in a field of its own."""
        factors = [(factor.code, in_page_language(factor.label)) for factor in self.protocol.strata]
        roles = [(role, in_page_language(words)) for role, words in ROLES.items()]
        for heading in headings:
            if heading not in self.columns.values() and len(self.columns) < MOST_COLUMNS:
                name = f"column_{len(self.columns)}"
                self.columns[name] = heading[:LONGEST_CELL]
                label = _("What column “%(heading)s” is") % {"heading": heading[:LONGEST_CELL]}
                choices = [("", "—"), *factors, *roles]
                self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        words = [*self.columns, *self.arms, *self.strata, *self.sizes]
        last = ["numbers", "first_number", "uneven", "encoding", "sheet", "reason"]
        others = [name for name in self.fields if name not in {*words, *last, *SIGNS}]
        self.order_fields([*others, *words, *last, *SIGNS])

    def clean(self) -> dict[str, Any]:
        """Longer lists have a command of their own, which shows how far it is."""
        answers: dict[str, Any] = super().clean() or {}
        for names in (self.arms, self.strata):
            said = [answers[name] for name in names if name in answers]
            for name in names:
                if said.count(answers.get(name)) > 1:
                    self.add_error(name, _("The file has one name for each. Enter another."))
        if sum(answers.get(name) or 0 for name in self.sizes) > MOST_ON_A_PAGE:
            self.add_error(
                next(iter(self.sizes)),
                _("A page takes at most 20,000 envelopes. Bring a longer list with manage.py import_list."),
            )
        return answers

    def at_fields(self, doubts: Iterable[Doubt]) -> list[Doubt]:
        """Doubts about a list's sizes at the questions of this form."""
        names = {key: name for name, key in self.sizes.items()}
        return [replace(doubt, field=names.get(doubt.field, doubt.field)) for doubt in doubts]

    def confirmed_sizes(self, confirmed: Mapping[str, object]) -> dict[str, object]:
        """What was confirmed at the questions of this form, by the names of a list's sizes."""
        return {self.sizes.get(name, name): value for name, value in confirmed.items()}

    def words(self) -> dict[str, Any]:
        """What `expected_of` takes beside trial and environment."""
        answers = self.cleaned_data
        return {
            "arm_names": {answers[name]: code for name, code in self.arms.items()},
            "sizes": {key: answers[name] for name, key in self.sizes.items()},
            "stratum_names": {answers[name]: key for name, key in self.strata.items()},
            "columns": {heading: answers[name] for name, heading in self.columns.items() if answers[name]},
            "encoding": answers["encoding"],
            "sheet": answers["sheet"],
            "numbers": answers["numbers"],
            "uneven": answers["uneven"],
            "first_number": answers["first_number"],
        }
