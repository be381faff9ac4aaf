"""The pages that break a code in an emergency: whose and why, then who that is and the password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.generic import FormView

from randomization.sealed.opening.code_break_form import BreakCodeForm, WhoseCodeForm
from randomization.sealed.opening.found import Found, find_for_opening
from randomization.sealed.opening.once import code_break_once
from randomization.sealed.opening.password_check import confirm_at_the_screen
from randomization.sealed.opening.questions import (
    Kind,
    Question,
    find_question,
    form_of,
    keep_question,
    kept_question,
    spend,
    whose_form,
)
from trial.pages.form_page import answer_refusal
from trial.pages.frame import Page
from trial.people.confirming import ask_for_secret
from trial.people.signing.hands import hand_of_person
from trial.permissions import Permission
from trial.refusals import Refusal, in_page_language
from trial.wording.words import moment_there


class RefusingPage(Page, FormView):
    """A form that shows what is wrong, with what was typed; each refusal beside its question."""

    permission = Permission.BREAK_CODE

    def get_form(self, form_class: Any = None) -> Any:
        """The form; its question for the secret fits how the person came in."""
        return ask_for_secret(super().get_form(form_class), self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it, or say why not."""
        try:
            return self.go_on(**form.cleaned_data)
        except Refusal as reason:
            return answer_refusal(self, form, reason)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def go_on(self, **answers: Any) -> HttpResponse:
        """What a good form leads to. Raises a Refusal."""
        raise NotImplementedError


@method_decorator(login_not_required, name="dispatch")
class AskWhose(RefusingPage):
    """The first page: a number and a reason. What is typed waits if the session has ended meanwhile."""

    form_class: type[WhoseCodeForm] = WhoseCodeForm
    """What is kept for somebody whose session has ended."""
    kind: Kind
    asks: str
    """The name of the address that asks once more."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever is not logged in is led to the log-in; what they typed waits for them."""
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            self.keep_for_later(request)
        return redirect_to_login(request.path)

    def keep_for_later(self, request: HttpRequest) -> None:
        """Keep what was typed, for the person to whom the form was shown and for nobody else."""
        asker, form = whose_form(request.POST.get("asker", "")), self.form_class(request.POST)
        if asker is not None and form.is_valid():
            form.cleaned_data.pop("asker")
            keep_question(user=asker, kind=self.kind, at=self.at, **form.cleaned_data)

    def get_initial(self) -> dict[str, Any]:
        """What waited, and whose form this is."""
        waiting = kept_question(user=self.by.user_id, kind=self.kind, at=self.at)
        typed = waiting.typed() if waiting and not waiting.spent else {}
        return typed | {"asker": form_of(self.by.user)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether something waited."""
        waited = self.request.method == "GET" and len(self.get_initial()) > 1
        return super().get_context_data(waited=waited, **context)

    def go_on(self, **answers: Any) -> HttpResponse:
        """Keep the question, if the number is somebody's, and ask once more. Raises NotFound."""
        find_for_opening(self.by, answers["number"])
        typed = {name: answer for name, answer in answers.items() if name != "asker"}
        kept = keep_question(user=self.by.user_id, kind=self.kind, at=self.at, **typed)
        return redirect(self.asks, kept.key)


class AskBreak(AskWhose):
    """Emergency unblinding, first page."""

    form_class = WhoseCodeForm
    template_name = "sealed/code_break.html"
    kind, asks = Kind.BREAK, "break_code"


class ConfirmWhose(RefusingPage):
    """The second page: both numbers, site and day 1 of the person found, and the password."""

    form_class = BreakCodeForm
    kind: Kind

    @cached_property
    def question(self) -> Question:
        """What was typed. Raises QuestionGone."""
        key: UUID = self.kwargs["question"]
        return find_question(key, user=self.by.user_id, kind=self.kind, at=self.at)

    @cached_property
    def found(self) -> Found:
        """Whose code it is. Raises NotFound."""
        return find_for_opening(self.by, self.question.number)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Who was found, and what was typed."""
        return super().get_context_data(found=self.found, question=self.question, **context)

    def confirmed(self, password: str) -> None:
        """Check the password, as often as it takes. Raises WrongPassword."""
        confirm_at_the_screen(self.request, password, by=self.by, at=self.at)


class BreakCode(ConfirmWhose):
    """Emergency unblinding: the arm on this screen only."""

    template_name = "sealed/break_code.html"
    kind = Kind.BREAK

    def go_on(self, **answers: Any) -> HttpResponse:
        """The answer is the reply to this request; sent again it is audited, and no second code break."""
        question, found = self.question, self.found
        self.confirmed(answers["password"])
        participant = found.participant
        opened = code_break_once(
            participant=participant,
            by=self.by,
            at=self.at,
            reason=question.reason,
            question=question.uuid,
            hand=hand_of_person(self.by, both_parts=False),
        )
        spend(question, user=self.by.user_id)
        shown = {
            "found": found,
            "participant": participant,
            "arm": in_page_language(opened.arm.label),
            "when": moment_there(opened.broken_at, participant.site),
            "again": opened.again,
            "reason": question.reason,
            "hide": reverse("code_break"),
        }
        return render(self.request, "sealed/code_broken.html", shown)
