"""The page that breaks a code in an emergency."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.generic import FormView

from randomization.sealed.opening.code_break_form import BreakCodeForm
from randomization.sealed.opening.password_check import confirm_without_lockout
from randomization.sealed.opening.revealing import code_break
from trial.pages.form_page import show_refusal
from trial.pages.frame import Page
from trial.permissions import Permission
from trial.queries import find_participant
from trial.refusals import Refusal, in_page_language
from trial.wording.words import moment


class BreakCode(Page, FormView):
    """Emergency unblinding: one participant, a reason, the password; the arm on this screen only."""

    permission = Permission.BREAK_CODE
    form_class = BreakCodeForm
    template_name = "sealed/code_break.html"

    def form_valid(self, form: BreakCodeForm) -> HttpResponse:
        """Break the code and show the arm, or say why not beside the question at fault."""
        try:
            return self.broken(**form.cleaned_data)
        except Refusal as reason:
            show_refusal(form, reason)
            return self.render_to_response(self.get_context_data(form=form), status=reason.status)

    def form_invalid(self, form: BreakCodeForm) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def broken(self, *, number: str, reason: str, password: str) -> HttpResponse:
        """The answer is the reply to this very request: it has no address at which it could be read again."""
        at = self.at
        confirm_without_lockout(user=self.by.user, password=password, by=self.by, at=at)
        participant = find_participant(self.by, number)
        arm = code_break(participant=participant, by=self.by, at=at, reason=reason)
        shown = {
            "participant": participant,
            "arm": in_page_language(arm.label),
            "when": moment(at, participant.site),
        }
        return render(self.request, "sealed/code_broken.html", shown | {"reason": reason})
