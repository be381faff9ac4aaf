"""Emergency unblinding when the person who asks must stay blinded, and when it happened elsewhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView
from django.views.generic.base import View

from randomization.sealed.opening.emergency_forms import ElsewhereForm, LinkForm
from randomization.sealed.opening.one_time_links import LIFETIME, find_link, make_link, use_link
from randomization.sealed.opening.outside_code_breaks import reconcile_code_break
from randomization.sealed.opening.password_check import confirm_without_lockout
from trial.models import User
from trial.pages.form_page import FormPage, show_refusal
from trial.pages.frame import Page, refused
from trial.pages.middleware import AtTheDoor
from trial.permissions import Permission
from trial.queries import find_participant
from trial.refusals import Refusal, in_page_language
from trial.wording.words import moment


class MakeOneTimeLink(Page, FormView):
    """One participant, the doctor who is to see the answer, why, and the password; the link, shown once."""

    permission = Permission.BREAK_CODE
    form_class = LinkForm
    template_name = "sealed/make_link.html"

    def form_valid(self, form: LinkForm) -> HttpResponse:
        """Show the link, or say why there is none."""
        try:
            return self.made(**form.cleaned_data)
        except Refusal as reason:
            show_refusal(form, reason)
            return self.render_to_response(self.get_context_data(form=form), status=reason.status)

    def form_invalid(self, form: LinkForm) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def made(self, *, number: str, doctor: str, reason: str, password: str) -> HttpResponse:
        """The link stands in this reply and nowhere else; nothing has been opened."""
        at = self.at
        confirm_without_lockout(user=self.by.user, password=password, by=self.by, at=at)
        participant = find_participant(self.by, number)
        new = make_link(participant=participant, by=self.by, at=at, reason=reason, doctor=doctor)
        address = self.request.build_absolute_uri(reverse("code_break_link", args=[new.secret]))
        hours = LIFETIME.total_seconds() // 3600
        shown = {
            "participant": participant,
            "address": address,
            "doctor": new.link.doctor,
            "hours": int(hours),
        }
        return render(self.request, "sealed/link_made.html", shown)


@method_decorator(login_not_required, name="dispatch")
class UseOneTimeLink(View):
    """The treating doctor's page. Looking at it opens nothing: a mail scanner must not use the link up."""

    def get(self, request: AtTheDoor, secret: str) -> HttpResponse:
        """For whom the link is, and a button."""
        try:
            link = find_link(secret, request.at)
        except Refusal as reason:
            return refused(request, reason)
        return render(request, "sealed/link.html", {"participant": link.participant, "doctor": link.doctor})

    def post(self, request: AtTheDoor, secret: str) -> HttpResponse:
        """Show the arm once."""
        at = request.at
        viewer = request.user if isinstance(request.user, User) else None
        try:
            link, arm = use_link(secret=secret, viewer=viewer, at=at)
        except Refusal as reason:
            return refused(request, reason)
        when = moment(at, link.participant.site)
        shown = {
            "participant": link.participant,
            "arm": in_page_language(arm.label),
            "when": when,
            "doctor": link.doctor,
        }
        return render(request, "sealed/link_opened.html", shown)


class EnterOutsideCodeBreak(Page, FormPage):
    """A code that was broken on paper or from a backup, entered with its true time."""

    permission = Permission.BREAK_CODE
    form_class = ElsewhereForm
    template_name = "sealed/elsewhere.html"

    def act(self, **answers: Any) -> str:
        """Enter the code break."""
        row = reconcile_code_break(by=self.by, at=self.at, **answers)
        return _("Entered: the code of %(number)s was broken elsewhere.") % {"number": row.participant.number}

    def get_success_url(self) -> str:
        """Back to the first page of emergencies."""
        return reverse("code_break")
