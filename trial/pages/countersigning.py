"""The page on which a person signs afterwards what systems did by token."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trial.models import Signature, SignatureBase
from trial.pages.signatures import Signed, shown
from trial.pages.signing import SigningForm, SigningPage
from trial.people.signing.countersigning import Enters, asked_for, countersign, enter_blinded, waiting_for
from trial.permissions import Permission


class CountersignForm(SigningForm):
    """What is countersigned, and the secret."""

    what = forms.MultipleChoiceField(
        label=gettext_lazy("What you countersign"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("This waits no more. Look at the page again.")},
    )
    field_order = ["what", "password"]

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices  # type: ignore[attr-defined]


class Countersign(SigningPage):
    """What waits for this person: what was done, about whom, when, by which system and for whom."""

    permission = Permission.VIEW_PARTICIPANTS
    form_class = CountersignForm
    template_name = "trial/countersign.html"
    success_url = reverse_lazy("countersign")
    model: type[SignatureBase] = Signature

    @cached_property
    def lines(self) -> list[Signed]:
        """What waits, the oldest first."""
        return shown(waiting_for(self.by, self.model), self.by.trial)

    def get_form_kwargs(self) -> dict[str, Any]:
        """One choice for each act that waits."""
        return super().get_form_kwargs() | {
            "choices": [(str(line.row.pk), in_words(line)) for line in self.lines]
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether anything waits."""
        frame = f"{settings.VELUM_DOOR}.html"
        return super().get_context_data(waits=bool(self.lines), frame=frame, **context)

    def enters(self, row: SignatureBase) -> Enters:
        """Writes the entry into the trail of this door."""
        return partial(enter_blinded, by=self.by, at=self.at, trial=self.by.trial, site=row.site)

    def act(self, **answers: Any) -> str:
        """Countersign each that was chosen, all or none. Raises NothingToCountersign."""
        rows = [line.row for line in self.lines if str(line.row.pk) in answers["what"]]
        said: dict[str, Any] = {"by": self.by, "at": self.at, "hand": answers["hand"]}
        with transaction.atomic():
            said["asked"] = asked_for(self.by.trial)
            for row in rows:
                countersign(row=row, enter=self.enters(row), **said)
        done = ngettext("Countersigned: %(count)s act.", "Countersigned: %(count)s acts.", len(rows))
        return done % {"count": len(rows)}


def in_words(line: Signed) -> str:
    """An act of a system: what, about whom, when, by which system and for whom."""
    return _("%(act)s, %(about)s, %(when)s (%(zone)s). %(whose)s. %(means)s") % {
        "act": line.act[:1].upper() + line.act[1:],
        "about": line.row.subject,
        "when": line.local,
        "zone": line.row.zone,
        "whose": line.whose,
        "means": line.means,
    } + (f" {line.state}." if line.void else "")
