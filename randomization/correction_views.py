"""The investigator's pages that correct a draw, or enter one made on paper."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from randomization.correction_forms import PaperForm, Signed, StratumForm
from randomization.corrections import (
    enter_paper_randomization,
    flag_randomized_in_error,
    record_true_stratum,
)
from randomization.models import RandomizedInError
from randomization.queries import Receipt, envelope_of
from trial.models import Participant
from trial.pages.form_page import answer_refusal
from trial.pages.frame import ParticipantPage
from trial.pages.signing import SigningPage, signature
from trial.permissions import Permission
from trial.refusals import InvalidInput
from trial.wording.words import moment


def beside(
    participant: Participant, receipt: Receipt, error: RandomizedInError | None
) -> list[tuple[str, str]]:
    """What is written beside the draw, as heads and texts."""
    told = []
    if receipt.on_paper_at:
        told.append((_("Drawn on paper"), moment(receipt.on_paper_at, participant.site)))
    if true := participant.true_strata.select_related("by__user").last():
        who = {"key": true.key, "name": true.by.user.shown_name, "when": moment(true.at, participant.site)}
        told.append((_("True stratum"), _("%(key)s (%(name)s, %(when)s)") % who))
    if error:
        told.append((_("Randomised in error"), error.reason))
    return told


class Correction(ParticipantPage, SigningPage):
    """An act of the investigator, signed; afterwards the receipt is shown."""

    permission = Permission.CORRECT
    form_class: type[BaseForm] = Signed

    def act(self, **answers: Any) -> str:
        """Write the correction."""
        return self.correct(**answers)

    def correct(self, **answers: Any) -> str:
        """Write the correction and return the sentence that says so."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        """The receipt, which shows what is written beside the draw."""
        return reverse("receipt", args=[self.participant.number])


class EnterPaperDraw(Correction):
    """Enter a draw that was made on paper."""

    form_class = PaperForm
    template_name = "randomization/paper.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A participant who has an envelope is shown the receipt; there is nothing to enter."""
        if envelope_of(self.participant):
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Hand over day and time as one moment of the site's clock."""
        answers = form.cleaned_data
        try:
            happened_at = form.happened_at(self.participant.site.tzinfo)
        except InvalidInput as reason:
            return answer_refusal(self, form, reason)
        kept = {name: answers[name] for name in ("number", "reason", "before_consent")} | signature(answers)
        form.cleaned_data = kept | {"happened_at": happened_at}
        return super().form_valid(form)

    def correct(self, **answers: Any) -> str:
        """Draw the envelope of that number."""
        drawn = enter_paper_randomization(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The draw on paper is entered: %(number)s.") % {"number": drawn.number}


class CorrectStratum(Correction):
    """Record the stratum to which the participant really belongs."""

    form_class = StratumForm
    template_name = "randomization/true_stratum.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The factors come from the protocol."""
        protocol = self.participant.trial.protocol_version.protocol
        return super().get_form_kwargs() | {"protocol": protocol}

    def form_valid(self, form: Any) -> HttpResponse:
        """Hand over the levels as the service wants them."""
        answers = form.cleaned_data
        form.cleaned_data = {"reason": answers["reason"], "strata": form.strata()} | signature(answers)
        return super().form_valid(form)

    def correct(self, **answers: Any) -> str:
        """Write the true stratum beside the draw."""
        record_true_stratum(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The true stratum is recorded. The envelope stays.")


class FlagDraw(Correction):
    """Say that this person should not have been randomised."""

    template_name = "randomization/in_error.html"

    def correct(self, **answers: Any) -> str:
        """Record the correction."""
        flag_randomized_in_error(participant=self.participant, by=self.by, at=self.at, **answers)
        return _(
            "Randomisation in error is recorded. The envelope stays, and the participant is followed up."
        )
